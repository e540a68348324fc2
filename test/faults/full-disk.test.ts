import { join } from 'node:path'
import pg from 'pg'
import { expect, it, onTestFinished, vi } from 'vitest'
import { postgres } from '../../src/store/postgres/index.ts'
import { mountSmallDisk } from '../support/small-disk.ts'
import { describeOwnServer } from './own-server.ts'
import { expectReports, openShop } from './shop.ts'

const DISK_MB = 24
/** Each is tried again all the time, and every attempt is a row. */
const PENDING = 60
/** A page of a table holds one of these. */
const LARGE = 'x'.repeat(6_000)

describeOwnServer('a disk that is full', (server) => {
  it('refuses what is sent with a clear error, is reported, and everything is delivered once there is room', async ({
    skip,
  }) => {
    const { server: own } = await server()
    const disk = mountSmallDisk(join(own.folder, 'small'), DISK_MB, own.user)
    if (typeof disk === 'string') {
      if (process.env.HOOKWRIGHT_REQUIRE_SERVICES === '1') throw new Error(disk)
      console.warn(`skipped: ${disk}`)
      return skip(disk)
    }
    onTestFinished(async () => {
      await own.stop('immediate')
      disk.unmount()
    })
    const admin = new pg.Client({ connectionString: own.url })
    await admin.connect()
    await admin.query(`CREATE TABLESPACE small LOCATION '${disk.path}'`)
    // The journal lies elsewhere: a server whose journal has no room shuts down, which is another test's fault.
    await admin.query('CREATE DATABASE narrow TABLESPACE small')
    await admin.end()
    const url = own.url.replace(/postgres$/, 'narrow')
    const { hooks, database, receiver, answer, reported, allDelivered } = await openShop(url, postgres(url))

    // What is committed, but not delivered yet, when there is no more room.
    let failing = true
    answer((response) => void response.writeHead(failing ? 503 : 200).end())
    const sent: number[] = []
    for (let n = -PENDING; n < 0; n += 1) {
      await hooks.send('book.noted', { n }, { owner: 1 })
      sent.push(n)
    }
    disk.fill()
    const refusal = await (async () => {
      for (let n = 0; n < 500; n += 1) {
        try {
          await hooks.send('book.noted', { n, note: LARGE }, { owner: 1 })
          sent.push(n)
        } catch (error) {
          return error
        }
      }
      return undefined
    })()
    expect(refusal).toMatchObject({
      code: 'database_unavailable',
      status: 503,
      message: expect.stringMatching(/\/narrow.*no room.*disk space/i),
      cause: { code: '53100' },
    })
    // The application's own writes fail by themselves: what happened is in no table, and is no event.
    const books = await Promise.allSettled(
      Array.from({ length: 50 }, (_, n) =>
        database.query('INSERT INTO book (title, user_id) VALUES ($1, 1)', [`${n} ${LARGE}`]),
      ),
    )
    expect(books.filter(({ status }) => status === 'rejected').length).toBeGreaterThan(0)
    await vi.waitFor(() => expect(reported.length).toBeGreaterThan(0), { timeout: 15_000, interval: 50 })

    disk.free()
    failing = false
    await hooks.send('book.noted', { n: 'afterwards' }, { owner: 1 })
    await allDelivered()
    const noted = new Set(receiver.arrivals.map(({ book }) => (book as unknown as { n: unknown }).n))
    expect([...sent, 'afterwards'].filter((n) => !noted.has(n))).toEqual([])
    expectReports(reported)
  })
})
