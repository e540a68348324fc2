import { dirname, join } from 'node:path'
import type { DatabaseSync } from 'node:sqlite'
import { setTimeout as sleep } from 'node:timers/promises'
import { describe, expect, it, onTestFinished, vi } from 'vitest'
import { type Bookstore, startBookstore } from '../support/bookstore.ts'
import { temporaryDatabase } from '../support/database.ts'
import { startReceiver } from '../support/receiver.ts'
import { seeded } from '../support/seeded.ts'
import { openDatabase } from './open-database.ts'

/** Kills between a commit and the delivery that the test wants to have seen, and rounds after which it gives up. */
const MOMENTS = 55
const MOST_ROUNDS = 150
/** Short, so that what a dead process held is taken over soon. */
const TIMES = { timeoutMs: 150, leaseMs: 200 }
/** A book is delivered within some 10 ms; the receiver takes up to this long more to answer. */
const LONGEST_ANSWER_MS = 15
const LONGEST_LIFE_MS = 25
const LONGEST_CATCHING_UP_MS = 20_000

const seed = Number(process.env.HOOKWRIGHT_SEED ?? Math.floor(Math.random() * 2 ** 31))

describe('kill -9 between the commit of a book and its delivery', () => {
  it('loses nothing, sends nothing that was rolled back, and keeps every webhook-id', async () => {
    console.log(`seed ${seed} (HOOKWRIGHT_SEED repeats it)`)
    const fraction = seeded(seed)
    const { path, remove } = temporaryDatabase()
    onTestFinished(remove)
    // Some sixty processes start: with the cache each takes half the time.
    vi.stubEnv('NODE_COMPILE_CACHE', join(dirname(path), 'compiled'))
    const database = openDatabase(path)
    onTestFinished(() => database.close())
    const slowness = seeded(seed + 1)
    const receiver = await startReceiver((response) => {
      setTimeout(() => response.end('ok'), slowness() * LONGEST_ANSWER_MS)
    })
    onTestFinished(receiver.close)
    const bookstores: Bookstore[] = []
    onTestFinished(() => {
      for (const { kill } of bookstores) kill('SIGKILL')
    })
    const next = () => {
      const bookstore = startBookstore(path, TIMES)
      bookstores.push(bookstore)
      return bookstore
    }
    const arrived = () => new Set(receiver.arrivals.map(({ book }) => book.title))
    const missing = () => titles(database).filter((title) => !arrived().has(title))
    const allDelivered = async () => {
      const end = performance.now() + LONGEST_CATCHING_UP_MS
      const open = () => (missing().length > 0 ? missing() : undelivered(database))
      while (open().length > 0 && performance.now() < end) await sleep(5)
      for (const title of open()) console.error(title, stateOf(database, title), bookstores.at(-2)?.log)
      expect(open()).toEqual([])
    }

    /** Title → the `webhook-id`, as the crash has left it. */
    const settled = new Map<string, string>()
    const moments: Record<Moment, number> = { captured: 0, leased: 0 }
    const killed = () => moments.captured + moments.leased
    let rounds = 0
    const start = performance.now()
    let running = next()
    let standby = next()
    await running.reported('import')
    running.tell({ do: 'start' })
    await running.reported('start')
    running.tell({ do: 'subscribe', target: receiver.target })
    receiver.secret = (await running.reported('subscribe')).secret
    expect(receiver.secret).toMatch(/^whsec_/)

    while (killed() < MOMENTS && rounds < MOST_ROUNDS) {
      rounds += 1
      // In some rounds the next kill comes while what the last one left is still being caught up with.
      if (fraction() < 0.7) await allDelivered()
      const title = `Book ${rounds}`
      if (fraction() < 0.5) {
        running.tell({ do: 'add', title })
        // In the others it may not even be committed.
        if (fraction() < 0.7) await running.reported('add')
      } else {
        addBook(database, `${title}, never published`, 'ROLLBACK')
        addBook(database, title, 'COMMIT')
      }
      await precisely(fraction() * LONGEST_LIFE_MS)
      running.kill('SIGKILL')
      await running.ended
      const moment = momentOf(database, title)
      if (moment !== undefined) moments[moment] += 1
      const id = webhookIdOf(database, title)
      if (id !== undefined) settled.set(title, id)

      running = standby
      standby = next()
      await running.reported('import')
      running.tell({ do: 'start' })
      await running.reported('start')
    }
    await allDelivered()

    const distinct = new Set(receiver.arrivals.map(({ webhookId, body }) => `${webhookId} ${body}`))
    const committed = new Set(titles(database))
    const neverCommitted = receiver.arrivals.filter(({ book }) => !committed.has(book.title))
    console.log({
      rounds,
      secondsPerRound: ((performance.now() - start) / 1_000 / rounds).toFixed(2),
      moments,
      books: committed.size,
      posts: receiver.arrivals.length,
      duplicates: receiver.arrivals.length - distinct.size,
      lost: missing().length,
      neverCommitted: neverCommitted.length,
    })
    expect(neverCommitted).toEqual([])
    expect(receiver.arrivals.filter(({ book, webhookId }) => webhookId !== settled.get(book.title))).toEqual(
      [],
    )
    expect(distinct.size).toBe(committed.size)
    expect(receiver.arrivals.filter(({ signatureFault }) => signatureFault !== undefined)).toEqual([])
    expect(killed()).toBeGreaterThanOrEqual(50)
    expect(Math.min(moments.captured, moments.leased)).toBeGreaterThan(0)
    expect(database.prepare('PRAGMA integrity_check').get()).toEqual({ integrity_check: 'ok' })
  }, 240_000)
})

