import * as tls from 'node:tls'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import type { Attempt, Delivery } from '../../src/dispatch/index.ts'
import { testCertificate } from '../../src/outbound/test-certificate.ts'
import { groups } from './all.ts'
import { expiredCertificate } from './certificates.ts'
import { DEADLINE_MS, LONGEST_WAIT_MS, openCompany, SCHEDULE_MS } from './company.ts'
import { AGAIN, DELIVERED, GONE, LONGEST, type Mode, SCHEDULE } from './mode.ts'
import { retryAfter } from './modes/retry-after.ts'
import { type HostileReceiver, startHostile } from './receiver.ts'

let company: Awaited<ReturnType<typeof openCompany>>
const trusted = tls.getCACertificates()

beforeAll(async () => {
  tls.setDefaultCACertificates([...trusted, testCertificate.cert, expiredCertificate.cert])
  company = await openCompany()
})
afterAll(async () => {
  await company.close()
  tls.setDefaultCACertificates(trusted)
})

let plays = 0

/** Lets a receiver play its trick on one delivery, and gives what came of it. */
async function play({ play: trick }: Mode) {
  const receiver = await startHostile(trick)
  plays += 1
  const owner = `play ${plays}`
  const { id } = await company.hooks.create({ owner, event: 'played', target: receiver.target })
  const data = { filler: 'x'.repeat(trick.size ?? 10) }
  let delivery = await company.deliver(owner, id, data)
  if (trick.again === 'once closed') await vi.waitFor(() => expect(receiver.open).toBe(0), WAIT)
  if (trick.again !== undefined) delivery = await company.deliver(owner, id, data)
  return { receiver, delivery, attempt: delivery.log[0] as Attempt }
}

const WAIT = { timeout: 10_000, interval: 10 }

/** As the table has it: `200`, `200 cut`, or the code of an error. */
function loggedAs({ status, error, response }: Attempt): string {
  return error?.code ?? `${status}${response?.truncated === true ? ' cut' : ''}`
}

const all = Object.values(groups).flat()

it('there are many modes, each with a name of its own', () => {
  expect(all.length).toBeGreaterThan(150)
  expect(new Set(all.map(({ does }) => does)).size).toBe(all.length)
})

const STATUS: Record<Mode['delivery'], Delivery['status']> = {
  [DELIVERED]: 'delivered',
  [AGAIN]: 'pending',
  [GONE]: 'failed',
}

// Again when it took too long: receivers flood from this very process, on a machine that may be busy.
describe.concurrent('a receiver that', { retry: 2 }, () => {
  it.each(all)('$does: $logged, $delivery', async (mode) => {
    const { receiver, delivery, attempt } = await play(mode)

    expect(mode.logged.split(' or ')).toContain(loggedAs(attempt))
    expect(delivery).toMatchObject({
      status: STATUS[mode.delivery],
      attempts: 1,
    })
    expect(delivery.log).toHaveLength(1)
    expectKeepable(attempt)
    expectNext(mode, delivery, attempt)

    expect(attempt.durationMs).toBeLessThanOrEqual(DEADLINE_MS + 1000)
    if (attempt.durationMs > DEADLINE_MS - 20) expectCompany(attempt)

    await expectClosed(receiver, attempt)
    await receiver.close()
  })
})

/** When it is tried again: counted from the end of the attempt, which is written down a little later. */
function expectNext(
  { delivery: outcome, expectation = SCHEDULE }: Mode,
  { dueAt }: Delivery,
  attempt: Attempt,
): void {
  if (outcome !== AGAIN) {
    expect(dueAt).toBeNull()
    return
  }
  const seconds = /^after (\d+) s$/.exec(expectation)?.[1]
  const asked =
    { [SCHEDULE]: SCHEDULE_MS, [LONGEST]: LONGEST_WAIT_MS }[expectation] ?? Number(seconds) * 1_000
  const wait = Number(dueAt) - attempt.startedAt.getTime()
  expect(wait).toBeGreaterThanOrEqual(asked)
  expect(wait).toBeLessThan(asked + attempt.durationMs + 2_000)
}

/** What is kept is text that every database, page and terminal line bears, and not too much of it. */
function expectKeepable({ error, response }: Attempt): void {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what must not be there
  if (error !== null) expect(error.message).toMatch(/^[^\u0000-\u001f\u007f-\u009f]{1,300}$/)
  if (response === null) return
  expect(response.body).not.toContain('\0')
  expect(response.body.isWellFormed()).toBe(true)
  expect(response.body.length).toBeLessThanOrEqual(16 * 1024)
  expect(response.headers.length).toBeLessThanOrEqual(256)
  for (const text of response.headers.flat()) expect(text).toMatch(/^[^\0\r\n]*$/)
}

/** Two deliveries arrived at the healthy hook meanwhile, so the second one was also sent meanwhile. */
function expectCompany({ startedAt, durationMs }: Attempt): void {
  const from = startedAt.getTime()
  const meanwhile = company.healthyArrivals.filter((at) => at >= from && at <= from + durationMs)
  expect(meanwhile.length).toBeGreaterThanOrEqual(2)
}

/** One connection may be kept for the next delivery, after a response that was whole. */
async function expectClosed(receiver: HostileReceiver, { response }: Attempt): Promise<void> {
  receiver.readAll()
  const kept = response !== null && !response.truncated ? 1 : 0
  await vi.waitFor(() => expect(receiver.open).toBeLessThanOrEqual(kept), WAIT)
}

describe('a redirect', () => {
  it('leads nowhere: its target hears nothing, and who redirects to itself is asked once', async () => {
    const elsewhere = await startHostile({})
    const location = elsewhere.target
    for (const status of [300, 301, 302, 303, 305, 307, 308]) {
      const head = `HTTP/1.1 ${status} X\r\nlocation: ${location}\r\nrefresh: 0; url=${location}\r\ncontent-length: 0\r\n\r\n`
      const mode = { does: '', logged: '', delivery: 'tried again' } as const
      const { receiver, attempt } = await play({
        ...mode,
        play: { answer: (socket) => socket.write(head) },
      })
      expect(attempt.status).toBe(status)
      expect(receiver.requests).toHaveLength(1)
      await receiver.close()
    }
    expect(elsewhere.connections).toBe(0)
    await elsewhere.close()
  })
})

describe('Retry-After', () => {
  it.each(retryAfter)('is in the log as it came: $does', async (mode) => {
    const { receiver, attempt } = await play(mode)
    const values = attempt.response?.headers
      .filter(([name]) => name === 'retry-after')
      .map(([, value]) => value)
    expect(values).toEqual(mode.values)
    await receiver.close()
  })
})

describe('the healthy hook beside them', () => {
  it('got its deliveries at the first attempt', async () => {
    await company.part()
    const all = () => company.hooks.deliveries({ hookId: company.healthyHook, limit: 100_000 })
    await vi.waitFor(
      async () => expect((await all()).filter(({ attempts }) => attempts === 0)).toEqual([]),
      WAIT,
    )
    const deliveries = await all()
    expect(deliveries.length).toBeGreaterThan(50)
    // A busy machine may hold up this process for as long as the deadline is; nothing of that comes from the others.
    const late = deliveries.filter(({ status, attempts }) => status !== 'delivered' || attempts !== 1)
    expect(late.length).toBeLessThanOrEqual(deliveries.length / 50)
  })

  it('is all that the dispatcher had to do: nothing failed in it', () => {
    expect(company.log.filter(({ level }) => level === 'error')).toEqual([])
  })
})
