import { setTimeout as sleep } from 'node:timers/promises'
import { expect, it, vi } from 'vitest'
import { describePostgres } from '../support/postgres.ts'
import { openProcesses } from './processes.ts'
import { gapsOf, mostWithin, type Post, startRecorder } from './recorder.ts'

const RATE = 30
/**
 * What is sent in time may arrive late, and the next in time again: so many more are then seen in one second. Were the limit
 * kept by each process for itself, it would be tens.
 */
const LATE = 3

const BREAKER = { failures: 4, openMs: 400, longestOpenMs: 400 }
/** The receiver's clock is another one than the dispatchers', which counts whole milliseconds: hence the `- 1` below. */
const RETRY_MS = 100
/** What a process has under way at the most. */
const PER_HOOK = 4

const RETRY = { retry: { delaysMs: Array.from({ length: 50 }, () => RETRY_MS), jitter: 0 } }

const WAITING = { timeout: 20_000, interval: 10 }

const range = (count: number) => Array.from({ length: count }, (_, n) => n)
/** The numbers of the events, without what came directly after itself. */
const orderOf = (posts: readonly Post[]) =>
  posts.map(({ n }) => n).filter((n, index, all) => n !== all[index - 1])
const idsOf = (posts: readonly Post[]) => new Set(posts.map(({ webhookId }) => webhookId))