/** Where a book was when its bookstore was killed: in the outbox, or on its way. */
type Moment = 'captured' | 'leased'

function momentOf(database: DatabaseSync, title: string): Moment | undefined {
  const state = stateOf(database, title)
  if (state === undefined) return undefined
  if (state.fanout_due_at !== null) return 'captured'
  return state.status === 'pending' ? 'leased' : undefined
}

function stateOf(database: DatabaseSync, title: string) {
  return database
    .prepare(
      `SELECT * FROM hookwright_event LEFT JOIN hookwright_delivery ON event_seq = seq WHERE ${TITLE} = ?`,
    )
    .get(title)
}

/** Of an event, before its fan-out and after. */
const TITLE = "json_extract(coalesce(data, row_json), '$.title')"

/** What deliveries of a book must bear; undefined when it was not committed. */
function webhookIdOf(database: DatabaseSync, title: string): string | undefined {
  const found = database
    .prepare(
      `SELECT uid || '_' || hookwright_hook.id AS id FROM hookwright_event, hookwright_hook WHERE ${TITLE} = ?`,
    )
    .get(title)
  return found && String(found.id)
}

function titles(database: DatabaseSync): string[] {
  return database
    .prepare('SELECT title FROM book')
    .all()
    .map(({ title }) => String(title))
}

function undelivered(database: DatabaseSync): string[] {
  return database
    .prepare(
      `SELECT ${TITLE} AS title FROM hookwright_event LEFT JOIN hookwright_delivery ON event_seq = seq
      WHERE status IS NOT 'delivered'`,
    )
    .all()
    .map(({ title }) => String(title))
}

function addBook(database: DatabaseSync, title: string, end: 'COMMIT' | 'ROLLBACK'): void {
  database.exec('BEGIN IMMEDIATE')
  database.prepare('INSERT INTO book (title, user_id) VALUES (?, 1)').run(title)
  database.exec(end)
}

/** Waits to the microsecond, and lets the event loop run: timers know whole milliseconds only. */
async function precisely(ms: number): Promise<void> {
  const end = performance.now() + ms
  if (ms > 3) await sleep(ms - 2)
  while (performance.now() < end) await new Promise(setImmediate)
}
