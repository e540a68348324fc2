import type { OutboundRequest, OutboundResult, Transport } from '../../src/outbound/index.ts'
import type { Machine } from './machine.ts'
import type { Witness } from './witness.ts'
import type { World } from './world.ts'

const FAILURES = [500, 503, 404, 429, 302] as const

/** The network as one process sees it: targets answer late, badly, or not at all. */
export class SimulatedTransport implements Transport {
  readonly #world: World
  readonly #machine: Machine
  readonly #witness: Witness

  constructor(world: World, machine: Machine, witness: Witness) {
    this.#world = world
    this.#machine = machine
    this.#witness = witness
  }

  post(request: OutboundRequest): Promise<OutboundResult> {
    const { scheduler } = this.#world
    const { chance } = this.#machine
    const posting = this.#witness.posted(this.#machine, request)
    const { promise, resolve } = Promise.withResolvers<OutboundResult>()
    const startedAt = scheduler.now
    let open = true
    const end = (outcome: Outcome) => {
      if (!open) return
      open = false
      cancelDeadline()
      const result = { ...outcome, durationMs: scheduler.now - startedAt }
      this.#witness.answered(posting, result)
      resolve(result)
    }
    const cancelDeadline = scheduler.after(request.deadlineMs, this.#machine, () =>
      end(failure('timeout', 'no answer in time')),
    )
    const abort = () => end(failure('aborted', 'broken off'))
    request.signal?.addEventListener('abort', abort)
    if (request.signal?.aborted === true) abort()

    const outcome = this.#outcome(request)
    if (outcome !== 'hangs') {
      // A target may take nearly all of an attempt's time also when nothing is wrong, and then longer than a lease.
      const slowest = request.deadlineMs * (this.#world.stormy ? 2 : 0.9)
      const ms = chance.fraction() * (chance.happens(0.1) ? slowest : 40)
      scheduler.after(ms, this.#machine, () => end(outcome))
    }
    return promise
  }

  close(): Promise<void> {
    return Promise.resolve()
  }

  #outcome({ url }: OutboundRequest): Outcome | 'hangs' {
    const { plan, stormy } = this.#world
    const { chance } = this.#machine
    const target = plan.targets[Number(new URL(url).pathname.slice(1)) % plan.targets.length]
    const healthy = target !== undefined && (stormy ? chance.happens(target.healthy) : !target.dead)
    if (healthy) return response(chance.pick([200, 201, 204]))
    if (stormy && chance.happens(0.2)) return 'hangs'
    return chance.happens(0.4) ? failure('connect', 'connection refused') : response(chance.pick(FAILURES))
  }
}

type Outcome = OutboundResult extends infer Result
  ? Result extends OutboundResult
    ? Omit<Result, 'durationMs'>
    : never
  : never

function response(status: number): Outcome {
  return { outcome: 'response', response: { status, headers: [], body: new Uint8Array(), truncated: false } }
}

function failure(code: 'timeout' | 'aborted' | 'connect', message: string): Outcome {
  return { outcome: 'error', error: { code, message } }
}
