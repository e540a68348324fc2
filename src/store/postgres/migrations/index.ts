import * as m0001 from './0001-hooks-and-deliveries.ts'
import * as m0002 from './0002-limits-and-health.ts'
import * as m0003 from './0003-payloads-and-secrets.ts'
import * as m0004 from './0004-requests.ts'
import * as m0005 from './0005-portal.ts'

/** A statement, and the one thing that it makes. */
export interface MigrationStatement {
  /**
   * `table` or `index`, `table.column`, `function()` or `table!trigger`. Empty for a statement that goes with the one before
   * it and runs when that does.
   */
  makes: string
  sql: string
}

/** One step of hookwright's own schema. Steps only add; each runs once, in the order of its number. */
export interface Migration {
  id: number
  name: string
  /** @param schema quoted */
  statements(schema: string): readonly MigrationStatement[]
}

export const migrations: readonly Migration[] = [
  { id: 1, name: 'hooks-and-deliveries', statements: m0001.statements },
  { id: 2, name: 'limits-and-health', statements: m0002.statements },
  { id: 3, name: 'payloads-and-secrets', statements: m0003.statements },
  { id: 4, name: 'requests', statements: m0004.statements },
  { id: 5, name: 'portal', statements: m0005.statements },
]
