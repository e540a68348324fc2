import type { ServerResponse } from 'node:http'
import { describe, expect, it, onTestFinished, vi } from 'vitest'
import { startBookstore } from '../support/bookstore.ts'
import { temporaryDatabase } from '../support/database.ts'
import { startReceiver } from '../support/receiver.ts'
import { openDatabase } from './open-database.ts'

const TIMES = { timeoutMs: 1_500, leaseMs: 2_000 }

describe('a process that is suspended for longer than its lease', () => {
  it('has its delivery taken over under the same webhook-id, and its own late result refused', async () => {
    const { path, remove } = temporaryDatabase()
    onTestFinished(remove)
    const database = openDatabase(path)
    onTestFinished(() => database.close())
    const open: ServerResponse[] = []
    const receiver = await startReceiver((response) => void open.push(response))
    onTestFinished(receiver.close)
    const bookstores = [startBookstore(path, TIMES), startBookstore(path, TIMES)] as const
    onTestFinished(() => bookstores.forEach(({ kill }) => void kill('SIGKILL')))
    const [suspended, successor] = bookstores
    const delivery = () =>
      database.prepare('SELECT status, attempts, lease, due_at FROM hookwright_delivery').get()
    const attempts = () =>
      database.prepare('SELECT number, status FROM hookwright_attempt ORDER BY id').all() as object[]

    suspended.tell({ do: 'start' })
    await suspended.reported('start')
    suspended.tell({ do: 'subscribe', target: receiver.target })
    await suspended.reported('subscribe')
    suspended.tell({ do: 'add', title: 'The Two Towers' })
    await vi.waitFor(() => expect(open).toHaveLength(1), { timeout: 10_000, interval: 2 })
    const lost = delivery()
    suspended.kill('SIGSTOP')

    successor.tell({ do: 'start' })
    await vi.waitFor(() => expect(open).toHaveLength(2), { timeout: 20_000, interval: 2 })
    const taken = delivery()
    expect(taken).toMatchObject({ status: 'pending', attempts: 0 })
    expect(taken?.lease).not.toBe(lost?.lease)

    // It says that the delivery has arrived, while the one who holds the lease does not know yet.
    open[0]?.end('late')
    suspended.kill('SIGCONT')
    await vi.waitFor(() => expect(attempts()).toHaveLength(1), { timeout: 10_000, interval: 2 })
    expect(delivery()).toEqual(taken)

    open[1]?.end('in time')
    await vi.waitFor(() => expect(delivery()).toMatchObject({ status: 'delivered' }), { timeout: 10_000 })
    expect(delivery()).toMatchObject({ attempts: 1, lease: null, due_at: null })
    expect(attempts()[1]).toEqual({ number: 1, status: 200 })
    expect(receiver.arrivals).toHaveLength(2)
    expect(receiver.arrivals[0]).toEqual(receiver.arrivals[1])
    const [event] = database.prepare("SELECT uid || '_1' AS id FROM hookwright_event").all()
    expect(receiver.arrivals[0]?.webhookId).toBe(event?.id)
  })
})
