import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { vi } from 'vitest'
import { createHooks } from '../../src/index.ts'
import { sqlite } from '../../src/store/sqlite/index.ts'
import { recordingLogger } from '../conformance/application.ts'
import { temporaryDatabase } from '../support/database.ts'

/** How long an attempt may take here. */
export const DEADLINE_MS = 500
/** One attempt is looked at; the next one must not come meanwhile. */
export const SCHEDULE_MS = 60_000
export const LONGEST_WAIT_MS = 3_600_000
const HEALTHY = 'healthy'

/** Hooks on one running dispatcher: those that a test adds, and a healthy one that gets one event after the other. */
export async function openCompany() {
  const { path, remove } = temporaryDatabase()
  const { logger, log } = recordingLogger()
  const hooks = createHooks({
    database: sqlite(path),
    events: { played: null },
    // Some never read what they are sent, which must be more than all buffers between hold.
    maxPayloadBytes: 64_000_000,
    allow: ['127.0.0.1/32'],
    connection: { http2: true },
    dispatch: {
      timeoutMs: DEADLINE_MS,
      retry: { delaysMs: [SCHEDULE_MS, LONGEST_WAIT_MS], jitter: 0 },
    },
    logger,
  })
  await hooks.migrate()
  await hooks.start()
  const healthy = await startHealthy()
  const { id: healthyHook } = await hooks.create({ owner: HEALTHY, event: 'played', target: healthy.target })
  let running = true
  const company = (async () => {
    while (running) {
      const before = healthy.arrivals.length
      await hooks.send('played', {}, { owner: HEALTHY })
      await vi.waitFor(() => {
        if (healthy.arrivals.length === before) throw new Error('the healthy hook waits')
      }, WAIT)
    }
  })()

  return {
    hooks,
    log,
    healthyHook,
    /** When each delivery of the healthy hook arrived. Each was sent when the one before had arrived. */
    healthyArrivals: healthy.arrivals as readonly number[],
    /** Sends an event to a hook of this owner alone, and gives its delivery once an attempt was made. */
    async deliver(owner: string, hookId: number, data: object) {
      const { id } = await hooks.send('played', data, { owner })
      return await vi.waitFor(async () => {
        const delivery = await hooks.delivery(`${id}_${hookId}`)
        if (delivery.log.length === 0) throw new Error('no attempt has ended')
        return delivery
      }, WAIT)
    },
    /** Ends the stream of events to the healthy hook. */
    async part() {
      running = false
      await company
    },
    async close() {
      await hooks.close()
      healthy.close()
      remove()
    },
  }
}

const WAIT = { timeout: 20_000, interval: 10 }

async function startHealthy() {
  const arrivals: number[] = []
  const server = createServer((request, response) => {
    request.resume().on('end', () => {
      arrivals.push(Date.now())
      response.end('ok')
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    arrivals,
    target: `http://127.0.0.1:${(server.address() as AddressInfo).port}/healthy`,
    close() {
      server.closeAllConnections()
      server.close()
    },
  }
}
