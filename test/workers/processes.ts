import pg from 'pg'
import { onTestFinished } from 'vitest'
import { createHooks, type DispatchOptions } from '../../src/index.ts'
import { postgres } from '../../src/store/postgres/index.ts'
import { startWorker, type Worker } from '../crash/workers.ts'
import { createTestDatabase } from '../support/postgres.ts'

export interface Processes {
  /** Of this process, which dispatches nothing. */
  hooks: ReturnType<typeof createShopHooks>
  workers: readonly Worker[]
  /** Events `book.noted` of owner 1 with the numbers from `first`, one after the other. */
  send(count: number, first?: number): Promise<void>
  /** One more such event, which nobody fans out before `letGo` is called: as when the one that has it at hand is slow. */
  sendSlow(n: number): Promise<{ letGo(): Promise<void> }>
  /** What is not delivered yet, and what is to be fanned out. */
  open(): Promise<unknown[]>
  query<Row extends pg.QueryResultRow>(sql: string): Promise<Row[]>
}

const WORKERS = ['one', 'two', 'three']

/** A bookstore on PostgreSQL of its own, with three processes that dispatch. */
export async function openProcesses(
  dispatch: DispatchOptions = {},
  { leaseMs = 10_000 }: { leaseMs?: number } = {},
): Promise<Processes> {
  const { url, drop } = await createTestDatabase()
  onTestFinished(drop)
  const workers = WORKERS.map((name) => startWorker(url, name))
  onTestFinished(async () => {
    for (const { kill } of workers) kill('SIGKILL')
    await Promise.all(workers.map(({ ended }) => ended))
  })
  const database = new pg.Pool({ connectionString: url, max: 1 })
  onTestFinished(() => database.end())
  await database.query('CREATE TABLE book (id integer PRIMARY KEY, title text NOT NULL, user_id integer)')
  const hooks = createShopHooks(url)
  onTestFinished(() => hooks.close())
  await hooks.migrate()
  for (const worker of workers) {
    await worker.reached('import')
    worker.order({ do: 'deliver', leaseMs, timeoutMs: 10_000, dispatch, signs: true })
  }
  await Promise.all(workers.map((worker) => worker.reached('deliver')))
  const query = async <Row extends pg.QueryResultRow>(sql: string) => (await database.query<Row>(sql)).rows
  return {
    hooks,
    workers,
    async send(count, first = 0) {
      for (let n = first; n < first + count; n += 1) await hooks.send('book.noted', { n }, { owner: 1 })
    },
    async sendSlow(n) {
      const client = await database.connect()
      try {
        await client.query('BEGIN')
        await hooks.send('book.noted', { n }, { owner: 1, tx: client })
        const { rows } = await client.query<{ seq: string }>(
          `UPDATE hookwright.event SET fanout_due_at = $1
           WHERE seq = (SELECT max(seq) FROM hookwright.event) RETURNING seq`,
          [Date.now() + 3_600_000],
        )
        await client.query('COMMIT')
        const seq = rows[0]?.seq
        return {
          letGo: async () =>
            void (await query(`UPDATE hookwright.event SET fanout_due_at = 0 WHERE seq = ${seq}`)),
        }
      } finally {
        client.release()
      }
    },
    open: () =>
      query(
        `SELECT seq, fanout_due_at, status, due_at, parked_due_at FROM hookwright.event
         LEFT JOIN hookwright.delivery ON event_seq = seq WHERE status IS DISTINCT FROM 'delivered'`,
      ),
    query,
  }
}

function createShopHooks(url: string) {
  return createHooks({
    database: postgres(url, { maxConnections: 4 }),
    models: { Book: { table: 'book', owner: 'user_id' } },
    events: { 'book.added': 'Book.created', 'book.noted': null },
    allow: ['127.0.0.1/32'],
  })
}
