import type { Tables } from './tables.ts'

/** What our tables are called on databases without schemas. */
export const TABLE_PREFIX = 'hookwright_'

const names: Readonly<Record<keyof Tables, true>> = {
  hook: true,
  subscription: true,
  listening: true,
  event: true,
  delivery: true,
  lane: true,
  attempt: true,
  departed: true,
  health: true,
  chore: true,
  portal: true,
  migration: true,
}

/** The names of our tables, as queries write them. */
export const tableNames: ReadonlySet<string> = new Set(Object.keys(names))
