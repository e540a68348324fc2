/**
 * A process of a bookstore on PostgreSQL. It imports everything at once and waits for its orders: to write books, or to
 * deliver. Started by workers.ts.
 */
import { createHooks, type Logger } from 'hookwright'
import { postgres } from 'hookwright/postgres'
import pg from 'pg'
import type { Order, Told } from './workers.ts'

const [url = '', name = ''] = process.argv.slice(1)

function tell(told: Told): void {
  if (process.connected) process.send?.(told)
}

function log(level: keyof Logger): (fields: object, message: string) => void {
  return (fields, message) => {
    if (level === 'error' || level === 'warn') {
      const { err } = fields as { err?: unknown }
      tell({ log: `${level}: ${message}${err instanceof Error ? ` (${err.message})` : ''}` })
    }
  }
}

async function deliver(order: Extract<Order, { do: 'deliver' }>): Promise<void> {
  const { leaseMs, timeoutMs, dispatch, signs } = order
  const hooks = createHooks({
    database: postgres(url, { maxConnections: 3 }),
    models: { Book: { table: 'book', owner: 'user_id' } },
    events: { 'book.added': 'Book.created', 'book.noted': null },
    allow: ['127.0.0.1/32'],
    dispatch: {
      leaseMs,
      timeoutMs,
      retry: { delaysMs: Array.from({ length: 100 }, () => 200), jitter: 0.5 },
      ...dispatch,
    },
    ...(signs === true && {
      hook: { payload: (_hook: unknown, { data }: { data: unknown }) => ({ data, by: name }) },
    }),
    logger: { debug: log('debug'), info: log('info'), warn: log('warn'), error: log('error') },
  })
  await hooks.start()
  tell({ done: 'deliver' })
}

/** Writes books one after the other, beside others that are rolled back, and tells of each that was committed. */
async function write({ pauseMs }: Extract<Order, { do: 'write' }>): Promise<void> {
  tell({ done: 'write' })
  for (let number = 1; ; ) {
    const client = new pg.Client({ connectionString: url, application_name: 'writer' })
    client.on('error', () => {})
    try {
      await client.connect()
      for (; ; number += 1) {
        const title = `${name} ${number}`
        await client.query('BEGIN')
        await client.query('INSERT INTO book (title, user_id) VALUES ($1, 1)', [`${title}, never published`])
        await client.query('ROLLBACK')
        await client.query('BEGIN')
        await client.query('INSERT INTO book (title, user_id) VALUES ($1, 1)', [title])
        await client.query('SAVEPOINT inner_one')
        await client.query('INSERT INTO book (title, user_id) VALUES ($1, 1)', [`${title}, taken back`])
        await client.query('ROLLBACK TO inner_one')
        await client.query('COMMIT')
        tell({ committed: title })
        await new Promise((resolve) => setTimeout(resolve, pauseMs))
      }
    } catch {
      // Its connection was ended: whether the last book is there is for the database to say.
      number += 1
    } finally {
      await client.end().catch(() => {})
    }
  }
}

process.on('message', (order: Order) => {
  const run = order.do === 'deliver' ? deliver(order) : write(order)
  run.catch((error: unknown) => tell({ log: `error: ${order.do} ended (${String(error)})` }))
})
process.on('disconnect', () => process.exit())
tell({ done: 'import' })
