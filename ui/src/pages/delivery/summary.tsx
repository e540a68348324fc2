import type { DeliveryDetail } from '../../api/wire.ts'
import { DeliveryState } from '../../components/status.tsx'
import { Ago, Exact, useNow } from '../../components/time.tsx'
import { duration } from '../../components/time-words.ts'
import { visibleLine } from '../../components/visible-text.ts'

/** How it stands with a delivery. */
export function Summary({ delivery }: { delivery: DeliveryDetail }) {
  const { status, reason, due, manual, created, finished, attempts } = delivery
  return (
    <>
      {reason !== null && (
        <p className={status === 'failed' ? 'reason-line bad' : 'reason-line'}>{visibleLine(reason)}</p>
      )}
      <dl className="settings">
        <div>
          <dt>Status</dt>
          <dd>
            <DeliveryState delivery={delivery} />
          </dd>
        </div>
        <div>
          <dt>Attempts</dt>
          <dd>{attempts}</dd>
        </div>
        <div>
          <dt>Event happened</dt>
          <dd>
            <Exact at={created} />{' '}
            <span className="soft">
              (<Ago at={created} />)
            </span>
          </dd>
        </div>
        {finished !== null && (
          <div>
            <dt>Finished</dt>
            <dd>
              <Exact at={finished} />{' '}
              <span className="soft">
                (after {duration(Math.max(0, Date.parse(finished) - Date.parse(created)))})
              </span>
            </dd>
          </div>
        )}
        {status === 'pending' && (
          <div>
            <dt>Next attempt</dt>
            <dd>
              {due === null ? 'When its hook is ready for it' : <Countdown due={due} manual={manual} />}
            </dd>
          </div>
        )}
      </dl>
    </>
  )
}

function Countdown({ due, manual }: { due: string; manual: boolean }) {
  const now = useNow()
  const left = Date.parse(due) - now
  return (
    <>
      {left <= 0 ? 'Now' : `In ${duration(Math.ceil(left / 1_000) * 1_000)}`}
      {manual && <span className="soft"> (asked for)</span>}
    </>
  )
}
