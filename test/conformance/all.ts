import { captureSuite } from './capture.suite.ts'
import { claimSuite } from './claim.suite.ts'
import { drainSuite } from './drain.suite.ts'
import { fanOutSuite } from './fan-out.suite.ts'
import type { Harness } from './harness.ts'
import { hookOptionSuite } from './hook-option.suite.ts'
import { migrateSuite } from './migrate.suite.ts'
import { ownerRelationSuite } from './owner-relation.suite.ts'
import { resilienceSuite } from './resilience.suite.ts'
import { retentionSuite } from './retention.suite.ts'
import { retrySuite } from './retry.suite.ts'
import { sendSuite } from './send.suite.ts'
import { serializerSuite } from './serializer.suite.ts'
import { testingSuite } from './testing.suite.ts'

/** Everything that hookwright promises on every database. */
export function allSuites(harness: Harness): void {
  captureSuite(harness)
  ownerRelationSuite(harness)
  sendSuite(harness)
  serializerSuite(harness)
  hookOptionSuite(harness)
  fanOutSuite(harness)
  claimSuite(harness)
  retrySuite(harness)
  drainSuite(harness)
  retentionSuite(harness)
  migrateSuite(harness)
  resilienceSuite(harness)
  testingSuite(harness)
}
