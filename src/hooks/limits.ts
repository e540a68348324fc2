import { problem } from '../core/errors.ts'
import type { HookTable } from '../store/tables.ts'

/** What holds a hook's deliveries back, however many there are. */
export interface HookLimits {
  /** Whether it gets one delivery at a time, in the order of the events: one that fails holds back those behind it. */
  ordered: boolean
  /** The most attempts in a second, over all processes; null for as many as there are. 0.5 is one every two seconds. */
  rateLimit: number | null
}

/** The columns of limits. */
export type LimitColumns = Pick<HookTable, 'rate_limit'> & { ordered: number }

/** What was left out is missing. */
export type GivenLimits = { readonly [Column in keyof LimitColumns]?: LimitColumns[Column] }

export const LIMITS = ['ordered', 'rateLimit'] as const satisfies readonly (keyof HookLimits)[]
export const NO_LIMITS: LimitColumns = { ordered: 0, rate_limit: null }

export const LOWEST_RATE = 0.001
export const HIGHEST_RATE = 100_000

/** @throws `hook_invalid` */
export function checkLimits({ ordered, rateLimit }: { ordered?: unknown; rateLimit?: unknown }): GivenLimits {
  if (ordered !== undefined && typeof ordered !== 'boolean') {
    throw problem('hook_invalid', { field: 'ordered', value: ordered, problem: 'it must be true or false' })
  }
  if (rateLimit !== undefined && rateLimit !== null && !isRate(rateLimit)) {
    throw problem('hook_invalid', {
      field: 'rateLimit',
      value: rateLimit,
      problem: `it must be a number of attempts a second, from ${LOWEST_RATE} to ${HIGHEST_RATE}, or null for no limit`,
      cure: 'For example 30 for Zapier',
    })
  }
  return {
    ...(ordered === undefined ? {} : { ordered: ordered ? 1 : 0 }),
    ...(rateLimit === undefined ? {} : { rate_limit: rateLimit as number | null }),
  }
}

function isRate(value: unknown): boolean {
  return typeof value === 'number' && value >= LOWEST_RATE && value <= HIGHEST_RATE
}

export function limitsFromRow(row: LimitColumns): HookLimits {
  return { ordered: row.ordered === 1, rateLimit: row.rate_limit }
}

/** Whether a hook's deliveries go through its lane from the beginning. */
export function isLimited({ ordered, rate_limit }: LimitColumns): boolean {
  return ordered === 1 || rate_limit !== null
}
