import { type DispatchSettings, dispatchSettings } from '../../src/dispatch/options.ts'
import { Chance } from './chance.ts'

/** How a target behaves: how often it answers well, and whether it ever will. */
export interface TargetPlan {
  healthy: number
  /** Whether it goes on failing when the faults are over. */
  dead: boolean
}

/** What a seed stands for. */
export interface Plan {
  seed: number
  /** Which kind of store: the engine speaks to each by another protocol. */
  locks: 'database' | 'rows'
  processes: number
  targets: TargetPlan[]
  events: number
  /** How long faults happen, in milliseconds. */
  stormMs: number
  settings: DispatchSettings
  delaysMs: number[]
  jitter: number
  /** Probabilities, of a transaction each. */
  failsBefore: number
  answerLost: number
  repeated: number
  slow: number
  /** The mean time between two changes of a hook, freezes, and crashes, in milliseconds. */
  changeEveryMs: number
  freezeEveryMs: number
  crashEveryMs: number
}

/** By how much the clock of a process may be wrong, in milliseconds, to either side. */
export const MOST_SKEW_MS = 30

export function planOf(seed: number): Plan {
  const chance = new Chance(seed, 'plan')
  const delaysMs = Array.from({ length: chance.integer(1, 4) }, () => chance.integer(50, 900))
  const jitter = chance.pick([0, 0.1, 0.5])
  const rough = chance.pick([0, 0.02, 0.08])
  return {
    seed,
    locks: seed % 2 === 0 ? 'database' : 'rows',
    processes: chance.pick([1, 2, 2, 3]),
    targets: Array.from({ length: chance.integer(2, 4) }, () => ({
      healthy: chance.pick([0, 0.4, 0.8, 1]),
      dead: chance.happens(0.15),
    })),
    events: chance.integer(4, 11),
    stormMs: chance.integer(1_000, 2_400),
    settings: dispatchSettings({
      concurrency: chance.integer(2, 10),
      concurrencyPerHook: chance.integer(1, 4),
      timeoutMs: chance.integer(150, 700),
      leaseMs: chance.integer(250, 700),
      retry: { delaysMs, jitter },
      breaker: chance.happens(0.3) ? false : { failures: 3, openMs: 60, longestOpenMs: 400 },
    }),
    delaysMs,
    jitter,
    failsBefore: rough,
    answerLost: chance.pick([0, 0.02, 0.08]),
    repeated: chance.pick([0, 0.1]),
    slow: chance.pick([0, 0.03, 0.1]),
    changeEveryMs: chance.integer(150, 700),
    freezeEveryMs: chance.integer(400, 1_500),
    crashEveryMs: chance.integer(400, 2_000),
  }
}
