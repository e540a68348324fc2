import type { Health } from '../../api/wire.ts'
import { Ago } from '../../components/time.tsx'
import { visibleLine } from '../../components/visible-text.ts'

const CAUSES: Readonly<Record<NonNullable<Health['disabled_cause']>, string>> = {
  manual: 'Disabled by hand',
  gone: 'Disabled, because the receiver answered 410 Gone',
  failing: 'Disabled, because nothing had succeeded for too long',
}

/** How a hook fares, in words. */
export function HealthWords({ health }: { health: Health }) {
  const { state, failures, failing_since, next_attempt, disabled, disabled_cause, disabled_reason } = health
  if (state === 'disabled') {
    return (
      <>
        {disabled_cause === null ? 'Disabled' : CAUSES[disabled_cause]}
        {disabled !== null && (
          <>
            {', '}
            <Ago at={disabled} />
          </>
        )}
        {'. '}
        {disabled_reason !== null && disabled_reason !== '' && <>“{visibleLine(disabled_reason)}”</>}
      </>
    )
  }
  if (state === 'well') return <>Its last attempt succeeded, or it has had none yet.</>
  if (state === 'recovering') {
    return <>It answers again. Deliveries that have waited are sent a few at a time.</>
  }
  return (
    <>
      {failures === 1 && 'The last attempt has failed. '}
      {failures > 1 && (
        <>
          {failures} attempts have failed in a row
          {failing_since !== null && (
            <>
              {', the first one '}
              <Ago at={failing_since} />
            </>
          )}
          {'. '}
        </>
      )}
      {state === 'waiting' && 'Its deliveries wait, so that the receiver can recover'}
      {state === 'waiting' && next_attempt !== null && (
        <>
          ; the next attempt is due <Ago at={next_attempt} />
        </>
      )}
      {state === 'waiting' && '.'}
    </>
  )
}
