import { problem } from '../../core/errors.ts'
import { hasMethods, kindOf } from '../handles.ts'
import { asyncTx } from './async-tx.ts'
import type { AsyncTx } from './tx.ts'

/** What hookwright uses of the client that Prisma's interactive transaction gives to its callback. */
export interface PrismaTransaction {
  $queryRawUnsafe(sql: string, ...parameters: unknown[]): PromiseLike<unknown>
  $executeRawUnsafe(sql: string, ...parameters: unknown[]): PromiseLike<unknown>
}

/**
 * An interactive transaction of Prisma's, on PostgreSQL or SQLite. Prisma itself refuses one that has ended.
 *
 * `prisma.$transaction([…])`, the list of queries, has no room for anybody else's.
 *
 * @throws `transaction_invalid` for a PrismaClient that is not in a transaction
 * @example
 * ```ts
 * await client.$transaction(async (tx) => {
 *   await tx.user.create({ data: user })
 *   await hooks.send('user.added', user, { owner: user.id, tx: prisma(tx) })
 * })
 * ```
 */
export function prisma(tx: PrismaTransaction): AsyncTx {
  if (!isTransaction(tx)) {
    throw problem('transaction_invalid', {
      field: 'tx',
      problem: `${kindOf(tx)} is no transaction of Prisma`,
      cure: 'Pass what prisma.$transaction(async (tx) => …) gives to its callback',
    })
  }
  return asyncTx('Prisma', dialectOf(tx), async ({ sql, parameters, reads }) =>
    reads ? await tx.$queryRawUnsafe(sql, ...parameters) : await tx.$executeRawUnsafe(sql, ...parameters),
  )
}

/** In a transaction Prisma takes from its client what would open or close it. */
function isTransaction(value: unknown): value is PrismaTransaction {
  return hasMethods(value, ['$queryRawUnsafe', '$executeRawUnsafe']) && !hasMethods(value, ['$connect'])
}

const DIALECTS = new Map<unknown, AsyncTx['dialect']>([
  ['postgresql', 'postgres'],
  ['sqlite', 'sqlite'],
])

/** The client knows the provider of its schema. No name in its types tells, but every client since Prisma 4 has this one. */
function dialectOf(tx: PrismaTransaction): AsyncTx['dialect'] {
  const provider = (tx as { _activeProvider?: unknown })._activeProvider
  const dialect = DIALECTS.get(provider)
  if (dialect !== undefined) return dialect
  throw problem('transaction_invalid', {
    field: 'tx',
    value: provider,
    problem: 'this transaction of Prisma is on a database that hookwright does not know',
    cure: 'Pass one on the database that hookwright lives in, PostgreSQL or SQLite',
  })
}
