import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import { beforeEach, describe, expect, it, onTestFinished } from 'vitest'
import { temporaryDatabase } from '../../../test/support/database.ts'
import { databaseFile } from './file-path.ts'

describe('the file of a database', () => {
  let path: string

  beforeEach(() => {
    const temporary = temporaryDatabase()
    onTestFinished(temporary.remove)
    path = temporary.path
  })

  it('is absolute', () => {
    expect(databaseFile('app.db')).toBe(resolve('app.db'))
    expect(databaseFile(path)).toBe(path)
  })

  it('is the same however it is written', () => {
    expect(databaseFile(pathToFileURL(path))).toBe(path)
    expect(databaseFile(`file:${path}`)).toBe(path)
    expect(databaseFile(`file://${path}`)).toBe(path)
    expect(databaseFile(`file://localhost${path}?mode=rwc&cache=private#x`)).toBe(path)
    expect(databaseFile('file:app.db')).toBe(resolve('app.db'))
    expect(databaseFile('file:./my%20app.db')).toBe(resolve('my app.db'))
  })

  it('is the real one behind symbolic links, whether it exists already or not', () => {
    const folder = dirname(path)
    const real = join(folder, 'real')
    mkdirSync(real)
    symlinkSync(real, join(folder, 'link'))
    expect(databaseFile(join(folder, 'link', 'app.db'))).toBe(join(real, 'app.db'))

    writeFileSync(join(real, 'app.db'), '')
    symlinkSync(join(real, 'app.db'), path)
    expect(databaseFile(path)).toBe(join(real, 'app.db'))
  })

  it.each(['', ':memory:', 'file::memory:', 'file:app.db?mode=memory&cache=shared'])(
    'is none of %o',
    (text) => {
      expect(() => databaseFile(text)).toThrow(
        expect.objectContaining({
          code: 'database_invalid',
          message: expect.stringContaining('the path of a file'),
        }),
      )
    },
  )

  it('is not on another machine', () => {
    expect(() => databaseFile(new URL('https://user:secret@example.com/app.db'))).toThrow(
      'database: sqlite() can open only URLs of files (got "https:"). For example new URL',
    )
  })
})
