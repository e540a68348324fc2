import { allSuites } from './all.ts'
import { postgresHarness } from './postgres.ts'
import { postgresPlansSuite } from './postgres-plans.suite.ts'
import { postgresStoreSuite } from './postgres-store.suite.ts'
import { postgresWorkersSuite } from './postgres-workers.suite.ts'

allSuites(postgresHarness())
postgresWorkersSuite(postgresHarness())
postgresStoreSuite()
postgresPlansSuite()
