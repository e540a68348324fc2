import type { Migration } from './index.ts'

/** @param s the schema, quoted */
export const statements: Migration['statements'] = (s) => [
  { makes: 'attempt.request', sql: `ALTER TABLE ${s}.attempt ADD COLUMN request text` },
]
