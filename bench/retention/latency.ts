import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { text } from 'node:stream/consumers'
import { setTimeout as pause } from 'node:timers/promises'
import { createHooks, silentLogger } from 'hookwright'
import type { Store } from '../../src/store/store.ts'

/** A steady trickle, as most applications have it: far below what the dispatcher can do. */
const SEND_EVERY_MS = 5
const OWNERS = 10

export type Latencies = { p50: number; p99: number }

/** Hooks with a target in this process, on a database that is filled. */
export async function latencyBed(database: Store) {
  const arrivals = new Map<number, (at: number) => void>()
  const target = createServer((request, response) => {
    void text(request).then((body) => {
      const { data } = JSON.parse(body) as { data: { n: number } }
      arrivals.get(data.n)?.(performance.now())
      response.writeHead(204).end()
    })
  })
  await new Promise<void>((resolve) => void target.listen(0, '127.0.0.1', resolve))
  const { port } = target.address() as AddressInfo
  const hooks = createHooks({
    database,
    events: { 'book.read': null },
    allow: ['127.0.0.1/32'],
    logger: silentLogger,
    // By hand only.
    retention: { everyMs: 3_600_000 },
  })
  for (let owner = 1; owner <= OWNERS; owner += 1) {
    await hooks.create({ owner, event: 'book.read', target: `http://127.0.0.1:${port}/${owner}` })
  }
  await hooks.start()
  let n = 0

  async function send(): Promise<number> {
    n += 1
    const number = n
    const arrived = Promise.withResolvers<number>()
    arrivals.set(number, arrived.resolve)
    const start = performance.now()
    await hooks.send('book.read', { n: number }, { owner: 1 + (number % OWNERS) })
    const at = await arrived.promise
    arrivals.delete(number)
    return at - start
  }

  return {
    hooks,
    /** Sends for so many milliseconds, and tells how long it took to arrive, in milliseconds. */
    async measure(ms: number): Promise<Latencies> {
      const sent: Promise<number>[] = []
      for (const end = performance.now() + ms; performance.now() < end; await pause(SEND_EVERY_MS)) {
        sent.push(send())
      }
      const latencies = (await Promise.all(sent)).toSorted((a, b) => a - b)
      const at = (share: number) => latencies[Math.floor(latencies.length * share)] ?? Number.NaN
      return { p50: at(0.5), p99: at(0.99) }
    },
    async close() {
      await hooks.close()
      target.closeAllConnections()
      await new Promise((resolve) => target.close(resolve))
    },
  }
}
