import type { Delivery, Health, HookState } from '../api/wire.ts'

type Tone = 'good' | 'bad' | 'warn' | 'calm' | 'busy'

/** A state in words, with a dot whose colour says it again. */
export function Status({ tone, children }: { tone: Tone; children: string }) {
  return (
    <span className={`status ${tone}`}>
      <span className="dot" aria-hidden="true" />
      {children}
    </span>
  )
}

const DELIVERY: Readonly<Record<Delivery['status'], readonly [Tone, string]>> = {
  delivered: ['good', 'Delivered'],
  failed: ['bad', 'Failed'],
  cancelled: ['calm', 'Cancelled'],
  pending: ['busy', 'Pending'],
}

export function DeliveryState({ delivery }: { delivery: Pick<Delivery, 'status' | 'attempts' | 'due'> }) {
  if (delivery.status === 'pending' && delivery.attempts > 0) return <Status tone="warn">Retrying</Status>
  const [tone, words] = DELIVERY[delivery.status]
  return <Status tone={tone}>{words}</Status>
}

const HOOK: Readonly<Record<HookState, readonly [Tone, string]>> = {
  enabled: ['good', 'Enabled'],
  disabled: ['calm', 'Disabled'],
  failing: ['bad', 'Failing'],
}

export function HookStatus({ state }: { state: HookState }) {
  const [tone, words] = HOOK[state]
  return <Status tone={tone}>{words}</Status>
}

const HEALTH: Readonly<Record<Health['state'], readonly [Tone, string]>> = {
  well: ['good', 'Enabled'],
  failing: ['bad', 'Failing'],
  waiting: ['bad', 'Failing, waiting'],
  recovering: ['warn', 'Recovering'],
  disabled: ['calm', 'Disabled'],
}

export function HealthStatus({ state }: { state: Health['state'] }) {
  const [tone, words] = HEALTH[state]
  return <Status tone={tone}>{words}</Status>
}

/** The status of one attempt: what HTTP said, or the code of the error. */
export function AttemptState({ status, error }: { status: number | null; error: { code: string } | null }) {
  const good = status !== null && status >= 200 && status < 300
  return (
    <Status tone={good ? 'good' : 'bad'}>
      {status === null ? (error?.code ?? 'no answer') : String(status)}
    </Status>
  )
}
