import type { Section } from '../section.ts'
import { inEachDatabase } from '../support/databases.ts'

/** Each with its share of the section's time: PostgreSQL is measured with one writer and with eight. */
const DATABASES = { 'node:sqlite': 0.25, 'better-sqlite3': 0.25, postgres: 0.5 }

/** What capture costs those who write: their rows a second, with and without triggers, and against the usual outbox. */
export const writeTax: Section = {
  name: 'write-tax',
  title: 'Write tax',
  run: (options) => inEachDatabase(new URL('./measure.child.ts', import.meta.url), DATABASES, options, NOTES),
}

const NOTES = [
  'Every variant has a database of its own and writes in explicit transactions on the application’s connection.',
  'A ratio of 0.90 is nine rows in the time of ten. The tax is what one row takes longer than without capture.',
  'CPU is the processor time of the whole process for one row, where SQLite runs in it: much the same on a busy machine.',
]
