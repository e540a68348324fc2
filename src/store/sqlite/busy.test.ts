import { DatabaseSync } from 'node:sqlite'
import Database from 'better-sqlite3'
import { describe, expect, it, onTestFinished, vi } from 'vitest'
import { temporaryDatabase } from '../../../test/support/database.ts'
import { systemRandom } from '../../core/random.ts'
import { isBusy, untilFree } from './busy.ts'

describe.each([
  ['node:sqlite', (path: string) => new DatabaseSync(path, { timeout: 0 })],
  ['better-sqlite3', (path: string) => new Database(path, { timeout: 0 })],
] as const)('isBusy of the errors of %s', (_, open) => {
  function two() {
    const { path, remove } = temporaryDatabase()
    const [one, other] = [open(path), open(path)]
    onTestFinished(() => {
      one.close()
      other.close()
      remove()
    })
    one.exec(
      'PRAGMA journal_mode = WAL; CREATE TABLE item (id INTEGER PRIMARY KEY); INSERT INTO item VALUES (1)',
    )
    return { one, other }
  }

  function thrownBy(action: () => unknown): unknown {
    try {
      action()
    } catch (error) {
      return error
    }
    throw new Error('nothing was thrown')
  }

  it('knows a lock that another connection holds (SQLITE_BUSY)', () => {
    const { one, other } = two()
    one.exec('BEGIN IMMEDIATE')
    const error = thrownBy(() => other.exec('BEGIN IMMEDIATE'))
    expect(error).toMatchObject({ message: 'database is locked' })
    expect(isBusy(error)).toBe(true)
  })

  it('knows a snapshot that is too old to write (SQLITE_BUSY_SNAPSHOT)', () => {
    const { one, other } = two()
    one.exec('BEGIN')
    one.prepare('SELECT * FROM item').all()
    other.exec('INSERT INTO item VALUES (2)')
    const error = thrownBy(() => one.exec('INSERT INTO item VALUES (3)')) as {
      code: string
      errcode?: number
    }
    expect(error.errcode ?? error.code).toBeOneOf([517, 'SQLITE_BUSY_SNAPSHOT'])
    expect(isBusy(error)).toBe(true)
  })

  it('takes no other error for one', () => {
    const { one } = two()
    expect(isBusy(thrownBy(() => one.exec('SELECT * FROM nowhere')))).toBe(false)
    expect(isBusy(thrownBy(() => one.exec('INSERT INTO item VALUES (1)')))).toBe(false)
    expect(isBusy(thrownBy(() => one.prepare('SELECT ?').all(Symbol('x') as never)))).toBe(false)
  })
})

describe('isBusy', () => {
  it.each([
    { errcode: 5 },
    { errcode: 261 },
    { errcode: 6 },
    { code: 'SQLITE_BUSY_RECOVERY' },
    { code: 'SQLITE_LOCKED_SHAREDCACHE' },
  ])('is true of %o, whose class may be that of another realm', (error) => {
    expect(isBusy(error)).toBe(true)
  })

  it.each([undefined, null, 'SQLITE_BUSY', { errcode: 1 }, { code: 'SQLITE_CONSTRAINT' }, { code: 5 }])(
    'is false of %o',
    (error) => {
      expect(isBusy(error)).toBe(false)
    },
  )
})

describe('untilFree', () => {
  const busy = () => Object.assign(new Error('database is locked'), { errcode: 5 })
  const options = { random: systemRandom, patienceMs: 1000, name: '/data/app.db' }

  it('gives what the action gives, at the first time if it can', async () => {
    const action = vi.fn(() => 'done')
    expect(await untilFree(action, options)).toBe('done')
    expect(action).toHaveBeenCalledTimes(1)
  })

  it('tries again while the database is busy, and lets others run meanwhile', async () => {
    const action = vi.fn(() => 'done')
    let others = 0
    const interval = setInterval(() => {
      others += 1
    }, 1)
    for (let time = 0; time < 5; time += 1) {
      action.mockImplementationOnce(() => {
        throw busy()
      })
    }
    expect(await untilFree(action, options)).toBe('done')
    clearInterval(interval)
    expect(action).toHaveBeenCalledTimes(6)
    expect(others).toBeGreaterThan(5)
  })

  it('throws any other error at once', async () => {
    const action = vi.fn(() => {
      throw new Error('other')
    })
    await expect(untilFree(action, options)).rejects.toThrow('other')
    expect(action).toHaveBeenCalledTimes(1)
  })

  it('tries once when it has no patience at all, and keeps the cause', async () => {
    const cause = busy()
    const action = vi.fn(() => {
      throw cause
    })
    const error = await untilFree(action, { ...options, patienceMs: 0 }).catch((thrown: unknown) => thrown)
    expect(action).toHaveBeenCalledTimes(1)
    expect(error).toMatchObject({
      code: 'database_busy',
      cause,
      message: expect.stringContaining('/data/app.db'),
    })
  })
})
