import type { ServerResponse } from 'node:http'
import { setTimeout as sleep } from 'node:timers/promises'
import pg from 'pg'
import { expect, onTestFinished, vi } from 'vitest'
import { createHooks, type HookwrightError } from '../../src/index.ts'
import type { Store } from '../../src/store/store.ts'
import { type Receiver, startReceiver } from '../support/receiver.ts'

const LONGEST_RECOVERY_MS = 20_000

export interface Reported {
  level: string
  message: string
  error: HookwrightError | undefined
}

export interface Shop {
  hooks: Awaited<ReturnType<typeof createShopHooks>>
  receiver: Receiver
  /** How the receiver answers from now on. */
  answer(by: (response: ServerResponse) => void): void
  /** What the dispatcher has reported: warnings and errors. */
  reported: Reported[]
  /** The application's own connections, which lead straight to the server. */
  database: pg.Pool
  /** Adds a book now and then, until `stop`. A book that could not be added is left out. */
  addBooks(options?: { pauseMs?: number }): { stop(): Promise<void>; added(): number }
  addBook(title: string): Promise<void>
  /** Waits until every book of the table has arrived and nothing is left to do; then looks that each has one webhook-id. */
  allDelivered(withinMs?: number): Promise<void>
  arrived(title: string): boolean
}

/**
 * An application on PostgreSQL whose dispatcher runs: the table `book` is captured as `book.added`, and a receiver takes
 * what is sent.
 *
 * @param url the way to the server that no fault touches
 * @param store what hookwright has of it
 */
export async function openShop(url: string, store: Store, options: ShopOptions = {}): Promise<Shop> {
  const database = new pg.Pool({ connectionString: url, max: 2, connectionTimeoutMillis: 2_000 })
  database.on('error', () => {})
  onTestFinished(() => database.end())
  await database.query(
    'CREATE TABLE IF NOT EXISTS book (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, title text NOT NULL UNIQUE, user_id integer)',
  )
  let answer = (response: ServerResponse): void => {
    response.end('ok')
  }
  const receiver = await startReceiver((response) => answer(response))
  onTestFinished(receiver.close)
  const reported: Reported[] = []
  const hooks = createShopHooks(store, reported, options)
  onTestFinished(() => hooks.close())
  await hooks.migrate()
  for (const event of ['book.added', 'book.noted'] as const) {
    await hooks.create({ owner: 1, event, target: receiver.target })
  }
  await hooks.start()

  const addBook = async (title: string) => {
    await database.query('INSERT INTO book (title, user_id) VALUES ($1, 1)', [title])
  }
  const arrivals = () => receiver.arrivals.filter(({ book }) => book.title !== undefined)
  const arrived = (title: string) => arrivals().some(({ book }) => book.title === title)

  return {
    hooks,
    receiver,
    answer: (by) => {
      answer = by
    },
    reported,
    database,
    addBook,
    arrived,
    addBooks({ pauseMs = 5 } = {}) {
      let stopped = false
      let added = 0
      const loop = (async () => {
        for (let n = 0; !stopped; n += 1) {
          await addBook(`${performance.now()} ${n}`).then(
            () => {
              added += 1
            },
            () => {},
          )
          await sleep(pauseMs)
        }
      })()
      return {
        added: () => added,
        async stop() {
          stopped = true
          await loop
        },
      }
    },
    async allDelivered(withinMs = LONGEST_RECOVERY_MS) {
      const { rows } = await database.query<{ title: string }>('SELECT title FROM book')
      const waiting = { timeout: withinMs, interval: 25 }
      try {
        await vi.waitFor(() => {
          const titles = new Set(arrivals().map(({ book }) => book.title))
          expect(rows.filter(({ title }) => !titles.has(title))).toEqual([])
        }, waiting)
        await vi.waitFor(async () => {
          const open = await database.query(
            `SELECT seq, fanout_due_at, status, due_at, parked_due_at, lease FROM hookwright.event
             LEFT JOIN hookwright.delivery ON event_seq = seq WHERE status IS DISTINCT FROM 'delivered'`,
          )
          expect(open.rows).toEqual([])
        }, waiting)
      } catch (error) {
        console.error(reported.slice(-5))
        throw error
      }
      const idOf = new Map<string, string>()
      const two = arrivals().filter(({ book, webhookId }) => {
        const first = idOf.get(book.title) ?? webhookId
        idOf.set(book.title, first)
        return first !== webhookId
      })
      expect(two).toEqual([])
      const known = new Set(rows.map(({ title }) => title))
      expect([...idOf.keys()].filter((title) => !known.has(title))).toEqual([])
    },
  }
}

export interface ShopOptions {
  leaseMs?: number
}

export function createShopHooks(
  store: Store,
  reported: Reported[] = [],
  { leaseMs = 1_000 }: ShopOptions = {},
) {
  const log =
    (level: string) =>
    (fields: object, message = '') => {
      const { err } = fields as { err?: HookwrightError }
      reported.push({ level, message, error: err })
    }
  return createHooks({
    database: store,
    models: { Book: { table: 'book', owner: 'user_id' } },
    events: { 'book.added': 'Book.created', 'book.noted': null },
    allow: ['127.0.0.1/32'],
    dispatch: {
      leaseMs,
      timeoutMs: 1_000,
      breaker: false,
      retry: { delaysMs: Array.from({ length: 100 }, () => 200), jitter: 0 },
    },
    logger: { debug: () => {}, info: () => {}, warn: log('warn'), error: log('error') },
  })
}

/** Everything that was reported is an error of hookwright's, which says that it passes. */
export function expectReports(reported: readonly Reported[]): void {
  expect(reported.length).toBeGreaterThan(0)
  expect(
    reported.filter(({ error }) => error !== undefined && error.code !== 'database_unavailable'),
  ).toEqual([])
}
