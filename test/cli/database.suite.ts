import { describe, expect, it, vi } from 'vitest'
import { type CliDatabase, useShop } from './shop.ts'

const HOSTILE = '\u001b[2J\u001b]0;title\u0007gone \u202ereversed\u009b31m\r\nsecond line'

/** What depends on the database: the rest stands upon methods that are tested on each (commands.test.ts). */
export function databaseSuite(name: string, createDatabase: () => Promise<CliDatabase>): void {
  describe(`the command line on ${name}`, () => {
    const shop = useShop(createDatabase)
    const { run, start, ok, json, newHook, stop, runOn, url } = shop

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
        const dry = await runOn(fresh.url, 'migrate', '--dry-run')
        expect(dry).toMatchObject({ code: 0, stderr: '' })
        await fresh.exec(dry.stdout)
        const worker = await runOn(fresh.url, 'hooks', 'list')
        expect(worker).toMatchObject({ code: 0, stdout: 'There is no such hook.\n' })
      } finally {
        await fresh.close()
      }
    })

    it('makes its own tables alone with --database, and leaves triggers as they are', async () => {
      const fresh = await createDatabase()
      try {
        const migrated = await run('migrate', '--database', fresh.url)
        expect(migrated, migrated.stderr).toMatchObject({ code: 0, stdout: 'The database is up to date.\n' })
        const again = await run('migrate', '--dry-run', '--database', fresh.url)
        expect(again).toMatchObject({ code: 0, stdout: '' })
      } finally {
        await fresh.close()
      }
      const there = await run('migrate', '--database', url())
      expect(there).toMatchObject({ code: 0, stdout: 'The database is up to date.\n' })
      // Had it dropped them, they would be to be made again.
      expect(await json('migrate', '--dry-run')).toEqual({ statements: [] })
    })

    it('refuses to deliver from a database that was never migrated, and says what to do', async () => {
      const fresh = await createDatabase()
      try {
        const worker = await runOn(fresh.url, 'worker')
        expect(worker).toMatchObject({ code: 1, stdout: '' })
        expect(worker.stderr).toContain('Run `hookwright migrate` before.')
      } finally {
        await fresh.close()
      }
    })

    it('delivers as a worker, answers GET /health, follows live, and ends in good order', {
      timeout: 60_000,
    }, async () => {
      shop.answer = (response, path) => {
        if (path === '/bad') response.writeHead(500, { 'x-info': 'a' }).end(HOSTILE)
        else response.end('ok')
      }
      const good = await newHook('/good', '--event', 'shop.closed')
      const bad = await newHook('/bad', '--event', 'user.logged_in')
      const follow = start('deliveries', '--follow')
      const lines = start('deliveries', '--follow', '--json')
      const worker = start('worker', '--port', '0')
      try {
        await follow.until(/Following/)
        await lines.until(/Following/)
        await worker.until(/GET \/health on port \d+/)
        const port = /port (\d+)/.exec(worker.written.stdout)?.[1]
        const health = await fetch(`http://127.0.0.1:${port}/health`)
        expect([health.status, await health.json()]).toEqual([200, { status: 'ok' }])
        expect((await fetch(`http://127.0.0.1:${port}/`)).status).toBe(404)

        await ok('send', 'shop.closed', '{"at":12345678901234567890}', '--everyone')
        const sent = await json('send', 'user.logged_in', '{"name":"ada"}', '--owner', '1')
        await vi.waitFor(
          () =>
            expect(shop.arrived.map(({ path }) => path)).toEqual(expect.arrayContaining(['/good', '/bad'])),
          {
            timeout: 10_000,
          },
        )
        const arrival = shop.arrived.find(({ path }) => path === '/good')
        expect(arrival?.body).toContain('"data":{"at":12345678901234567890}')

        await follow.until(new RegExp(`delivered +shop\\.closed +hook ${good.id}`))
        const id = `${sent.id}_${bad.id}`
        await follow.until(new RegExp(`pending +user\\.logged_in +hook ${bad.id} +1 attempt +${id} +in 10m`))
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

        shop.answer = (response) => response.end('ok')
        const retried = await ok('retry', id)
        expect(retried.stdout).toBe(`${id}: is sent again\n`)
        await follow.until(new RegExp(`delivered +user\\.logged_in +hook ${bad.id} +2 attempts`))

        await ok('trigger', 'Book.read', '7')
        const test = await json('hooks', 'test', String(good.id))
        await follow.until(new RegExp(`delivered .*${test.id}`))
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
  })
}
