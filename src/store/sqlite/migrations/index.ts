import * as m0001 from './0001-hooks-and-deliveries.ts'

/** One step of hookwright's own schema. Steps only add; each runs once, in the order of its number. */
export interface Migration {
  id: number
  name: string
  statements: readonly string[]
}

export const migrations: readonly Migration[] = [
  { id: 1, name: 'hooks-and-deliveries', statements: m0001.statements },
]
