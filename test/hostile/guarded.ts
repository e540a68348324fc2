import { subscribe, unsubscribe } from 'node:diagnostics_channel'
import { DatabaseSync } from 'node:sqlite'
import { onTestFinished } from 'vitest'
import { createHooks } from '../../src/index.ts'
import { createAddressPolicy } from '../../src/outbound/index.ts'
import type { Answer } from '../../src/outbound/test-server.ts'
import { createTransport } from '../../src/outbound/transport.ts'
import { sqlite } from '../../src/store/sqlite/index.ts'
import { recordingLogger } from '../conformance/application.ts'
import { temporaryDatabase } from '../support/database.ts'
import { seamsOf } from '../support/seams.ts'
import { startHostile } from './receiver.ts'

const ALLOW = ['127.0.0.1/32']
/** A place that leaks is missed at once. */
const FEW = 2

/** Hooks with few places for connections and one attempt a delivery, and a receiver of theirs, until the test ends. */
export async function openGuarded(answer: Answer = accept, { places = FEW } = {}) {
  const { path, remove } = temporaryDatabase()
  onTestFinished(remove)
  const hooks = createHooks({
    database: sqlite(path),
    events: { played: null },
    allow: ALLOW,
    authenticate: (request) => request.headers.get('x-user'),
    dispatch: { concurrency: places, timeoutMs: 10_000, retry: { delaysMs: [] }, breaker: false },
    logger: recordingLogger().logger,
  })
  onTestFinished(() => hooks.close())
  await hooks.migrate()
  const receiver = await startHostile({ answer })
  onTestFinished(() => receiver.close())

  let sockets = 0
  const count = () => {
    sockets += 1
  }
  // Every socket that the process opens as a client is announced here, wherever it leads.
  subscribe('net.client.socket', count)
  onTestFinished(() => void unsubscribe('net.client.socket', count))

  return {
    hooks,
    receiver,
    /** Sockets that were opened so far, to wherever. */
    sockets: () => sockets,
    /** Writes into a hook's row what `create` and `update` refuse. */
    tamper(id: number, column: 'target' | 'headers', value: string) {
      const database = new DatabaseSync(path)
      database.prepare(`UPDATE hookwright_hook SET ${column} = ? WHERE id = ?`).run(value, id)
      database.close()
    },
    /** Sends so many events, and gives how their only attempts ended. */
    async deliver(owner: string, hookId: number, times = 1) {
      const ids: string[] = []
      for (let n = 0; n < times; n += 1) ids.push((await hooks.send('played', { n }, { owner })).id)
      await hooks.drain()
      const deliveries = await Promise.all(ids.map((id) => hooks.delivery(`${id}_${hookId}`)))
      return deliveries.map(({ log }) => ({
        code: log[0]?.error?.code ?? log[0]?.status,
        message: log[0]?.error?.message ?? '',
      }))
    },
    /** Answers for names: one list of addresses after the other, the last one for ever. */
    resolve(...answers: string[][]) {
      const seams = seamsOf(hooks)
      seams.transport = createTransport({
        policy: createAddressPolicy({ allow: ALLOW }),
        maxConnections: places,
        connectionsPerOrigin: places,
        resolve: async () =>
          ((answers.length > 1 ? answers.shift() : answers[0]) ?? []).map((address) => ({
            address,
            family: address.includes(':') ? 6 : 4,
          })),
      })
    },
  }
}

/** Closes each connection, so that each delivery opens its own. */
const accept: Answer = (socket) =>
  socket.end('HTTP/1.1 200 OK\r\nconnection: close\r\ncontent-length: 0\r\n\r\n')
