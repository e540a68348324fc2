import type { JsonSchema } from '../../catalog/index.ts'
import { BOOLEAN, INTEGER, listOf, objectOf, TIME, TIME_OR_NULL } from './parts.ts'

const durations: JsonSchema = {
  ...objectOf({ p50: INTEGER, p95: INTEGER, p99: INTEGER }),
  type: ['object', 'null'],
  description: 'In milliseconds; null without attempts.',
}
const attempts = { attempts: INTEGER, delivered: INTEGER, failed: INTEGER, duration_ms: durations }

/** How much there is to do, and how attempts went. */
export const statisticsSchema = objectOf({
  now: objectOf({
    capped_at: { ...INTEGER, description: 'A count that is as high as this means so many or more.' },
    events: objectOf({ waiting: INTEGER, oldest: TIME_OR_NULL, failing: INTEGER }),
    deliveries: objectOf({
      due: INTEGER,
      oldest_due: TIME_OR_NULL,
      in_flight: INTEGER,
      scheduled: INTEGER,
      parked: INTEGER,
    }),
    hooks: objectOf({
      enabled: INTEGER,
      disabled: INTEGER,
      failing: INTEGER,
      open: INTEGER,
      recovering: INTEGER,
    }),
  }),
  since: TIME,
  until: TIME,
  bucket_ms: INTEGER,
  total: objectOf({
    ...attempts,
    failures: { type: 'object', additionalProperties: INTEGER, description: 'How many failed in which way.' },
  }),
  buckets: listOf(objectOf({ since: TIME, ...attempts })),
  looked: INTEGER,
  complete: { ...BOOLEAN, description: 'Whether all attempts of the time were looked at.' },
})
