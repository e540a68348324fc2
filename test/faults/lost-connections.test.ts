import { setTimeout as sleep } from 'node:timers/promises'
import { Kysely, PostgresDialect } from 'kysely'
import pg from 'pg'
import { expect, it, onTestFinished, vi } from 'vitest'
import { postgres } from '../../src/store/postgres/index.ts'
import { createTestDatabase, describePostgres } from '../support/postgres.ts'
import { seeded } from '../support/seeded.ts'
import { type Fate, startTcpProxy, type TcpProxy } from '../support/tcp-proxy.ts'
import { createShopHooks, expectReports, openShop } from './shop.ts'

/** How long the server keeps the locks of a transaction whose process is silent; see src/store/postgres/transaction.ts. */
const IDLE_TIMEOUT_MS = 10_000
const seed = Number(process.env.HOOKWRIGHT_SEED ?? Math.floor(Math.random() * 2 ** 31))

/** How often a connection is cut when this is on its way to the server. */
const CUTS = { BEGIN: 0.04, COMMIT: 0.2, other: 0.01 }

function momentOf(chunk: Buffer): keyof typeof CUTS {
  const text = chunk.toString('latin1')
  return text.includes('BEGIN') ? 'BEGIN' : text.includes('COMMIT') ? 'COMMIT' : 'other'
}

/** A database, and a way to it that can be disturbed. */
async function disturbed(): Promise<{ url: string; far: string; proxy: TcpProxy }> {
  const { url, drop } = await createTestDatabase()
  onTestFinished(drop)
  const proxy = await startTcpProxy(Number(new URL(url).port || 5432))
  onTestFinished(() => proxy.close())
  return { url, far: proxy.through(url), proxy }
}

describePostgres('connections that are lost', () => {
  it('at random moments, before and after COMMIT among them, over a slow line: nothing is lost', async () => {
    console.log(`seed ${seed} (HOOKWRIGHT_SEED repeats the moments)`)
    const fraction = seeded(seed)
    const { url, far, proxy } = await disturbed()
    const { addBooks, allDelivered, reported } = await openShop(url, postgres(far, { maxConnections: 4 }))
    proxy.latencyMs = 2
    const cuts: Record<string, number> = {}
    proxy.toServer = (chunk) => {
      const moment = momentOf(chunk)
      const luck = fraction() / CUTS[moment]
      const fate: Fate = luck < 0.5 ? 'cut' : luck < 1 ? 'cut after' : 'pass'
      if (fate !== 'pass') cuts[`${fate} ${moment}`] = (cuts[`${fate} ${moment}`] ?? 0) + 1
      return fate
    }
    const books = addBooks()
    await vi.waitFor(
      () => {
        expect(cuts['cut COMMIT']).toBeGreaterThan(1)
        expect(cuts['cut after COMMIT']).toBeGreaterThan(1)
      },
      { timeout: 25_000, interval: 25 },
    )
    proxy.toServer = undefined
    proxy.latencyMs = 0
    proxy.cutAll()
    await books.stop()
    await allDelivered()
    expectReports(reported)
    console.log({ ...cuts, books: books.added(), reports: reported.length })
  })

  it('in silence, in the middle of a transaction: its locks stall no other worker for longer than their bound', async () => {
    const { url, far, proxy } = await disturbed()
    const silenced = await openShop(url, postgres(far, { patienceMs: 2_000 }))
    // Another worker, whose way is the direct one.
    const other = createShopHooks(postgres(url))
    onTestFinished(() => other.close())
    let writes = 0
    proxy.toServer = (chunk) => {
      const text = chunk.toString('latin1')
      if (/update "hookwright"/i.test(text)) writes += 1
      if (writes < 5 || !text.includes('COMMIT')) return 'pass'
      proxy.blackHole()
      return 'swallow'
    }
    const books = silenced.addBooks()
    await vi.waitFor(() => expect(silenced.reported.length).toBeGreaterThan(0), { timeout: 10_000 })
    await books.stop()
    const { rows } = await silenced.database.query(
      "SELECT 1 FROM pg_stat_activity WHERE datname = current_database() AND state = 'idle in transaction'",
    )
    expect(rows.length).toBeGreaterThan(0)
    const started = performance.now()
    await other.start()
    await silenced.addBook('While it is silent')
    await vi.waitFor(() => expect(silenced.arrived('While it is silent')).toBe(true), { timeout: 5_000 })
    const newOnes = performance.now() - started
    await silenced.allDelivered(IDLE_TIMEOUT_MS + 5_000)
    console.log({ newOnesMs: Math.round(newOnes), lockedOnesMs: Math.round(performance.now() - started) })
    await other.stop()

    proxy.toServer = undefined
    proxy.restore()
    await silenced.addBook('Afterwards')
    await silenced.allDelivered()
    expectReports(silenced.reported)
  })

  it("in silence, beneath the application's Kysely instance: it is reported, and goes on once they break", async () => {
    const { url, far, proxy } = await disturbed()
    const pool = new pg.Pool({ connectionString: far, max: 4, connectionTimeoutMillis: 1_000 })
    pool.on('error', () => {})
    pool.on('connect', (client) => void client.on('error', () => {}))
    const kysely = new Kysely<unknown>({ dialect: new PostgresDialect({ pool }) })
    onTestFinished(() => kysely.destroy())
    const { addBooks, allDelivered, reported } = await openShop(url, postgres(kysely, { patienceMs: 1_000 }))
    const books = addBooks()
    await sleep(300)
    proxy.blackHole()
    await vi.waitFor(() => expect(reported.length).toBeGreaterThan(0), { timeout: 8_000 })
    await books.stop()
    proxy.restore()
    // Kysely cannot discard a connection, so this is what it waits for: that the operating system gives them up.
    proxy.cutAll()
    await allDelivered()
    expectReports(reported)
  })

  it('together with the first answer: an error that comes before anybody can listen ends no process', async () => {
    const { url, far, proxy } = await disturbed()
    const { addBook, allDelivered } = await openShop(url, postgres(far))
    let said = 0
    proxy.toClient = (chunk) => {
      // The end of a log-in: ready for a query. In the same breath the server says goodbye.
      if (said > 20 || !chunk.includes('server_version')) return chunk
      said += 1
      return Buffer.concat([chunk, goodbye])
    }
    proxy.cutAll()
    await vi.waitFor(() => expect(said).toBeGreaterThan(2), { timeout: 10_000 })
    proxy.toClient = undefined
    await addBook('Afterwards')
    await allDelivered()
  })
})

const goodbye = fatal('57P01', 'terminating connection due to administrator command')

function fatal(code: string, message: string): Buffer {
  const fields = `SFATAL\0VFATAL\0C${code}\0M${message}\0\0`
  const head = Buffer.alloc(5)
  head.write('E')
  head.writeInt32BE(4 + Buffer.byteLength(fields), 1)
  return Buffer.concat([head, Buffer.from(fields)])
}
