import { describe, expect, it, vi } from 'vitest'
import { sqliteDatabase, useShop } from './shop.ts'

describe('the commands', () => {
  const shop = useShop(sqliteDatabase)
  const { run, start, ok, json, newHook, stop } = shop

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
    const args = ['--event', 'book.added', '--event', 'book.read', '--header', 'X-Shop: one:two', '--ordered']
    const more = ['--rate-limit', '0.5', '--payload', 'standard', '--filter', '{"title":"Dune"}']
    const fields = ['--field', 'isActive=false', '--field', 'note=a b']
    const created = await newHook('/all', ...args, ...more, ...fields)
    expect(created).toMatchObject({
      owner: '1',
      events: ['book.added', 'book.read'],
      target: `${shop.base}/all`,
      ordered: true,
      rateLimit: 0.5,
      payload: 'standard',
      filter: { title: 'Dune' },
      isActive: false,
      note: 'a b',
      secret: expect.stringMatching(/^whsec_/),
    })
    const { stdout } = await ok('hooks', 'show', String(created.id))
    expect(stdout).toContain(`${shop.base}/all`)
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

  it('triggers an action for a row by its key, and says when there is no such row', async () => {
    const { id } = await newHook('/read', '--event', 'book.read')
    await ok('trigger', 'Book.read', '7')
    const worker = start('worker')
    await vi.waitFor(() => expect(shop.arrived.map(({ path }) => path)).toContain('/read'), {
      timeout: 20_000,
    })
    expect(await stop(worker)).toMatchObject({ code: 0 })
    expect(shop.arrived.find(({ path }) => path === '/read')?.body).toContain(
      '"data":{"title":"The Two Towers"}',
    )
    const missing = await run('trigger', 'Book.read', '8', '--json')
    expect(missing).toMatchObject({ code: 1, stdout: '' })
    expect(JSON.parse(missing.stderr)).toMatchObject({ error: { code: 'row_missing' } })
    await ok('hooks', 'delete', String(id), '--yes')
  })

  it('counts what a replay would send, asks, and sends it', { timeout: 60_000 }, async () => {
    const { id } = await newHook('/replay', '--event', 'user.logged_in', '--owner', 'replayed')
    shop.answer = (response) => response.writeHead(410).end()
    await ok('send', 'user.logged_in', '{"n":1}', '--owner', 'replayed')
    const first = start('worker')
    await vi.waitFor(() => expect(shop.arrived.map(({ path }) => path)).toContain('/replay'), {
      timeout: 20_000,
    })
    // Stopped, the worker has written down what it knew.
    expect(await stop(first)).toMatchObject({ code: 0 })
    expect(await json('hooks', 'show', String(id))).toMatchObject({ disabledCause: 'gone' })

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
