import {
  IdentifierNode,
  type KyselyPlugin,
  OperationNodeTransformer,
  type QueryId,
  type RootOperationNode,
  type SchemableIdentifierNode,
} from 'kysely'
import { TABLE_PREFIX, tableNames } from './table-names.ts'

/** The name of one of our tables, as the database has it. */
type Naming = (name: string) => Pick<SchemableIdentifierNode, 'identifier' | 'schema'>

/** `hookwright_event` */
export const withPrefix: Naming = (name) => ({ identifier: IdentifierNode.create(TABLE_PREFIX + name) })

/** `hookwright.event` */
export function inSchema(schema: string): Naming {
  const node = IdentifierNode.create(schema)
  return (name) => ({ schema: node, identifier: IdentifierNode.create(name) })
}

/**
 * Gives our tables the names that they have in the database while a query is compiled, so that queries are written once for
 * every database. An alias or a common table expression must not bear the name of one of our tables.
 */
export class TableNamesPlugin implements KyselyPlugin {
  readonly #transformer: TableNamesTransformer

  constructor(naming: Naming) {
    this.#transformer = new TableNamesTransformer(naming)
  }

  transformQuery({ node, queryId }: { node: RootOperationNode; queryId: QueryId }): RootOperationNode {
    return this.#transformer.transformNode(node, queryId)
  }

  async transformResult<T extends { result: unknown }>({ result }: T): Promise<T['result']> {
    return result
  }
}

class TableNamesTransformer extends OperationNodeTransformer {
  readonly #naming: Naming

  constructor(naming: Naming) {
    super()
    this.#naming = naming
  }

  protected override transformSchemableIdentifier(
    node: SchemableIdentifierNode,
    queryId?: QueryId,
  ): SchemableIdentifierNode {
    const transformed = super.transformSchemableIdentifier(node, queryId)
    const { name } = transformed.identifier
    if (transformed.schema !== undefined || !tableNames.has(name)) return transformed
    return { ...transformed, ...this.#naming(name) }
  }
}
