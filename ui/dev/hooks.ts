import { mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { createHooks, silentLogger } from 'hookwright'
import { sqlite } from 'hookwright/sqlite'
import { z } from 'zod'

/** A new one each time. */
const file = join(mkdtempSync(join(tmpdir(), 'hookwright-ui-')), 'dev.db')

const order = z.object({
  id: z.string().describe('Never used twice.'),
  total: z.number().describe('In the currency of the order, taxes included.'),
  currency: z.enum(['EUR', 'USD']),
  customer: z.object({ name: z.string(), email: z.email().nullable() }),
  lines: z.array(z.object({ sku: z.string(), quantity: z.int() })),
  note: z.string().optional(),
})

export const hooks = createHooks({
  database: sqlite(file),
  logger: silentLogger,
  allow: ['127.0.0.1/32'],
  events: {
    'order.paid': { payload: order, description: 'An order was paid in full.' },
    'order.refunded': {
      payload: order,
      description: 'The money of an order was given back, all of it or a part.',
    },
    'order.shipped': { payload: order, description: 'A parcel has left the warehouse.' },
    'user.logged_in': { payload: z.object({ username: z.string() }), description: 'Somebody has logged in.' },
    'report.ready': null,
  },
  hook: {
    fields: {
      label: { type: 'string', default: '' },
      isActive: { type: 'boolean', default: true },
      priority: { type: 'integer', nullable: true },
    },
  },
  dispatch: { timeoutMs: 1_000, retry: { delaysMs: [2_000, 5_000] }, breaker: { failures: 20 } },
  authenticate(request) {
    const [, name] = /(?:^|;\s*)user=([^;]+)/.exec(request.headers.get('cookie') ?? '') ?? []
    if (name === 'admin') return { owner: '1', admin: true }
    if (name === 'viewer') return { owner: '1', readOnly: true }
    return name === '1' || name === '2' ? name : null
  },
  encryptionKey: '0f'.repeat(32),
})

const orderOf = (number: number) => ({
  id: `ord_${(483_000 + number).toString(36)}`,
  total: Math.round((20 + (number % 90) * 3.7) * 100) / 100,
  currency: number % 3 === 0 ? ('USD' as const) : ('EUR' as const),
  customer: { name: number % 2 === 0 ? 'Ada Lovelace' : 'Zoë Müller', email: 'ada@example.com' },
  lines: [{ sku: 'BK-1042', quantity: 1 + (number % 3) }],
})

const PATHS = ['/ok', '/flaky', '/broken', '/hostile', '/slow', '/large'] as const
const EVENTS = ['order.paid', 'order.refunded', 'order.shipped'] as const

/** Hooks to look at, and what they have been sent. */
export async function seed(receiver: string): Promise<void> {
  for (const path of PATHS) {
    await hooks.create({
      owner: '1',
      events:
        path === '/ok'
          ? [...EVENTS, 'user.logged_in']
          : path === '/flaky'
            ? ['order.paid', 'order.shipped']
            : ['order.refunded'],
      target: `${receiver}${path}${path === '/ok' ? '?team=fulfilment' : ''}`,
      ...(path === '/ok'
        ? { headers: { Authorization: 'Bearer 8f14e45fceea167a' }, label: 'Fulfilment' }
        : {}),
      ...(path === '/flaky' ? { filter: { total: { $gt: 50 } } } : {}),
    })
  }
  await hooks.create({ owner: '2', event: 'user.logged_in', target: `${receiver}/ok` })
  const gone = await hooks.create({
    owner: '1',
    event: 'report.ready',
    target: 'https://hooks.example.com/reports/daily',
  })
  await hooks.disable(gone.id, 'The reports are being rebuilt')
}

/** Of the day before, so that there is something to draw. */
export async function makeHistory(): Promise<void> {
  for (let index = 0; index < 400; index += 1) await sendOne()
  await hooks.drain()
  const database = new DatabaseSync(file)
  const day = 86_400_000
  const now = Date.now()
  // As evenly as they are written, but for more in the afternoon.
  const spread = (id: string, table: string) =>
    `${now - day} + ${day - 60_000} * (select count(*) from ${table} as o where o.${id} <= ${table}.${id}) / (select count(*) from ${table})`
  database.exec(`update hookwright_attempt set started_at = cast(${spread('id', 'hookwright_attempt')} as integer);
    update hookwright_event set created_at = cast(${spread('seq', 'hookwright_event')} as integer);
    update hookwright_delivery set finished_at = 80 + (select created_at from hookwright_event where seq = event_seq)
    where finished_at is not null`)
  database.close()
}

let sent = 0

/** One more event of owner 1, and now and then one of owner 2. */
export async function sendOne(): Promise<void> {
  sent += 1
  const event = sent % 11 === 0 ? 'order.refunded' : sent % 3 === 0 ? 'order.shipped' : 'order.paid'
  await hooks.send(event, orderOf(sent), { owner: '1' })
  if (sent % 5 === 0) await hooks.send('user.logged_in', { username: 'ada' }, { owner: '2' })
}

/** Lets events happen, until what it gives is called. */
export function makeEvents(): () => void {
  const timer = setInterval(() => void sendOne(), Number(process.env.EVERY_MS ?? 2_500))
  return () => clearInterval(timer)
}
