import { setTimeout as sleep } from 'node:timers/promises'
import { Kysely, PostgresDialect } from 'kysely'
import pg from 'pg'
import { expect, it, onTestFinished, vi } from 'vitest'
import { postgres } from '../../src/store/postgres/index.ts'
import type { Store } from '../../src/store/store.ts'
import { createTestDatabase, describePostgres } from '../support/postgres.ts'
import { expectReports, openShop } from './shop.ts'

const ROUNDS = 25
const OURS = `datname = current_database() AND application_name LIKE '%hookwright%'`

describePostgres('terminated backends', () => {
  it.each<[string, (url: string) => Opened]>([
    ['a URL', (url) => ({ store: postgres(url, { maxConnections: 4 }) })],
    ["the application's pg.Pool", ofPool],
    ["the application's Kysely instance", ofKysely],
  ])('of %s: the dispatcher recovers by itself, and nothing is lost', async (_, open) => {
    const { url, drop } = await createTestDatabase()
    onTestFinished(drop)
    const { store, stillOpen, end } = open(url)
    if (end !== undefined) onTestFinished(end)
    const { database, addBooks, allDelivered, reported, hooks } = await openShop(url, store)
    const ours = await database.query(`SELECT 1 FROM pg_stat_activity WHERE ${OURS}`)
    expect(ours.rows.length).toBeGreaterThan(0)

    const books = addBooks()
    let terminated = 0
    // On a busy machine some rounds find nobody connected.
    for (let round = 0; round < ROUNDS || terminated < ROUNDS / 2; round += 1) {
      await sleep(Math.random() * 100)
      const { rows } = await database.query(
        `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE ${OURS}`,
      )
      terminated += rows.length
    }
    await books.stop()
    await allDelivered()
    expect(books.added()).toBeGreaterThan(20)
    if (reported.length > 0) expectReports(reported)
    console.log({ terminated, books: books.added(), reports: reported.length })
    await hooks.close()
    await stillOpen?.()
  })

  it('are reported, where they are terminated faster than a turn can be made', async () => {
    const { url, drop } = await createTestDatabase()
    onTestFinished(drop)
    const { database, addBook, allDelivered, reported } = await openShop(url, postgres(url))
    await vi.waitFor(
      async () => {
        await database.query(`SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE ${OURS}`)
        expect(reported.length).toBeGreaterThan(1)
      },
      { timeout: 20_000, interval: 1 },
    )
    await addBook('Afterwards')
    await allDelivered()
    expectReports(reported)
  })
})

interface Opened {
  store: Store
  /** Fails unless the application can still use what it gave. */
  stillOpen?: () => Promise<unknown>
  end?: () => Promise<void>
}

const applicationPool = (url: string) => {
  const pool = new pg.Pool({ connectionString: url, max: 4, application_name: 'shop with hookwright' })
  // As pg's manual asks of every application.
  pool.on('error', () => {})
  return pool
}

function ofPool(url: string): Opened {
  const pool = applicationPool(url)
  return { store: postgres(pool), stillOpen: () => pool.query('SELECT 1'), end: () => pool.end() }
}

function ofKysely(url: string): Opened {
  const pool = applicationPool(url)
  // Kysely listens to no client that is in use, and what is unheard ends the process: so its users must.
  pool.on('connect', (client) => void client.on('error', () => {}))
  const kysely = new Kysely<{ book: { title: string } }>({ dialect: new PostgresDialect({ pool }) })
  return {
    store: postgres(kysely),
    stillOpen: () => kysely.selectFrom('book').selectAll().execute(),
    end: () => kysely.destroy(),
  }
}
