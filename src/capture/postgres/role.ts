import { CompiledQuery } from 'kysely'
import { first, type Work } from '../../store/work.ts'
import { dollars, identifier } from './quote.ts'

/** Who owns the functions of the triggers, and so whose rights they have. */
export interface Ownership {
  /** The role that should own them. */
  readonly owner: string
  /** Makes the role, and gives it what it needs: nothing where that is done. */
  readonly prepare: readonly string[]
  /** Whether functions have to be handed over to it. */
  readonly handOver: boolean
  /** Why it is not the role that was asked for. */
  readonly notice: string | undefined
}

interface Facts {
  me: string
  version: number
  superuser: boolean
  may_create: boolean
  exists: boolean
  member: boolean
  admin: boolean
  granted: boolean
}

/**
 * Looks whether the capture role is there and may be used. PostgreSQL 15 lets a role that may create roles grant itself any;
 * from 16 on only those that it is an administrator of.
 */
export function* readOwnership(schema: string, role: string | false): Work<Ownership> {
  const facts = yield* first(
    CompiledQuery.raw(FACTS, [role === false ? '' : role, schema]) as CompiledQuery<Facts>,
  )
  if (facts === undefined) throw new Error('A query without FROM gives a row')
  const { me } = facts
  if (role === false || role === me) return { owner: me, prepare: [], handOver: false, notice: undefined }
  const usable = facts.exists
    ? facts.superuser || facts.member || facts.admin || (facts.version < 160_000 && facts.may_create)
    : facts.superuser || facts.may_create
  if (!usable) {
    return {
      owner: me,
      prepare: [],
      handOver: false,
      notice:
        `The functions of the capture triggers belong to the role "${me}", which migrates: it may not ${facts.exists ? 'use' : 'make'} the role "${role}". ` +
        `To give them less rights, run: ${facts.exists ? '' : `CREATE ROLE ${identifier(role)} NOLOGIN; `}GRANT ${identifier(role)} TO ${identifier(me)}`,
    }
  }
  const r = identifier(role)
  const s = identifier(schema)
  const prepare: string[] = []
  // Roles are the whole server's: another database may make it at this moment.
  if (!facts.exists) {
    prepare.push(
      `DO ${dollars(` BEGIN CREATE ROLE ${r} NOLOGIN; EXCEPTION WHEN duplicate_object OR unique_violation THEN NULL; END `)}`,
    )
  }
  if (!facts.superuser && !facts.member) prepare.push(`GRANT ${r} TO CURRENT_USER`)
  if (!facts.granted) {
    prepare.push(
      `GRANT USAGE ON SCHEMA ${s} TO ${r}`,
      `GRANT INSERT ON ${s}.event TO ${r}`,
      `GRANT SELECT ON ${s}.listening TO ${r}`,
      `GRANT SELECT, INSERT, UPDATE ON ${s}.departed TO ${r}`,
    )
  }
  return { owner: role, prepare, handOver: true, notice: undefined }
}

const FACTS = `SELECT current_user::text AS me, pg_catalog.current_setting('server_version_num')::int AS version,
    mine.rolsuper AS superuser, mine.rolcreaterole AS may_create, capture.oid IS NOT NULL AS exists,
    coalesce(pg_catalog.pg_has_role(current_user, capture.oid, CASE WHEN pg_catalog.current_setting('server_version_num')::int < 160000
      THEN 'MEMBER' ELSE 'SET' END), false) AS member,
    coalesce(pg_catalog.pg_has_role(current_user, capture.oid, 'MEMBER WITH ADMIN OPTION'), false) AS admin,
    coalesce(pg_catalog.has_schema_privilege(capture.oid, namespace.oid, 'USAGE')
      AND (SELECT pg_catalog.bool_and(CASE relname
          WHEN 'event' THEN pg_catalog.has_table_privilege(capture.oid, class.oid, 'INSERT')
          WHEN 'listening' THEN pg_catalog.has_table_privilege(capture.oid, class.oid, 'SELECT')
          ELSE pg_catalog.has_table_privilege(capture.oid, class.oid, 'SELECT')
            AND pg_catalog.has_table_privilege(capture.oid, class.oid, 'INSERT')
            AND pg_catalog.has_table_privilege(capture.oid, class.oid, 'UPDATE') END)
        FROM pg_catalog.pg_class AS class WHERE relnamespace = namespace.oid AND relname IN ('event', 'listening', 'departed')), false) AS granted
  FROM pg_catalog.pg_roles AS mine
  LEFT JOIN pg_catalog.pg_roles AS capture ON capture.rolname = $1
  LEFT JOIN pg_catalog.pg_namespace AS namespace ON namespace.nspname = $2
  WHERE mine.rolname = current_user`
