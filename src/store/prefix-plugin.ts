import {
  IdentifierNode,
  type KyselyPlugin,
  OperationNodeTransformer,
  type QueryId,
  type RootOperationNode,
  type SchemableIdentifierNode,
} from 'kysely'
import type { Tables } from './tables.ts'

/** What our tables are called on databases without schemas. */
export const TABLE_PREFIX = 'hookwright_'

/** The names of our tables, as queries write them. */
export const tableNames: ReadonlySet<string> = new Set<string>([
  'hook',
  'subscription',
  'listening',
  'event',
  'delivery',
  'lane',
  'attempt',
  'departed',
  'migration',
] satisfies (keyof Tables)[])

/**
 * Gives our tables their prefix while a query is compiled, so that queries are written once for every database. An alias
 * or a common table expression must not bear the name of one of our tables.
 */
export class PrefixPlugin implements KyselyPlugin {
  readonly #transformer = new PrefixTransformer()

  transformQuery({ node, queryId }: { node: RootOperationNode; queryId: QueryId }): RootOperationNode {
    return this.#transformer.transformNode(node, queryId)
  }

  async transformResult<T extends { result: unknown }>({ result }: T): Promise<T['result']> {
    return result
  }
}

class PrefixTransformer extends OperationNodeTransformer {
  protected override transformSchemableIdentifier(
    node: SchemableIdentifierNode,
    queryId?: QueryId,
  ): SchemableIdentifierNode {
    const transformed = super.transformSchemableIdentifier(node, queryId)
    const { name } = transformed.identifier
    if (transformed.schema !== undefined || !tableNames.has(name)) return transformed
    return { ...transformed, identifier: IdentifierNode.create(TABLE_PREFIX + name) }
  }
}
