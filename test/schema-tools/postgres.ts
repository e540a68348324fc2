import pg from 'pg'
import { expect, onTestFinished, vi } from 'vitest'
import { createHooks } from '../../src/index.ts'
import { postgres } from '../../src/store/postgres/index.ts'
import { recordingLogger } from '../conformance/application.ts'
import { type Arrival, startSink } from '../runtime/sink.ts'
import { createTestDatabase } from '../support/postgres.ts'

/**
 * A bookstore whose dispatcher runs on a new PostgreSQL database, with a hook on `book.added`, until the test ends.
 *
 * @param createTables makes the table `book` (id, title, user_id) with the tool that is tested
 */
export async function startBookstore(createTables: (url: string) => Promise<void>) {
  const database = await createTestDatabase()
  onTestFinished(() => database.drop())
  await createTables(database.url)
  const client = new pg.Client({ connectionString: database.url })
  await client.connect()
  onTestFinished(() => client.end())
  const { logger, log } = recordingLogger()
  const hooks = createHooks({
    database: postgres(database.url),
    allow: ['127.0.0.1/32'],
    models: { Book: { table: 'book', owner: 'user_id' } },
    events: { 'book.added': 'Book.created' },
    logger,
  })
  onTestFinished(() => hooks.close())
  await hooks.migrate()
  await hooks.start()
  const sink = await startSink()
  const subscribe = () => hooks.create({ owner: 1, event: 'book.added', target: sink.url })
  await subscribe()

  const names = async (sql: string) =>
    (await client.query<{ name: string }>(sql)).rows.map(({ name }) => name)
  return {
    url: database.url,
    client,
    hooks,
    log,
    subscribe,
    /** What hookwright has in its own schema: tables, indexes, sequences, functions. */
    ours: () =>
      names(
        `SELECT kind || ' ' || name AS name FROM (
           SELECT relkind::text, relname::text FROM pg_class WHERE relnamespace = to_regnamespace('hookwright')
           UNION ALL SELECT 'function', proname::text FROM pg_proc WHERE pronamespace = to_regnamespace('hookwright')
         ) AS thing (kind, name) WHERE name NOT LIKE 'pg_toast%' ORDER BY 1`,
      ),
    /** The triggers on the application's table. */
    triggers: () =>
      names(
        "SELECT tgname AS name FROM pg_trigger WHERE tgrelid = to_regclass('public.book') AND NOT tgisinternal ORDER BY 1",
      ),
    arrivalOf: (title: string): Promise<Arrival> =>
      vi.waitFor(
        () => {
          const arrival = sink.arrivals.find(({ body }) => body.data.title === title)
          expect(arrival).toBeDefined()
          return arrival as Arrival
        },
        { timeout: 10_000 },
      ),
  }
}

/** Waits until `read` gives `expected`, and tells how long it took, in milliseconds. */
export async function until<T>(read: () => Promise<T>, expected: T): Promise<number> {
  const from = performance.now()
  await vi.waitFor(async () => expect(await read()).toEqual(expected), { timeout: 10_000, interval: 5 })
  return performance.now() - from
}

/** The running dispatcher looks every second; the rest is for busy machines. */
export const NEXT_CHECK_MS = 2_000
