import pg from 'pg'
import { afterAll, afterEach, describe } from 'vitest'
import { withoutService } from '../support/postgres.ts'
import {
  type PostgresServer,
  type PostgresServerOptions,
  startPostgresServer,
  whyNoServer,
} from '../support/postgres-server.ts'

/** A fresh database on a server that the test may harm. */
export interface OwnServer extends Pick<PostgresServer, 'start' | 'stop' | 'suspend' | 'resume'> {
  url: string
  server: PostgresServer
  restart(mode: 'fast' | 'immediate'): Promise<void>
}

/**
 * `describe` for tests that stop, suspend or fill a PostgreSQL server. It is one of their own, started once a file; the
 * tests are skipped, and told why, where none can be started.
 */
export function describeOwnServer(
  name: string,
  define: (server: () => Promise<OwnServer>) => void,
  options: PostgresServerOptions = {},
): void {
  describe(name, () => {
    const missing = whyNoServer()
    if (missing !== undefined) {
      withoutService(name, missing)
      return
    }
    let starting: Promise<PostgresServer> | undefined
    let made = 0
    afterEach(async () => {
      const server = await starting
      server?.resume()
      await server?.start()
    })
    afterAll(async () => (await starting)?.close())
    define(async () => {
      starting ??= startPostgresServer(options)
      const server = await starting
      made += 1
      const admin = new pg.Client({ connectionString: server.url })
      await admin.connect()
      await admin.query(`CREATE DATABASE shop_${made}`)
      await admin.end()
      const url = new URL(server.url)
      url.pathname = `/shop_${made}`
      return {
        url: url.href,
        server,
        start: () => server.start(),
        stop: (mode) => server.stop(mode),
        suspend: () => server.suspend(),
        resume: () => server.resume(),
        async restart(mode) {
          await server.stop(mode)
          await server.start()
        },
      }
    })
  })
}
