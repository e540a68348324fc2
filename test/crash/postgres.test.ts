import { setTimeout as sleep } from 'node:timers/promises'
import pg from 'pg'
import { expect, it, onTestFinished, vi } from 'vitest'
import { createHooks } from '../../src/index.ts'
import { postgres } from '../../src/store/postgres/index.ts'
import { createTestDatabase, describePostgres } from '../support/postgres.ts'
import { startReceiver } from '../support/receiver.ts'
import { seeded } from '../support/seeded.ts'
import { startWorker, type Worker } from './workers.ts'

/** `npm run test:crash` sets 200 and more. */
const ROUNDS = Number(process.env.HOOKWRIGHT_CRASH_ROUNDS ?? 40)
const DISPATCHERS = 3
const TIMES = { leaseMs: 700, timeoutMs: 1_000 }
/** A suspended process sleeps for so long: longer than its lease. */
const SUSPENDED_MS = 1_000
const WRITER_PAUSE_MS = 5
const LONGEST_ANSWER_MS = 40
const LONGEST_ROUND_MS = 500
const LONGEST_CATCHING_UP_MS = 30_000

const seed = Number(process.env.HOOKWRIGHT_SEED ?? Math.floor(Math.random() * 2 ** 31))

describePostgres(
  'writers, three dispatchers and a receiver, killed, suspended and cut off at random moments',
  () => {
    it(
      'lose nothing, send nothing that was rolled back, and keep every webhook-id',
      async () => {
        console.log(`seed ${seed} (HOOKWRIGHT_SEED repeats the faults), ${ROUNDS} rounds`)
        const fraction = seeded(seed)
        const { url, drop } = await createTestDatabase()
        onTestFinished(drop)
        const database = new pg.Pool({ connectionString: url, max: 2 })
        onTestFinished(() => database.end())
        await database.query(
          'CREATE TABLE book (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, title text NOT NULL UNIQUE, user_id integer)',
        )
        const slowness = seeded(seed + 1)
        const receiver = await startReceiver((response) => {
          const luck = slowness()
          // Now and then it fails, or is slower than an attempt may be, so that retries are among what is interrupted.
          if (luck < 0.02) response.writeHead(503).end()
          else
            setTimeout(
              () => response.end('ok'),
              luck > 0.99 ? TIMES.timeoutMs + 100 : luck * LONGEST_ANSWER_MS,
            )
        })
        onTestFinished(receiver.close)
        const hooks = createHooks({
          database: postgres(url, { maxConnections: 2 }),
          models: { Book: { table: 'book', owner: 'user_id' } },
          events: { 'book.added': 'Book.created', 'book.noted': null },
          allow: ['127.0.0.1/32'],
        })
        onTestFinished(() => hooks.close())
        await hooks.migrate()
        const hook = await hooks.create({ owner: 1, event: 'book.added', target: receiver.target })
        receiver.secret = (await hooks.secrets(hook.id))[0]

        const all: Worker[] = []
        onTestFinished(() => {
          for (const { kill } of all) kill('SIGKILL')
        })
        let started = 0
        const next = () => {
          started += 1
          const worker = startWorker(url, `process ${started}`)
          all.push(worker)
          return worker
        }
        const dispatchers = Array.from({ length: DISPATCHERS }, next)
        let writer = next()
        let standby = next()
        for (const worker of dispatchers) worker.order({ do: 'deliver', ...TIMES })
        for (const worker of dispatchers) await worker.reached('deliver')
        writer.order({ do: 'write', pauseMs: WRITER_PAUSE_MS })
        await writer.reached('write')

        const counts = { killed: 0, suspended: 0, terminated: 0, writersKilled: 0 }
        const waking: Promise<void>[] = []
        const start = performance.now()
        for (let round = 0; round < ROUNDS; round += 1) {
          // A fault is worth something only while books are being written, and a new writer takes its time to start.
          const before = all.flatMap(({ committed }) => committed).length
          await sleep(fraction() * LONGEST_ROUND_MS)
          await vi.waitFor(
            () => expect(all.flatMap(({ committed }) => committed).length).toBeGreaterThan(before),
            { timeout: LONGEST_CATCHING_UP_MS, interval: 5 },
          )
          const fault = fraction()
          const index = Math.floor(fraction() * DISPATCHERS)
          const victim = dispatchers[index] as Worker
          if (fault < 0.35) {
            counts.killed += 1
            victim.kill('SIGKILL')
            await victim.ended
            dispatchers[index] = standby
            standby.order({ do: 'deliver', ...TIMES })
            standby = next()
          } else if (fault < 0.6) {
            counts.suspended += 1
            victim.kill('SIGSTOP')
            waking.push(sleep(SUSPENDED_MS).then(() => victim.kill('SIGCONT')))
          } else if (fault < 0.85) {
            counts.terminated += 1
            await database.query(
              `SELECT pg_terminate_backend(pid) FROM pg_stat_activity
             WHERE datname = current_database() AND pid <> pg_backend_pid() AND (application_name LIKE 'hookwright%' OR application_name = 'writer')`,
            )
          } else {
            counts.writersKilled += 1
            writer.kill('SIGKILL')
            await writer.ended
            writer = standby
            writer.order({ do: 'write', pauseMs: WRITER_PAUSE_MS })
            standby = next()
          }
        }
        await Promise.all(waking)
        writer.kill('SIGKILL')
        await writer.ended

        const { rows } = await database.query<{ title: string; webhook_id: string }>(
          `SELECT book.title, event.uid || '_' || $1::text AS webhook_id FROM book
         LEFT JOIN hookwright.event ON (coalesce(event.data, event.row_json)::json ->> 'title') = book.title`,
          [hook.id],
        )
        const idOf = new Map(rows.map(({ title, webhook_id }) => [title, webhook_id]))
        const missing = () => {
          const arrived = new Set(receiver.arrivals.map(({ book }) => book.title))
          return [...idOf.keys()].filter((title) => !arrived.has(title))
        }
        const open = async () => {
          const found = await database.query(
            `SELECT seq, fanout_due_at, status, due_at, parked_due_at, lease FROM hookwright.event
           LEFT JOIN hookwright.delivery ON event_seq = seq WHERE status IS DISTINCT FROM 'delivered'`,
          )
          return found.rows
        }
        try {
          await vi.waitFor(
            async () => {
              expect(missing()).toEqual([])
              expect(await open()).toEqual([])
            },
            { timeout: LONGEST_CATCHING_UP_MS, interval: 50 },
          )
        } catch (error) {
          for (const { name, log } of dispatchers) console.error(name, log.slice(-5))
          throw error
        }

        const posts = receiver.arrivals
        const distinct = new Set(posts.map(({ webhookId, body }) => `${webhookId} ${body}`))
        const acknowledged = all.flatMap(({ committed }) => committed)
        const rolledBack = posts.filter(({ book }) => !idOf.has(book.title))
        console.log({
          ...counts,
          seconds: Math.round((performance.now() - start) / 1_000),
          books: idOf.size,
          posts: posts.length,
          duplicates: posts.length - distinct.size,
          lost: missing().length,
          rolledBackAndSent: rolledBack.length,
        })
        expect(acknowledged.filter((title) => !idOf.has(title))).toEqual([])
        expect(rolledBack).toEqual([])
        expect(posts.filter(({ book, webhookId }) => webhookId !== idOf.get(book.title))).toEqual([])
        expect(distinct.size).toBe(idOf.size)
        expect(posts.filter(({ signatureFault }) => signatureFault !== undefined)).toEqual([])
        expect(idOf.size).toBeGreaterThanOrEqual(ROUNDS)
      },
      ROUNDS * 3_000 + 120_000,
    )
  },
)
