import { allSuites } from './all.ts'
import { postgresHarness } from './postgres.ts'
import { postgresStoreSuite } from './postgres-store.suite.ts'

allSuites(postgresHarness())
postgresStoreSuite()
