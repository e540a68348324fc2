import { setTimeout as sleep } from 'node:timers/promises'
import { expect, it, onTestFinished, vi } from 'vitest'
import { postgres } from '../../src/store/postgres/index.ts'
import { startPgBouncer, whyNoPgBouncer } from '../support/pgbouncer.ts'
import { createTestDatabase, describePostgres, withoutService } from '../support/postgres.ts'
import { expectReports, openShop } from './shop.ts'

/** A dispatcher asks to be notified after two seconds without anything to do, and finds out within another that it is not. */
const ASLEEP_MS = 3_500
/** Notified or not: it looks often enough. */
const LONGEST_DELIVERY_MS = 1_000

const missing = whyNoPgBouncer()
const describePgBouncer = (name: string, define: () => void) =>
  missing === undefined ? describePostgres(name, define) : withoutService(name, missing)

describePgBouncer('PgBouncer that lends connections for one transaction each', () => {
  it('migrates, captures, sends and delivers through it, and polls as no notification comes', async () => {
    const { url, drop } = await createTestDatabase()
    onTestFinished(drop)
    const pooler = await startPgBouncer(url)
    onTestFinished(pooler.close)
    const { hooks, addBook, addBooks, allDelivered, arrived, reported } = await openShop(
      url,
      postgres(pooler.through(url)),
    )
    const books = addBooks()
    await hooks.send('book.noted', { n: 1 }, { owner: 1 })
    await sleep(300)
    await books.stop()
    await allDelivered()

    await sleep(ASLEEP_MS)
    await addBook('While it sleeps')
    await vi.waitFor(() => expect(arrived('While it sleeps')).toBe(true), {
      timeout: LONGEST_DELIVERY_MS,
      interval: 5,
    })
    expect(reported).toEqual([])
  })

  it('recovers when it is restarted', async () => {
    const { url, drop } = await createTestDatabase()
    onTestFinished(drop)
    const pooler = await startPgBouncer(url)
    onTestFinished(pooler.close)
    const { addBooks, allDelivered, reported } = await openShop(url, postgres(pooler.through(url)))
    const books = addBooks()
    for (let round = 0; round < 3; round += 1) {
      await sleep(150)
      await pooler.restart()
    }
    await books.stop()
    await allDelivered()
    if (reported.length > 0) expectReports(reported)
  })
})
