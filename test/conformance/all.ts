import { captureSuite } from './capture.suite.ts'
import { claimSuite } from './claim.suite.ts'
import { deliveryListSuite } from './delivery-list.suite.ts'
import { doctorSuite } from './doctor.suite.ts'
import { drainSuite } from './drain.suite.ts'
import { dryRunSuite } from './dry-run.suite.ts'
import { eventCatalogSuite } from './event-catalog.suite.ts'
import { fanOutSuite } from './fan-out.suite.ts'
import { filterSuite } from './filter.suite.ts'
import type { Harness } from './harness.ts'
import { healthSuite } from './health.suite.ts'
import { hookOptionSuite } from './hook-option.suite.ts'
import { isolationSuite } from './isolation.suite.ts'
import { limitsSuite } from './limits.suite.ts'
import { manualRetrySuite } from './manual-retry.suite.ts'
import { migrateSuite } from './migrate.suite.ts'
import { operationalSuite } from './operational.suite.ts'
import { ownerRelationSuite } from './owner-relation.suite.ts'
import { payloadSuite } from './payload.suite.ts'
import { portalSuite } from './portal.suite.ts'
import { replaySuite } from './replay.suite.ts'
import { requestLogSuite } from './request-log.suite.ts'
import { resilienceSuite } from './resilience.suite.ts'
import { restSuite } from './rest.suite.ts'
import { retentionSuite } from './retention.suite.ts'
import { retrySuite } from './retry.suite.ts'
import { secretsSuite } from './secrets.suite.ts'
import { sendSuite } from './send.suite.ts'
import { serializerSuite } from './serializer.suite.ts'
import { statisticsSuite } from './statistics.suite.ts'
import { telemetrySuite } from './telemetry.suite.ts'
import { testEventSuite } from './test-event.suite.ts'
import { testingSuite } from './testing.suite.ts'
import { toldSuite } from './told.suite.ts'

/** Everything that hookwright promises on every database. */
export function allSuites(harness: Harness): void {
  captureSuite(harness)
  ownerRelationSuite(harness)
  sendSuite(harness)
  serializerSuite(harness)
  hookOptionSuite(harness)
  payloadSuite(harness)
  filterSuite(harness)
  operationalSuite(harness)
  fanOutSuite(harness)
  claimSuite(harness)
  retrySuite(harness)
  requestLogSuite(harness)
  healthSuite(harness)
  limitsSuite(harness)
  toldSuite(harness)
  isolationSuite(harness)
  manualRetrySuite(harness)
  replaySuite(harness)
  testEventSuite(harness)
  deliveryListSuite(harness)
  eventCatalogSuite(harness)
  drainSuite(harness)
  doctorSuite(harness)
  retentionSuite(harness)
  restSuite(harness)
  dryRunSuite(harness)
  portalSuite(harness)
  migrateSuite(harness)
  resilienceSuite(harness)
  testingSuite(harness)
  secretsSuite(harness)
  telemetrySuite(harness)
  statisticsSuite(harness)
}
