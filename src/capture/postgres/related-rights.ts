import { CompiledQuery } from 'kysely'
import { first, type Work } from '../../store/work.ts'
import { identifier, qualified } from './quote.ts'
import type { OwnerLookup } from './relation.ts'
import type { Ownership } from './role.ts'

/**
 * What the owner of the functions needs to read owners in related tables: the two columns, and a policy where rows are
 * protected by policies, without which it would see none.
 */
export function* relatedRights(
  { owner, handOver }: Ownership,
  lookups: readonly OwnerLookup[],
): Work<string[]> {
  if (!handOver) return []
  const statements = new Set<string>()
  for (const { table, key, column } of lookups) {
    const has = yield* first(
      CompiledQuery.raw(
        `SELECT coalesce(pg_catalog.has_schema_privilege(role.oid, relnamespace, 'USAGE'), false) AS usage,
          coalesce((SELECT pg_catalog.bool_and(pg_catalog.has_column_privilege(role.oid, class.oid, attnum, 'SELECT'))
            FROM pg_catalog.pg_attribute WHERE attrelid = class.oid AND attname = ANY ($3::text[])), false) AS columns,
          EXISTS (SELECT FROM pg_catalog.pg_policy WHERE polrelid = class.oid AND role.oid = ANY (polroles)) AS policy
        FROM pg_catalog.pg_class AS class LEFT JOIN pg_catalog.pg_roles AS role ON rolname = $2
        WHERE class.oid = $1::pg_catalog.oid`,
        [table.oid, owner, [key.name, column]],
      ) as CompiledQuery<{ usage: boolean; columns: boolean; policy: boolean }>,
    )
    const role = identifier(owner)
    if (has?.usage !== true) statements.add(`GRANT USAGE ON SCHEMA ${identifier(table.schema)} TO ${role}`)
    if (has?.columns !== true) {
      const columns = [...new Set([key.name, column])].map(identifier).join(', ')
      statements.add(`GRANT SELECT (${columns}) ON ${qualified(table.schema, table.name)} TO ${role}`)
    }
    if (table.rowSecurity && has?.policy !== true) {
      statements.add(`CREATE POLICY ${role} ON ${table.sql} FOR SELECT TO ${role} USING (true)`)
    }
  }
  return [...statements]
}
