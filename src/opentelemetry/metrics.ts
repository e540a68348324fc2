import type { Attributes, Meter, Observable } from '@opentelemetry/api'
import type { Attempted, Observed } from '../core/telemetry.ts'
import { resultOf } from './attributes.ts'

/** Seconds: attempts may take up to their time limit, 15 s unless told. */
const DURATIONS = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 15, 30]
/** Seconds: what is retried arrives hours later. */
const LATENCIES = [
  0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300, 1_800, 7_200, 43_200, 259_200,
]

export interface Metrics {
  attempted(event: string, attempted: Attempted): void
  cancelled(count: number): void
  observe(observed: Observed): () => void
}

/** The instruments. No attribute has more values than the catalog has events: no hook, owner or target. */
export function createMetrics(meter: Meter): Metrics {
  const duration = meter.createHistogram('hookwright.attempt.duration', {
    description: 'How long attempts took, from the DNS query to the end of the answer',
    unit: 's',
    advice: { explicitBucketBoundaries: DURATIONS },
  })
  const attempts = meter.createCounter('hookwright.attempts', {
    description: 'Attempts that were made, by what came of them',
    unit: '{attempt}',
  })
  const latency = meter.createHistogram('hookwright.delivery.latency', {
    description: 'From the moment an event happened to its delivery',
    unit: 's',
    advice: { explicitBucketBoundaries: LATENCIES },
  })
  const finished = meter.createCounter('hookwright.deliveries.finished', {
    description: 'Deliveries that nothing more will be done about',
    unit: '{delivery}',
  })

  return {
    attempted(event, attempted) {
      const { outcome } = attempted
      if (outcome === 'broken_off') return
      const about: Attributes = { 'hookwright.event': event, 'hookwright.outcome': outcome }
      attempts.add(1, { ...about, 'hookwright.result': resultOf(attempted) })
      duration.record(attempted.durationMs / 1000, { 'hookwright.outcome': outcome })
      if (outcome === 'retried') return
      finished.add(1, { 'hookwright.event': event, 'hookwright.status': outcome })
      if (outcome === 'delivered') {
        latency.record(Math.max(attempted.latencyMs, 0) / 1000, { 'hookwright.event': event })
      }
    },
    cancelled: (count) => finished.add(count, { 'hookwright.status': 'cancelled' }),
    observe: (observed) => observe(meter, observed),
  }
}

/** What waits, asked only when somebody collects. An unreachable database makes it absent. */
function observe(meter: Meter, { inFlight, backlog }: Observed): () => void {
  const gauge = (name: string, unit: string, description: string) =>
    meter.createObservableGauge(`hookwright.${name}`, { unit, description })
  const upDown = (name: string, unit: string, description: string) =>
    meter.createObservableUpDownCounter(`hookwright.${name}`, { unit, description })

  const flying = upDown('deliveries.in_flight', '{delivery}', 'Attempts under way in this process')
  const due = upDown('deliveries.due', '{delivery}', 'Deliveries whose time has come, up to 100,000')
  const scheduled = upDown('deliveries.scheduled', '{delivery}', 'Deliveries that wait for a retry')
  const parked = upDown('deliveries.parked', '{delivery}', 'Deliveries that their hook holds back')
  const oldest = gauge('deliveries.oldest_due.age', 's', 'For how long the oldest one has been due')
  const waiting = upDown('events.waiting', '{event}', 'Events without their deliveries yet, up to 100,000')
  const hooks = upDown('hooks', '{hook}', 'Hooks by how they fare; "waiting" for an open circuit breaker')

  // Asked by itself: it is there also while the database is not.
  const local = (result: { observe(value: number): void }) => result.observe(inFlight())
  flying.addCallback(local)
  const remote: Observable[] = [due, scheduled, parked, oldest, waiting, hooks]
  const ask: Parameters<Meter['addBatchObservableCallback']>[0] = async (result) => {
    const found = await backlog()
    if (found === undefined) return
    const { deliveries } = found
    result.observe(due, deliveries.due)
    result.observe(scheduled, deliveries.scheduled)
    result.observe(parked, deliveries.parked)
    result.observe(oldest, deliveries.oldestDueMs / 1000)
    result.observe(waiting, found.events.waiting)
    for (const [state, count] of Object.entries(found.hooks)) {
      result.observe(hooks, count, { 'hookwright.state': state })
    }
  }
  meter.addBatchObservableCallback(ask, remote)
  return () => {
    flying.removeCallback(local)
    meter.removeBatchObservableCallback(ask, remote)
  }
}
