import { monitorEventLoopDelay } from 'node:perf_hooks'
import { setTimeout as sleep } from 'node:timers/promises'
import { expect, it, vi } from 'vitest'
import { postgres } from '../../src/store/postgres/index.ts'
import { describeOwnServer } from './own-server.ts'
import { expectReports, openShop } from './shop.ts'

/** A query may take so long; the server stands still for longer. */
const PATIENCE_MS = 1_000
/** It waits for an answer, and then for a new connection. */
const LONGEST_REFUSAL_MS = 12_000
/** A blocking wait would show as at least that of a query. */
const LONGEST_LAG_MS = 700

describeOwnServer('a server that stands still', (server) => {
  it('is reported and blocks nobody; when it goes on, so does the dispatcher, and nothing is lost', async () => {
    const { url, suspend, resume } = await server()
    const { hooks, addBooks, allDelivered, reported } = await openShop(
      url,
      postgres(url, { patienceMs: PATIENCE_MS }),
    )
    const books = addBooks()
    await sleep(300)
    const lag = monitorEventLoopDelay({ resolution: 5 })
    lag.enable()
    suspend()
    const asked = performance.now()
    const sending = hooks.send('book.noted', { n: 1 }, { owner: 1 }).then(
      () => 'sent',
      ({ code }: { code: string }) => code,
    )
    await vi.waitFor(() => expect(reported.length).toBeGreaterThan(0), { timeout: 10_000 })
    expect(await sending).toBe('database_unavailable')
    expect(performance.now() - asked).toBeLessThan(LONGEST_REFUSAL_MS)
    lag.disable()
    console.log({ refusedAfterMs: Math.round(performance.now() - asked), lagMs: Math.round(lag.max / 1e6) })
    resume()
    await sleep(200)
    await books.stop()
    await allDelivered()
    expectReports(reported)
    expect(lag.max / 1e6).toBeLessThan(LONGEST_LAG_MS)
  })
})
