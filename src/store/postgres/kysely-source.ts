import { CompiledQuery, type DatabaseConnection, type Kysely, type QueryResult } from 'kysely'
import type { PostgresSource, Session } from './session.ts'
import { narrowBigints } from './values.ts'

/**
 * Connections of the application's Kysely instance, whatever driver it has. Kysely lends no more than queries on them: an error
 * between two queries is for the application to hear (`pool.on('connect', (client) => client.on('error', …))`), and a
 * connection that has fallen silent stays out of its pool until it breaks.
 */
export function kyselySource(
  kysely: Kysely<unknown>,
  { queryTimeoutMs }: { queryTimeoutMs: number },
): PostgresSource {
  return {
    place: undefined,
    applicationDb: kysely,
    withSession: (use) =>
      new Promise((resolve, reject) => {
        // An application's pool may have no timeout of its own, and nobody would ever hear of it.
        let late = false
        const timer = setTimeout(() => {
          late = true
          reject(new Error('timeout exceeded when trying to connect'))
        }, queryTimeoutMs)
        kysely
          .getExecutor()
          .provideConnection(async (connection) => {
            clearTimeout(timer)
            if (late) return
            const session = new KyselySession(connection, queryTimeoutMs)
            await use(session).then(resolve, reject)
            // A query that was given up still runs: until it has ended, its connection must not be anybody else's.
            await session.settled()
          })
          .catch((error) => {
            clearTimeout(timer)
            reject(error as Error)
          })
      }),
    listen: async () => undefined,
    queryAsApplication: (sql, parameters) => kysely.executeQuery(CompiledQuery.raw(sql, [...parameters])),
    close: async () => {},
  }
}

class KyselySession implements Session {
  readonly #connection: DatabaseConnection
  readonly #queryTimeoutMs: number
  #last: Promise<unknown> = Promise.resolve()

  constructor(connection: DatabaseConnection, queryTimeoutMs: number) {
    this.#connection = connection
    this.#queryTimeoutMs = queryTimeoutMs
  }

  async query(sql: string, parameters: readonly unknown[]): Promise<QueryResult<unknown>> {
    const running = this.#connection.executeQuery(CompiledQuery.raw(sql, [...parameters]))
    this.#last = running.catch(() => {})
    const result = await this.#inTime(running)
    narrowBigints(result.rows)
    return { rows: result.rows, numAffectedRows: result.numAffectedRows ?? BigInt(result.rows.length) }
  }

  async script(statements: readonly string[]): Promise<void> {
    for (const statement of statements) await this.query(statement, [])
  }

  async commit(): Promise<void> {
    await this.query('COMMIT', [])
  }

  async settled(): Promise<void> {
    await this.#last
  }

  async #inTime<T>(running: Promise<T>): Promise<T> {
    let timer: NodeJS.Timeout | undefined
    const late = new Promise<never>((_, reject) => {
      timer = setTimeout(() => reject(new Error('Query read timeout')), this.#queryTimeoutMs)
    })
    try {
      return await Promise.race([running, late])
    } finally {
      clearTimeout(timer)
    }
  }
}
