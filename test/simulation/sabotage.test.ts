import { describe, expect, it } from 'vitest'
import type { Sabotage } from './database.ts'
import { simulate } from './simulate.ts'

/** Mistakes that would do harm, each as a change of one statement; and what is said of them. */
const MISTAKES: [string, Sabotage, RegExp][] = [
  [
    'a result counts whoever holds the lease',
    (sql) => sql.replace(' and "hookwright_delivery"."lease" = "result"."lease"', ''),
    /under a lease that it had lost|which was|without an attempt|older lease/,
  ],
  [
    'a lease is prolonged whoever holds it',
    (sql) => sql.replace(' and "hookwright_delivery"."lease" = "held"."lease"', ''),
    /somebody else|which was|is finished and due/,
  ],
  [
    'a delivery is claimed before it is due',
    (sql) => sql.replace(/(from "hookwright_delivery" where "due_at" <= \?)/, '$1 + 200'),
    /too early/,
  ],
  [
    'parked deliveries lose their lane',
    (sql) =>
      sql.replace(/^insert into "hookwright_lane" .* on conflict/, (text) =>
        text.replace('where true', 'where false'),
      ),
    /no lane leads to it/,
  ],
  [
    'a retry does not wait',
    (sql) => sql.replace('"due_at" = "result"."next_due_at"', '"due_at" = 1'),
    /due times|is finished and due|too early/,
  ],
]

const SEEDS = 100

describe('the simulation finds it when', () => {
  it.each(MISTAKES)('%s', async (_, sabotage, expected) => {
    let changed = false
    const broken: Sabotage = (sql) => {
      const other = sabotage(sql)
      changed ||= other !== sql
      return other
    }
    for (let seed = 1; seed <= SEEDS; seed += 1) {
      const { violations } = await simulate(seed, broken)
      if (violations.some((line) => expected.test(line))) return
    }
    expect.fail(changed ? `nothing was found with ${SEEDS} seeds` : 'no statement is as this test expects it')
  })
})
