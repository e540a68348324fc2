import { postgres } from '../../src/store/postgres/index.ts'
import { createTestDatabase } from '../support/postgres.ts'
import { describeStore } from './store.suite.ts'

/** What the store on PostgreSQL promises beyond what every store does. */
export function postgresStoreSuite(): void {
  describeStore('PostgreSQL', async () => {
    const { url, drop } = await createTestDatabase()
    return { store: () => postgres(url), remove: drop }
  })
}
