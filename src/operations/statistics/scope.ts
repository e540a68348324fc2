import { problem } from '../../core/errors.ts'
import { type OwnerScope, scopeOf } from '../../hooks/index.ts'
import type { Store } from '../../store/store.ts'
import { rows, type Work } from '../../store/work.ts'

/** Whose statistics are asked for: undefined for everybody's. */
export interface Scope {
  /** The newest first. */
  hookIds: readonly number[]
  /** Whose they are, as the database keeps it. */
  owner: string
  /** Whether the owner has more. */
  isCut: boolean
}

/** Hooks of an owner that are looked at, at the most. */
const MOST_HOOKS = 100

/** @throws `hook_missing`, `hook_invalid` */
export function* scopeFor(
  { db }: Store,
  options: OwnerScope & { hookId?: number | undefined },
): Work<Scope | undefined> {
  const { hookId } = options
  const owner = scopeOf(options)
  if (hookId === undefined && owner === undefined) return undefined
  let query = db
    .selectFrom('hook')
    .select(['id', 'owner'])
    .where('deleted_at', 'is', null)
    .orderBy('id', 'desc')
    .limit(MOST_HOOKS + 1)
  if (hookId !== undefined) query = query.where('id', '=', hookId)
  if (owner !== undefined) query = query.where('owner', '=', owner)
  const found = yield* rows(query)
  const [first] = found
  if (first === undefined && hookId !== undefined) {
    throw problem('hook_missing', { field: 'hookId', value: hookId, problem: 'there is no such hook' })
  }
  return {
    hookIds: found.slice(0, MOST_HOOKS).map(({ id }) => id),
    owner: owner ?? first?.owner ?? '',
    isCut: found.length > MOST_HOOKS,
  }
}