describePostgres('three processes that dispatch', () => {
  it('keep the rate limit of a hook together, and slow no other', async () => {
    const { hooks, open } = await openProcesses()
    const limited = await startRecorder(() => 200)
    const other = await startRecorder(() => 200)
    await hooks.create({ owner: 1, event: 'book.noted', target: limited.target, rateLimit: RATE })
    await hooks.create({ owner: 1, event: 'book.noted', target: other.target })

    await Promise.all(range(150).map((n) => hooks.send('book.noted', { n }, { owner: 1 })))
    await vi.waitFor(() => expect(other.posts).toHaveLength(150), WAITING)
    expect(new Set(other.posts.map(({ by }) => by)).size).toBe(3)
    expect(limited.posts.length).toBeLessThan(100)
    await vi.waitFor(async () => expect(await open()).toEqual([]), WAITING)

    expect(limited.posts).toHaveLength(150)
    expect(idsOf(limited.posts).size).toBe(150)
    expect(idsOf(other.posts).size).toBe(150)
    expect(mostWithin(limited.posts, 1_000)).toBeLessThanOrEqual(RATE + LATE)
  })

  it('give an ordered hook one event at a time, in their order, and hold them back behind one that fails', async () => {
    const { hooks, send, open } = await openProcesses(RETRY)
    const { target, posts } = await startRecorder(async ({ n }, attempt) => {
      if (n % 7 === 3) await sleep(60)
      return n === 20 && attempt <= 2 ? 500 : 200
    })
    await hooks.create({ owner: 1, event: 'book.noted', target, ordered: true })

    await send(60)
    await vi.waitFor(async () => expect(await open()).toEqual([]), WAITING)

    expect(orderOf(posts)).toEqual(range(60))
    expect(Math.max(...posts.map(({ inFlight }) => inFlight))).toBe(1)
    const failing = posts.filter(({ n }) => n === 20)
    expect(failing.map(({ status }) => status)).toEqual([500, 500, 200])
    expect(Math.min(...gapsOf(failing))).toBeGreaterThanOrEqual(RETRY_MS - 1)
    expect(posts).toHaveLength(62)
    expect(idsOf(posts).size).toBe(60)
  })

  it('let an ordered hook wait for an event that one of them has not fanned out yet', async () => {
    const { hooks, send, sendSlow, open, query } = await openProcesses()
    const { target, posts } = await startRecorder(() => 200)
    await hooks.create({ owner: 1, event: 'book.noted', target, ordered: true })

    await send(5)
    const { letGo } = await sendSlow(5)
    await send(5, 6)
    await vi.waitFor(async () => {
      expect(await query('SELECT FROM hookwright.delivery')).toHaveLength(10)
      const delivered = await query("SELECT FROM hookwright.delivery WHERE status = 'delivered'")
      expect(delivered.length).toBeGreaterThanOrEqual(5)
    }, WAITING)
    // They come back to its lane time and again. Four times are two looks at the least, since what was due before was done.
    const looks = new Set<string>()
    await vi.waitFor(async () => {
      const [lane] = await query<{ next_at: string }>('SELECT next_at FROM hookwright.lane')
      if (lane !== undefined) looks.add(lane.next_at)
      expect(posts.length > 5 || looks.size >= 4).toBe(true)
    }, WAITING)
    await letGo()
    // It is what wakes them.
    await send(1, 11)
    await vi.waitFor(async () => expect(await open()).toEqual([]), WAITING)

    expect(posts.map(({ n }) => n)).toEqual(range(12))
  })

  it('keep the order when the one that is at it is killed', async () => {
    const { hooks, workers, send, open } = await openProcesses(RETRY, { leaseMs: 700 })
    const { target, posts } = await startRecorder(({ n, by }, attempt) => {
      if (n !== 25 || attempt > 1) return 200
      workers.find(({ name }) => name === by)?.kill('SIGKILL')
      return new Promise<number>(() => {})
    })
    await hooks.create({ owner: 1, event: 'book.noted', target, ordered: true })

    await send(60)
    await vi.waitFor(async () => expect(await open()).toEqual([]), WAITING)

    expect(orderOf(posts)).toEqual(range(60))
    expect(Math.max(...posts.map(({ inFlight }) => inFlight))).toBe(1)
    expect(posts.filter(({ n }) => n === 25).map(({ status }) => status)).toEqual([undefined, 200])
    expect(idsOf(posts).size).toBe(60)
  })

  it('spare a failing hook together, try it with one attempt each time, and let it recover slowly', async () => {
    const { hooks, send, open, query } = await openProcesses({
      ...RETRY,
      breaker: BREAKER,
      concurrencyPerHook: PER_HOOK,
    })
    const full = Promise.withResolvers<void>()
    let status = 500
    const { target, posts } = await startRecorder(async () => {
      await full.promise
      return status
    })
    await hooks.create({ owner: 1, event: 'book.noted', target })

    await send(20)
    await vi.waitFor(() => expect(posts).toHaveLength(3 * PER_HOOK), WAITING)
    full.resolve()
    const opened = 'SELECT FROM hookwright.health WHERE open_until IS NOT NULL'
    await vi.waitFor(async () => expect(await query(opened)).toHaveLength(1), WAITING)
    await send(100, 20)
    /** How many came before it was quiet for the first time: those under way until it opened. */
    const burst = () =>
      gapsOf(posts).findIndex((gap, index) => index >= 3 * PER_HOOK - 1 && gap >= BREAKER.openMs) + 1
    await vi.waitFor(() => {
      expect(burst()).toBeGreaterThan(0)
      expect(posts.length - burst()).toBeGreaterThanOrEqual(6)
    }, WAITING)
    status = 200
    await vi.waitFor(async () => expect(await open()).toEqual([]), WAITING)

    const probe = posts.findIndex((post) => post.status === 200)
    const recovering = posts.slice(probe + 1)
    const withinMs = (ms: number) => recovering.filter(({ at }) => at - (posts[probe]?.at ?? 0) < ms).length
    expect(burst()).toBeLessThanOrEqual(BREAKER.failures + 3 * PER_HOOK)
    expect(Math.min(...gapsOf(posts.slice(burst() - 1, probe + 1)))).toBeGreaterThanOrEqual(
      BREAKER.openMs - 1,
    )
    // Two in the first second and four in the next, and what lies on their borders.
    expect(withinMs(1_000)).toBeLessThanOrEqual(4)
    expect(withinMs(2_000)).toBeLessThanOrEqual(10)
    const arrived = posts.filter((post) => post.status === 200).map(({ n }) => n)
    expect(arrived.sort((a, b) => a - b)).toEqual(range(120))
    expect(idsOf(posts).size).toBe(120)
  })
})
