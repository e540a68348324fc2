/** The wire of the REST API, as far as the dashboard reads it. Times are ISO 8601. */

export interface Me {
  owner: string | null
  admin: boolean
  read_only: boolean
  /** Whether a portal link has let the caller in, and until when. */
  portal: boolean
  expires: string | null
}

export interface Hook {
  id: number
  event: string
  /** Where there are several. */
  events?: string[]
  target: string
  created: string
  updated: string
  ordered?: boolean
  rate_limit?: number
  payload?: PayloadForm
  filter?: Record<string, unknown>
  /** An administrator is told. */
  owner?: string
  /** In the answer to its creation alone. */
  secret?: string
  /** The application's own fields. */
  [own: string]: unknown
}

export type PayloadForm = 'envelope' | 'standard' | 'thin'

export const eventsOf = (hook: Hook): readonly string[] => hook.events ?? [hook.event]

export type HookState = 'enabled' | 'disabled' | 'failing'

export interface Health {
  state: 'well' | 'failing' | 'waiting' | 'recovering' | 'disabled'
  failures: number
  failing_since: string | null
  next_attempt: string | null
  disabled: string | null
  disabled_cause: 'manual' | 'gone' | 'failing' | null
  disabled_reason: string | null
}

export type DeliveryStatus = 'pending' | 'delivered' | 'failed' | 'cancelled'

export interface Delivery {
  id: string
  hook: number
  /** The hook's, as it is now; null once the hook itself is removed. */
  target?: string | null
  /** An administrator is told. */
  owner?: string | null
  event: string
  status: DeliveryStatus
  reason: string | null
  attempts: number
  manual: boolean
  due: string | null
  created: string
  finished: string | null
}

export interface DeliveryDetail extends Delivery {
  body: string | null
  log: Attempt[]
}

export type HeaderList = readonly (readonly [name: string, value: string])[]

export interface Attempt {
  number: number
  started: string
  duration_ms: number | null
  status: number | null
  manual: boolean
  error: { code: string; message: string } | null
  response: { headers: HeaderList; body: string; truncated: boolean } | null
  /** As it was sent. Null, or missing, for what was attempted before the server kept it. */
  request?: { url: string; headers: HeaderList } | null
}

export interface Durations {
  p50: number
  p95: number
  p99: number
}

export interface Counts {
  attempts: number
  delivered: number
  failed: number
  duration_ms: Durations | null
}

export interface Statistics {
  now: {
    capped_at: number
    events: { waiting: number; oldest: string | null; failing: number }
    deliveries: {
      due: number
      oldest_due: string | null
      in_flight: number
      scheduled: number
      parked: number
    }
    hooks: { enabled: number; disabled: number; failing: number; open: number; recovering: number }
  }
  since: string
  until: string
  bucket_ms: number
  total: Counts & { failures: Readonly<Record<string, number>> }
  buckets: (Counts & { since: string })[]
  looked: number
  complete: boolean
}

export type JsonSchema = Readonly<Record<string, unknown>>

export interface CatalogEvent {
  name: string
  model: string | null
  action: string | null
  everyone: boolean
  description: string | null
  schema: JsonSchema
  schema_from: 'schema' | 'columns' | 'example' | 'events' | null
  example: unknown
}
