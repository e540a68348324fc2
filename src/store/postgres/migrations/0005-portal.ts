import type { Migration } from './index.ts'

/** @param s the schema, quoted */
export const statements: Migration['statements'] = (s) => [
  // What portal links are signed with: one row, made at the first use.
  {
    makes: 'portal',
    sql: `CREATE TABLE ${s}.portal (
      id integer PRIMARY KEY,
      key text NOT NULL,
      created_at bigint NOT NULL
    )`,
  },
]
