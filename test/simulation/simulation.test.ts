import { describe, expect, it } from 'vitest'
import { type Outcome, simulate } from './simulate.ts'

/** One seed, to see what it does: its whole trace is printed. */
const REPLAYED = process.env.HOOKWRIGHT_SEED
const SEEDS = Number(process.env.HOOKWRIGHT_SEEDS ?? 1_000)
const FIRST = 1
const AT_ONCE = 100
/** Of the trace of a seed that failed. */
const LINES_SHOWN = 60

function report({ plan, violations, trace }: Outcome, lines: number): string {
  return [
    `seed ${plan.seed} broke an invariant:`,
    ...violations.map((line) => `  ${line}`),
    `the end of its trace (${trace.length} lines, locks: ${plan.locks}):`,
    ...trace.slice(-lines),
    `again, with all of it: HOOKWRIGHT_SEED=${plan.seed} npx vitest run test/simulation`,
  ].join('\n')
}

const replay = () => {
  it('keeps every invariant', async () => {
    const outcome = await simulate(Number(REPLAYED))
    console.log(outcome.trace.join('\n'))
    if (outcome.violations.length > 0) expect.fail(report(outcome, 0))
  })
}

const all = () => {
  const total = new Map<string, number>()
  const add = (what: string, count: number) => total.set(what, (total.get(what) ?? 0) + count)

  for (let first = FIRST; first < FIRST + SEEDS; first += AT_ONCE) {
    const last = Math.min(first + AT_ONCE, FIRST + SEEDS) - 1
    it(`keep every invariant with the seeds ${first} to ${last}`, { timeout: 300_000 }, async () => {
      for (let seed = first; seed <= last; seed += 1) {
        const outcome = await simulate(seed)
        if (outcome.violations.length > 0) expect.fail(report(outcome, LINES_SHOWN))
        for (const [fault, count] of outcome.faults) add(fault, count)
        for (const what of ['events', 'deliveries', 'posts', 'duplicates'] as const) add(what, outcome[what])
      }
    })
  }

  it('met every kind of fault', () => {
    console.log(`${SEEDS} seeds: ${[...total].map(([what, count]) => `${count} ${what}`).join(', ')}`)
    const met = [...total].filter(([, count]) => count > 0).map(([what]) => what)
    expect(met).toEqual(expect.arrayContaining(['freeze', 'crash', 'stop', 'duplicates']))
  })

  it('do the same again with the same seed', async () => {
    for (const seed of [1, 2, 3, 4]) {
      const [one, other] = [await simulate(seed), await simulate(seed)]
      expect(other.trace).toEqual(one.trace)
      expect(one.trace.length).toBeGreaterThan(20)
    }
  })
}

if (REPLAYED === undefined) describe('dispatchers under faults, delays, crashes and other orders', all)
else describe(`the seed ${REPLAYED}`, replay)
