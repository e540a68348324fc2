import { problem } from '../core/errors.ts'
import { SEAMS, type Seams } from '../operations/index.ts'
import { TestClock } from './clock.ts'
import { type RecordedDelivery, Recorder, type Respond } from './recorder.ts'

export { TestClock } from './clock.ts'
export type { RecordedDelivery, Respond } from './recorder.ts'

/** What a test holds in its hands. */
export interface TestHooks {
  /** The POSTs that would have been sent, in their order. */
  readonly deliveries: readonly RecordedDelivery[]
  /** The time, for hookwright. It stands still until it is moved. */
  readonly clock: TestClock
  /** What targets answer from now on; 200 unless told. */
  respond(respond: Respond): void
  /** Fans out and delivers everything that is due by the clock, and returns when nothing is left. */
  flush(): Promise<void>
  /** Forgets the deliveries so far. */
  clear(): void
  /** Gives the network and the machine's clock back. */
  restore(): void
}

/**
 * For an application's own tests: from here on nothing is sent, deliveries are recorded, and time stands still. The database
 * is real: migrate it first. Do not call `start()`; `flush()` does the dispatcher's work, in the test's own time.
 *
 * @throws `option_invalid` when it is not given what `createHooks` made
 * @example
 * ```ts
 * const test = testHooks(hooks)
 * await db.insert(books).values({ title: 'The Two Towers', userId: 1 })
 * await test.flush()
 * expect(test.deliveries[0]?.json).toMatchObject({ data: { title: 'The Two Towers' } })
 * ```
 */
export function testHooks(hooks: object, options: { now?: Date | number } = {}): TestHooks {
  const seams = (hooks as { [SEAMS]?: Seams })[SEAMS]
  if (seams === undefined) {
    throw problem('option_invalid', {
      field: 'hooks',
      value: hooks,
      problem: 'createHooks did not make this',
    })
  }
  const { clock: clockBefore, transport: transportBefore } = seams
  const recorder = new Recorder(seams.idHeader)
  const clock = new TestClock(options.now)
  seams.clock = clock
  seams.transport = recorder
  return {
    deliveries: recorder.deliveries,
    clock,
    respond(respond) {
      recorder.respond = respond
    },
    flush: () => seams.dispatcher.flush(),
    clear() {
      recorder.deliveries.length = 0
    },
    restore() {
      seams.clock = clockBefore
      seams.transport = transportBefore
    },
  }
}
