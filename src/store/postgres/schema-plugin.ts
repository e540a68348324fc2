import {
  IdentifierNode,
  type KyselyPlugin,
  OperationNodeTransformer,
  type QueryId,
  type RootOperationNode,
  type SchemableIdentifierNode,
} from 'kysely'
import { tableNames } from '../prefix-plugin.ts'

/**
 * Gives our tables their schema while a query is compiled, so that queries are written once for every database. An alias or
 * a common table expression must not bear the name of one of our tables.
 */
export class SchemaPlugin implements KyselyPlugin {
  readonly #transformer: SchemaTransformer

  constructor(schema: string) {
    this.#transformer = new SchemaTransformer(schema)
  }

  transformQuery({ node, queryId }: { node: RootOperationNode; queryId: QueryId }): RootOperationNode {
    return this.#transformer.transformNode(node, queryId)
  }

  async transformResult<T extends { result: unknown }>({ result }: T): Promise<T['result']> {
    return result
  }
}

class SchemaTransformer extends OperationNodeTransformer {
  readonly #schema: IdentifierNode

  constructor(schema: string) {
    super()
    this.#schema = IdentifierNode.create(schema)
  }

  protected override transformSchemableIdentifier(
    node: SchemableIdentifierNode,
    queryId?: QueryId,
  ): SchemableIdentifierNode {
    const transformed = super.transformSchemableIdentifier(node, queryId)
    if (transformed.schema !== undefined || !tableNames.has(transformed.identifier.name)) return transformed
    return { ...transformed, schema: this.#schema }
  }
}
