import { createServer, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { text } from 'node:stream/consumers'
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest'
import { createProject, type Ended, type Project, type Running } from './project.ts'

/** A database for the command line: the project's hooks file opens it by its URL. */
export interface CliDatabase {
  url: string
  /** On the application's own connection. */
  exec(sql: string): Promise<void>
  close(): Promise<void>
}

const HOOKS = `
import { createHooks } from 'hookwright'
import { postgres } from 'hookwright/postgres'
import { sqlite } from 'hookwright/sqlite'

const url = process.env.SHOP_DATABASE ?? ''
// What an application has: a timer that would keep the process alive.
setInterval(() => {}, 1_000)

export const hooks = createHooks({
  database: url.startsWith('postgres') ? postgres(url, { maxConnections: 3 }) : sqlite(url),
  models: { Book: { table: 'book', owner: 'user_id', serialize: (book) => ({ title: book.title }) } },
  events: {
    'book.added': 'Book.created',
    'book.read': 'Book.read',
    'user.logged_in': { payload: null, description: 'Somebody has come.' },
    'shop.closed': null,
  },
  hook: { fields: { isActive: { type: 'boolean', default: true }, note: { type: 'string', default: '' } } },
  allow: ['127.0.0.1/32'],
  encryptionKey: '${'0'.repeat(64)}',
  dispatch: { retry: { delaysMs: [600_000, 600_000], jitter: 0 } },
})
`

const HOSTILE = '\u001b[2J\u001b]0;title\u0007gone \u202ereversed\u009b31m\r\nsecond line'

/** What the commands do, on a database of any kind. */
export function commandSuite(name: string, createDatabase: () => Promise<CliDatabase>): void {
  describe(`the command line on ${name}`, () => {
    let project: Project
    let database: CliDatabase
    let receiver: Server
    let base: string
    let arrived: { path: string; headers: Record<string, unknown>; body: string }[] = []
    let answer: (response: ServerResponse, path: string) => void

    beforeAll(async () => {
      project = createProject({ 'src/hooks.ts': HOOKS })
      database = await createDatabase()
      await database.exec('CREATE TABLE book (id INTEGER PRIMARY KEY, user_id INTEGER, title TEXT)')
      await database.exec(`INSERT INTO book VALUES (7, 1, 'The Two Towers')`)
      receiver = createServer((request, response) => {
        void text(request).then((body) => {
          arrived.push({ path: request.url ?? '', headers: request.headers, body })
          answer(response, request.url ?? '')
        })
      })
      await new Promise<void>((resolve) => receiver.listen(0, '127.0.0.1', resolve))
      base = `http://127.0.0.1:${(receiver.address() as AddressInfo).port}`
      await ok('migrate')
    })
    afterAll(async () => {
      receiver?.closeAllConnections()
      receiver?.close()
      await database?.close()
      project?.remove()
    })
    beforeEach(() => {
      arrived = []
      answer = (response) => response.end('ok')
    })

    const env = () => ({ SHOP_DATABASE: database.url })
    const run = (...args: string[]) => project.run(args, { env: env() })
    const start = (...args: string[]) => project.start(args, { env: env() })
    const ok = async (...args: string[]): Promise<Ended> => {
      const ended = await run(...args)
      expect(ended, ended.stderr).toMatchObject({ code: 0 })
      return ended
    }
    // biome-ignore lint/suspicious/noExplicitAny: each command prints something else
    const json = async (...args: string[]): Promise<any> => JSON.parse((await ok(...args, '--json')).stdout)
    const newHook = (path: string, ...args: string[]): Promise<{ id: number; secret: string }> =>
      json(
        'hooks',
        'create',
        '--target',
        `${base}${path}`,
        ...(args.includes('--owner') ? [] : ['--owner', '1']),
        ...args,
      )
    const untilWritten = (
      running: Running,
      wanted: string | RegExp,
      stream: 'stdout' | 'stderr' = 'stdout',
    ) => vi.waitFor(() => expect(running.written[stream]).toMatch(wanted), { timeout: 20_000, interval: 20 })
    const stop = async (running: Running, signal: NodeJS.Signals = 'SIGTERM') => {
      running.process.kill(signal)
      return await running.done
    }

    it('migrates: triggers and tables are there, and a dry run then has nothing to say', async () => {
      const again = await ok('migrate')
      expect(again.stdout).toBe('The database is up to date.\n')
      const dry = await ok('migrate', '--dry-run')
      expect(dry).toMatchObject({ stdout: '', stderr: 'Nothing to do: the database is up to date.\n' })
      expect(await json('migrate', '--dry-run')).toEqual({ statements: [] })
    })

    it('prints as a dry run SQL that does the same, and nothing else', async () => {
      const fresh = await createDatabase()
      try {
        await fresh.exec('CREATE TABLE book (id INTEGER PRIMARY KEY, user_id INTEGER, title TEXT)')
        const dry = await project.run(['migrate', '--dry-run'], { env: { SHOP_DATABASE: fresh.url } })
        expect(dry).toMatchObject({ code: 0, stderr: '' })
        await fresh.exec(dry.stdout)
        const worker = await project.run(['hooks', 'list'], { env: { SHOP_DATABASE: fresh.url } })
        expect(worker).toMatchObject({ code: 0, stdout: 'There is no such hook.\n' })
      } finally {
        await fresh.close()
      }
    })

    it('makes its own tables alone with --database, and leaves triggers as they are', async () => {
      const fresh = await createDatabase()
      try {
        const migrated = await project.run(['migrate', '--database', fresh.url])
        expect(migrated, migrated.stderr).toMatchObject({ code: 0, stdout: 'The database is up to date.\n' })
        const again = await project.run(['migrate', '--dry-run', '--database', fresh.url])
        expect(again).toMatchObject({ code: 0, stdout: '' })
      } finally {
        await fresh.close()
      }
      const there = await project.run(['migrate', '--database', database.url])
      expect(there).toMatchObject({ code: 0, stdout: 'The database is up to date.\n' })
      // Had it dropped them, they would be to be made again.
      expect(await json('migrate', '--dry-run')).toEqual({ statements: [] })
    })

    it('refuses to deliver from a database that was never migrated, and says what to do', async () => {
      const fresh = await createDatabase()
      try {
        const worker = await project.run(['worker'], { env: { SHOP_DATABASE: fresh.url } })
        expect(worker).toMatchObject({ code: 1, stdout: '' })
        expect(worker.stderr).toContain('Run `hookwright migrate` before.')
      } finally {
        await fresh.close()
      }
    })

    it('shows the catalog, and one event with schema and example', async () => {
      const events = await json('events')
      expect(events.map(({ name }: { name: string }) => name)).toEqual(
        expect.arrayContaining(['book.added', 'user.logged_in', 'hook.disabled']),
      )
      const { stdout } = await ok('events')
      expect(stdout).toMatch(/^book\.added +Book\.created/m)
      expect(stdout).toMatch(/^user\.logged_in +hooks\.send +Somebody has come\.$/m)
      const one = await json('events', 'book.added')
      expect(one).toMatchObject({ model: 'Book', action: 'created', example: { title: expect.anything() } })
      const unknown = await run('events', 'bok.added')
      expect(unknown).toMatchObject({ code: 1, stdout: '' })
      expect(unknown.stderr).toContain('Did you mean "book.added"?')
    })

    it('creates a hook with all that it can have, and shows its secret', async () => {
      const args = [
        '--event',
        'book.added',
        '--event',
        'book.read',
        '--header',
        'X-Shop: one:two',
        '--ordered',
      ]
      const more = ['--rate-limit', '0.5', '--payload', 'standard', '--filter', '{"title":"Dune"}']
      const fields = ['--field', 'isActive=false', '--field', 'note=a b']
      const created = await newHook('/all', ...args, ...more, ...fields)
      expect(created).toMatchObject({
        owner: '1',
        events: ['book.added', 'book.read'],
        target: `${base}/all`,
        ordered: true,
        rateLimit: 0.5,
        payload: 'standard',
        filter: { title: 'Dune' },
        isActive: false,
        note: 'a b',
        secret: expect.stringMatching(/^whsec_/),
      })
      const { stdout } = await ok('hooks', 'show', String(created.id))
      expect(stdout).toContain(`${base}/all`)
      expect(stdout).not.toContain('whsec_')
      expect(stdout).not.toContain('one:two')
    })

    it('lists hooks by owner, event, state and target, and tells of more', async () => {
      const first = await newHook('/list-a', '--event', 'book.read')
      const second = await newHook('/list-b', '--event', 'shop.closed')
      await ok('hooks', 'disable', String(second.id), '--reason', 'moves')
      const ids = async (...args: string[]) =>
        (await json('hooks', 'list', '--search', '/list-', ...args)).map(({ id }: { id: number }) => id)
      expect(await ids()).toEqual([first.id, second.id])
      expect(await ids('--state', 'disabled')).toEqual([second.id])
      expect(await ids('--event', 'book.read')).toEqual([first.id])
      expect(await ids('--owner', '2')).toEqual([])
      const limited = await ok('hooks', 'list', '--search', '/list-', '--limit', '1')
      expect(limited.stderr).toBe(`There are more: --after ${first.id}\n`)
      expect(await ids('--after', String(first.id))).toEqual([second.id])
      const shown = await ok('hooks', 'show', String(second.id))
      expect(shown.stdout).toMatch(/^Reason +moves$/m)
      await ok('hooks', 'enable', String(second.id))
      expect(await ids('--state', 'disabled')).toEqual([])
    })

    it('rotates a secret, and with no overlap nothing signs with the one before', async () => {
      const { id, secret } = await newHook('/rotate', '--event', 'book.read')
      const { stdout } = await ok('hooks', 'rotate-secret', String(id), '--overlap', '0')
      expect(stdout).toMatch(/^whsec_\S+\n$/)
      expect(stdout.trim()).not.toBe(secret)
    })

    it('deletes only with --yes where nobody can be asked, and tells of each that there is none', async () => {
      const { id } = await newHook('/delete', '--event', 'book.read')
      const asked = await run('hooks', 'delete', String(id))
      expect(asked).toMatchObject({ code: 2, stdout: '' })
      expect(asked.stderr).toContain('say --yes')
      expect(await json('hooks', 'show', String(id))).toMatchObject({ id })
      const deleted = await run('hooks', 'delete', String(id), '999999', '--yes')
      expect(deleted).toMatchObject({
        code: 1,
        stdout: `Hook ${id}: deleted\nHook 999999: there is no such hook\n`,
      })
      expect(await run('hooks', 'show', String(id))).toMatchObject({ code: 1 })
    })

    it('delivers as a worker, answers GET /health, follows live, and ends in good order', {
      timeout: 60_000,
    }, async () => {
      answer = (response, path) => {
        if (path === '/bad') response.writeHead(500, { 'x-info': 'a' }).end(HOSTILE)
        else response.end('ok')
      }
      const good = await newHook('/good', '--event', 'shop.closed')
      const bad = await newHook('/bad', '--event', 'user.logged_in')
      const follow = start('deliveries', '--follow')
      const lines = start('deliveries', '--follow', '--json')
      const worker = start('worker', '--port', '0')
      try {
        await untilWritten(follow, 'Following', 'stderr')
        await untilWritten(lines, 'Following', 'stderr')
        await untilWritten(worker, /GET \/health on port \d+/)
        const port = /port (\d+)/.exec(worker.written.stdout)?.[1]
        const health = await fetch(`http://127.0.0.1:${port}/health`)
        expect([health.status, await health.json()]).toEqual([200, { status: 'ok' }])
        expect((await fetch(`http://127.0.0.1:${port}/`)).status).toBe(404)

        await ok('send', 'shop.closed', '{"at":12345678901234567890}', '--everyone')
        const sent = await json('send', 'user.logged_in', '{"name":"ada"}', '--owner', '1')
        await vi.waitFor(
          () => expect(arrived.map(({ path }) => path)).toEqual(expect.arrayContaining(['/good', '/bad'])),
          {
            timeout: 10_000,
          },
        )
        const arrival = arrived.find(({ path }) => path === '/good')
        expect(arrival?.body).toContain('"data":{"at":12345678901234567890}')

        await untilWritten(follow, new RegExp(`delivered +shop\\.closed +hook ${good.id}`))
        const id = `${sent.id}_${bad.id}`
        await untilWritten(
          follow,
          new RegExp(`pending +user\\.logged_in +hook ${bad.id} +1 attempt +${id} +in 10m`),
        )
        const listed = await json('deliveries', '--hook', String(bad.id))
        expect(listed).toMatchObject([{ id, status: 'pending', attempts: 1 }])

        const shown = await ok('deliveries', id)
        expect(shown.stdout).toContain('HTTP 500')
        expect(shown.stdout).toContain('"data":{"name":"ada"}')
        expect(shown.stdout).toContain(
          '\\x1b[2J\\x1b]0;title\\x07gone \\u202ereversed\\x9b31m\n  second line',
        )
        // biome-ignore lint/suspicious/noControlCharactersInRegex: this is what it looks for
        const unsafe = /[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u202e]/
        expect(shown.stdout).not.toMatch(unsafe)
        const raw = await ok('deliveries', id, '--json')
        expect(raw.stdout).not.toMatch(unsafe)
        expect(JSON.parse(raw.stdout).log[0].response.body).toBe(HOSTILE)

        answer = (response) => response.end('ok')
        const retried = await ok('retry', id)
        expect(retried.stdout).toBe(`${id}: is sent again\n`)
        await untilWritten(follow, new RegExp(`delivered +user\\.logged_in +hook ${bad.id} +2 attempts`))

        await ok('trigger', 'Book.read', '7')
        const test = await json('hooks', 'test', String(good.id))
        await vi.waitFor(
          async () => expect(await json('deliveries', test.id)).toMatchObject({ status: 'delivered' }),
          {
            timeout: 20_000,
          },
        )
      } finally {
        const [ended, followed, lined] = await Promise.all([
          stop(worker),
          stop(follow, 'SIGINT'),
          stop(lines),
        ])
        expect(ended).toMatchObject({ code: 0, signal: null })
        expect(ended.stdout).toMatch(/Stopped\.\n$/)
        expect(followed).toMatchObject({ code: 0, signal: null })
        expect(lined).toMatchObject({ code: 0, signal: null })
        const live = lined.stdout
          .trim()
          .split('\n')
          .map((line) => JSON.parse(line) as { status: string })
        expect(live.map(({ status }) => status)).toContain('delivered')
      }
    })

    it('triggers an action for a row by its key, and says when there is no such row', async () => {
      const { id } = await newHook('/read', '--event', 'book.read')
      await ok('trigger', 'Book.read', '7')
      const worker = start('worker')
      await vi.waitFor(() => expect(arrived.map(({ path }) => path)).toContain('/read'), { timeout: 20_000 })
      expect(await stop(worker)).toMatchObject({ code: 0 })
      expect(arrived.find(({ path }) => path === '/read')?.body).toContain(
        '"data":{"title":"The Two Towers"}',
      )
      const missing = await run('trigger', 'Book.read', '8', '--json')
      expect(missing).toMatchObject({ code: 1, stdout: '' })
      expect(JSON.parse(missing.stderr)).toMatchObject({ error: { code: 'row_missing' } })
      await ok('hooks', 'delete', String(id), '--yes')
    })

    it('counts what a replay would send, asks, and sends it', { timeout: 60_000 }, async () => {
      const { id } = await newHook('/replay', '--event', 'user.logged_in', '--owner', 'replayed')
      answer = (response) => response.writeHead(410).end()
      await ok('send', 'user.logged_in', '{"n":1}', '--owner', 'replayed')
      const first = start('worker')
      await vi.waitFor(() => expect(arrived.map(({ path }) => path)).toContain('/replay'), {
        timeout: 20_000,
      })
      await vi.waitFor(
        async () => expect(await json('hooks', 'show', String(id))).toMatchObject({ disabledCause: 'gone' }),
        {
          timeout: 20_000,
        },
      )
      expect(await stop(first)).toMatchObject({ code: 0 })

      const replay = ['replay', '--since', '1h', '--hook', String(id), '--what', 'missed']
      expect(await json(...replay, '--dry-run')).toEqual({ deliveries: 1, dryRun: true })
      const asked = await run(...replay)
      expect(asked).toMatchObject({ code: 2, stdout: '' })
      expect(asked.stderr).toContain('Send 1 delivery again? There is nobody to ask: say --yes')
      await ok('hooks', 'enable', String(id))
      expect(await json(...replay, '--yes')).toEqual({ deliveries: 1, dryRun: false })
      expect(await json(...replay, '--yes')).toEqual({ deliveries: 0, dryRun: false })
      expect(await json('deliveries', '--hook', String(id))).toMatchObject([{ status: 'pending' }])
      await ok('hooks', 'delete', String(id), '--yes')
    })

    it('writes the OpenAPI document, prunes and encrypts anew', async () => {
      expect(JSON.parse((await ok('openapi', '--server', '/api/hooks')).stdout)).toMatchObject({
        openapi: '3.1.0',
        servers: [{ url: '/api/hooks' }],
      })
      expect((await ok('prune')).stdout).toBe(
        'Removed 0 events, 0 deliveries, 0 attempts and 0 deleted hooks.\n',
      )
      expect(await json('reencrypt')).toEqual({ hooks: expect.any(Number) })
      expect(await json('reencrypt')).toEqual({ hooks: 0 })
    })

    it('tells of a delivery that there is none, and goes on with the others', async () => {
      const none = `${'0'.repeat(32)}_1`
      expect(await run('deliveries', none)).toMatchObject({ code: 1, stdout: '' })
      const both = await run('retry', none, none)
      expect(both.code).toBe(1)
      expect(both.stdout.trim().split('\n')).toHaveLength(2)
    })
  })
}
