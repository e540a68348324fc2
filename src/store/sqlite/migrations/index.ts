import * as m0001 from './0001-hooks-and-deliveries.ts'
import * as m0002 from './0002-departed.ts'
import * as m0003 from './0003-limits-and-health.ts'
import * as m0004 from './0004-payloads-and-secrets.ts'
import * as m0005 from './0005-requests.ts'
import * as m0006 from './0006-portal.ts'

/** One step of hookwright's own schema. Steps only add; each runs once, in the order of its number. */
export interface Migration {
  id: number
  name: string
  statements: readonly string[]
}

export const migrations: readonly Migration[] = [
  { id: 1, name: 'hooks-and-deliveries', statements: m0001.statements },
  { id: 2, name: 'departed', statements: m0002.statements },
  { id: 3, name: 'limits-and-health', statements: m0003.statements },
  { id: 4, name: 'payloads-and-secrets', statements: m0004.statements },
  { id: 5, name: 'requests', statements: m0005.statements },
  { id: 6, name: 'portal', statements: m0006.statements },
]
