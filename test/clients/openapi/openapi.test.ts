import { execFile } from 'node:child_process'
import { copyFileSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { Validator } from '@seriousme/openapi-schema-validator'
import openapiTS, { astToString } from 'openapi-typescript'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { root } from '../../../scripts/entries.ts'
import { type Bookstore, startBookstore, temporaryFolder } from '../../docs/bookstore-process.ts'

const run = promisify(execFile)

/** Beside this file, so that what is generated finds the packages that it imports. Not in node_modules: Node runs no types there. */
const generated = mkdtempSync(join(import.meta.dirname, '.generated-'))
const folder = temporaryFolder()
let bookstore: Bookstore
let api: string

beforeAll(async () => {
  bookstore = await startBookstore(folder.database)
  api = `${bookstore.url}/api/hooks`
})

afterAll(async () => {
  await bookstore.close()
  folder.remove()
  rmSync(generated, { recursive: true, force: true })
})

const read = async (path: string, token = 'alice') =>
  await fetch(`${api}${path}`, { headers: { authorization: `Bearer ${token}` } })

describe("the bookstore's OpenAPI document", () => {
  it('is one, by the schema of OpenAPI 3.1', async () => {
    const document = (await (await read('/openapi.json')).json()) as Record<string, unknown>
    expect(await new Validator().validate(document)).toEqual({ valid: true })
    expect(document).toMatchObject({ openapi: '3.1.0', servers: [{ url: '/api/hooks' }] })
  })

  it('is the same, word by word, for everybody and at every time', async () => {
    const first = await (await read('/openapi.json')).text()
    await fetch(`${bookstore.url}/api/login`, { method: 'POST', body: JSON.stringify({ username: 'alice' }) })
    expect(await (await read('/openapi.json', 'bob')).text()).toBe(first)
  })

  it('is what a client is made from that knows the events and works', async () => {
    const document = (await (await read('/openapi.json')).json()) as object
    writeFileSync(join(generated, 'schema.ts'), astToString(await openapiTS(document as never)))
    const program = join(generated, 'program.ts')
    copyFileSync(join(import.meta.dirname, 'program.ts'), program)
    const options = ['--noEmit', '--strict', '--skipLibCheck', '--target', 'esnext', '--module', 'nodenext']
    const types = ['--allowImportingTsExtensions', '--types', 'node', program]
    await run('tsc', [...options, ...types, '--ignoreConfig'], { cwd: root }).catch(
      (error: { stdout: string }) => {
        throw new Error(error.stdout)
      },
    )
    const { stdout } = await run(process.execPath, [program, api], { cwd: root })
    expect(JSON.parse(stdout)).toEqual({
      secret: 'string',
      refused: { event: ['"book.aded" is not a valid choice.'] },
      events: ['book.added', 'book.read'],
      listed: true,
      model: 'Book',
      sample: {
        hook: { id: expect.any(Number), event: 'book.added', target: 'https://example.com/generated' },
        data: { title: 'title', pages: 1, fiction: true },
      },
      deleted: 204,
      missing: { detail: 'Not found.' },
    })
  })
})
