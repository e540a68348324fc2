import { Writable } from 'node:stream'
import { createHooks } from 'hookwright'
import { sqlite } from 'hookwright/sqlite'
import { testHooks } from 'hookwright/testing'
import { pino } from 'pino'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { temporaryDatabase } from '../support/database.ts'

let database: ReturnType<typeof temporaryDatabase>
beforeEach(() => {
  database = temporaryDatabase()
})
afterEach(() => database.remove())

const CANARY = 'canary-77d1'
const LEVELS: Record<number, string> = { 20: 'debug', 30: 'info', 40: 'warn', 50: 'error' }

function shop(level: string) {
  const lines: Record<string, unknown>[] = []
  const stream = new Writable({
    write(chunk, _, done) {
      const { level: number, ...line } = JSON.parse(String(chunk)) as { level: number }
      lines.push({ level: LEVELS[number], ...line })
      done()
    },
  })
  const hooks = createHooks({
    database: sqlite(database.path),
    events: { 'order.paid': null },
    logger: pino({ level, base: null, timestamp: false }, stream),
    dispatch: { retry: { delaysMs: [1_000], jitter: 0 }, breaker: { failures: 2 } },
  })
  return {
    hooks,
    lines,
    said: (message: string | RegExp) => lines.filter(({ msg }) => String(msg).match(message)),
  }
}

it('pino is told of each attempt, of breakers, of hooks that are disabled, and of the dispatcher', async () => {
  const { hooks, lines, said } = shop('debug')
  await hooks.migrate()
  const test = testHooks(hooks)
  const target = `https://example.com/secret-path?token=${CANARY}`
  const hook = await hooks.create({ owner: 1, event: 'order.paid', target, headers: { 'x-key': CANARY } })
  const { id } = await hooks.send('order.paid', { card: CANARY }, { owner: 1 })
  await test.flush()
  const delivery = `${id}_${hook.id}`
  expect(said(/^delivered$/)).toEqual([
    {
      level: 'debug',
      hook: hook.id,
      delivery,
      event: 'order.paid',
      attempt: 1,
      status: 200,
      durationMs: 0,
      msg: 'delivered',
    },
  ])
  test.respond(() => ({ status: 503, body: CANARY }))
  await hooks.send('order.paid', 2, { owner: 1 })
  await test.flush()
  expect(said('an attempt has failed')).toMatchObject([
    { level: 'info', attempt: 1, outcome: 'retried', status: 503, error: null, host: 'example.com' },
  ])
  expect(said('an attempt has failed')[0]?.nextAttemptAt).toBe(
    new Date(test.clock.now() + 1_000).toISOString(),
  )
  test.clock.advance(1_000)
  await test.flush()
  expect(said('failed for good')).toMatchObject([
    { level: 'info', attempt: 2, outcome: 'failed', nextAttemptAt: null },
  ])
  expect(said('deliveries wait')).toMatchObject([
    { level: 'warn', hook: hook.id, failures: 2, host: 'example.com' },
  ])
  test.respond(() => ({ status: 200 }))
  test.clock.advance(60_000)
  await hooks.send('order.paid', 3, { owner: 1 })
  await test.flush()
  expect(said('has recovered')).toMatchObject([{ level: 'info', hook: hook.id }])
  test.clock.advance(60_000)
  test.respond(() => ({ status: 410 }))
  await hooks.send('order.paid', 4, { owner: 1 })
  await test.flush()
  expect(said('was disabled')).toEqual([
    { level: 'warn', hook: hook.id, cause: 'gone', msg: `hook ${hook.id} was disabled` },
  ])
  test.restore()
  await hooks.start()
  await hooks.close()
  expect(said('dispatcher has').map(({ level, msg }) => [level, msg])).toEqual([
    ['info', 'the dispatcher has started'],
    ['info', 'the dispatcher has stopped'],
  ])
  expect(JSON.stringify(lines)).not.toMatch(new RegExp(`${CANARY}|secret-path`))
})

it('errors come as err, with a stack', async () => {
  const { hooks, said } = shop('info')
  await hooks.migrate()
  hooks.on('hook.disabled', () => {
    throw new Error('of the application')
  })
  const { id } = await hooks.create({ owner: 1, event: 'order.paid', target: 'https://example.com/' })
  await hooks.disable(id)
  await hooks.close()
  const [line] = said(/./).filter(({ level }) => level === 'error')
  expect(line?.err).toMatchObject({ type: 'Error', message: 'of the application', stack: expect.any(String) })
})
