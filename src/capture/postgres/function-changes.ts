import type { Change } from '../dialect.ts'
import { configOf, createFunction, type FunctionDefinition, signature } from './function.ts'
import { identifier } from './quote.ts'
import type { Ownership } from './role.ts'
import type { InstalledFunction } from './schema.ts'

/** Whether a function is as it should be. Settings are compared without their order, and names without their case. */
export function isAsWanted(
  installed: InstalledFunction,
  wanted: FunctionDefinition,
  { owner }: Ownership,
): boolean {
  const config = (settings: readonly string[]) =>
    JSON.stringify(settings.map((setting) => setting.replace(/^[^=]*/, (name) => name.toLowerCase())).sort())
  return (
    installed.body === wanted.body &&
    installed.definer === wanted.definer &&
    config(installed.config) === config(configOf(wanted)) &&
    (!wanted.definer || (!installed.public && installed.owner === owner))
  )
}

/** The statements that make a function, in this order. The first one bears the name of what it is for. */
export function makeFunction(
  schema: string,
  wanted: FunctionDefinition,
  { owner, handOver }: Ownership,
  first: Pick<Change, 'kind' | 'trigger'>,
): Change[] {
  const target = signature(schema, wanted)
  const statements = [createFunction(schema, wanted)]
  if (wanted.definer) {
    statements.push(`REVOKE ALL ON FUNCTION ${target} FROM PUBLIC`)
    // The new owner must be allowed to create in the schema, but only for this moment.
    if (handOver) {
      const s = identifier(schema)
      const role = identifier(owner)
      statements.push(
        `GRANT CREATE ON SCHEMA ${s} TO ${role}`,
        `ALTER FUNCTION ${target} OWNER TO ${role}`,
        `REVOKE CREATE ON SCHEMA ${s} FROM ${role}`,
      )
    }
  }
  return statements.map((sql, index) => ({
    ...(index === 0 ? first : { kind: 'prepare', trigger: '' }),
    sql,
  }))
}

/** The shared functions that are missing or not as they should be. */
export function makeShared(
  schema: string,
  shared: readonly FunctionDefinition[],
  installed: readonly InstalledFunction[],
  ownership: Ownership,
): Change[] {
  return shared
    .filter(
      (wanted) =>
        !installed.some((found) => found.name === wanted.name && isAsWanted(found, wanted, ownership)),
    )
    .flatMap((wanted) => makeFunction(schema, wanted, ownership, { kind: 'prepare', trigger: '' }))
}
