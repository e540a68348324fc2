import { setTimeout as sleep } from 'node:timers/promises'
import pg from 'pg'
import { expect, it, onTestFinished } from 'vitest'
import { postgres } from '../../src/store/postgres/index.ts'
import { pg as pgTx } from '../../src/store/tx/index.ts'
import { describeOwnServer } from './own-server.ts'
import { expectReports, openShop } from './shop.ts'

describeOwnServer('a server that is restarted', (server) => {
  it('crashes while events flow: the dispatcher reports, recovers, and nothing is lost', async () => {
    const { url, restart, stop, start } = await server()
    const { addBooks, allDelivered, reported } = await openShop(url, postgres(url))
    const books = addBooks({ pauseMs: 2 })
    for (let round = 0; round < 2; round += 1) {
      await sleep(400)
      await restart('immediate')
    }
    await sleep(400)
    await stop('fast')
    await sleep(300)
    await start()
    await sleep(200)
    await books.stop()
    await allDelivered()
    expect(books.added()).toBeGreaterThan(20)
    expectReports(reported)
  })

  it('refuses what is sent meanwhile with an error that tells what to do', async () => {
    const { url, stop, start } = await server()
    const { hooks, allDelivered } = await openShop(url, postgres(url))
    await stop('fast')
    const place = new URL(url)
    const sending = hooks.send('book.noted', { n: 1 }, { owner: 1 })
    await expect(sending).rejects.toMatchObject({
      code: 'database_unavailable',
      status: 503,
      message: expect.stringContaining(`${place.host}${place.pathname}`),
    })
    await expect(sending).rejects.toThrow('try again')
    await start()
    await hooks.send('book.noted', { n: 2 }, { owner: 1 })
    await allDelivered()
  })

  it("leaves the caller's transaction to the caller", async () => {
    const { url, restart } = await server()
    const { hooks, allDelivered, receiver } = await openShop(url, postgres(url))
    const client = new pg.Client({ connectionString: url })
    client.on('error', () => {})
    await client.connect()
    onTestFinished(() => client.end().catch(() => {}))
    await client.query('BEGIN')
    await client.query("INSERT INTO book (title, user_id) VALUES ('Unfinished', 1)")
    await hooks.send('book.noted', { n: 'unfinished' }, { owner: 1, tx: pgTx(client) })
    await restart('immediate')
    await expect(hooks.send('book.noted', { n: 2 }, { owner: 1, tx: pgTx(client) })).rejects.toMatchObject({
      code: expect.stringMatching(/^database_unavailable$/),
    })
    await hooks.send('book.noted', { n: 'afterwards' }, { owner: 1 })
    await allDelivered()
    expect(receiver.arrivals.map(({ book }) => (book as unknown as { n: unknown }).n)).toEqual(['afterwards'])
  })
})
