import { useState } from 'react'
import { ApiProblem } from '../../api/problem.ts'
import { useDelivery, useHook } from '../../api/queries.ts'
import type { DeliveryDetail } from '../../api/wire.ts'
import { Page } from '../../app/page.tsx'
import { CopyButton } from '../../components/copy-button.tsx'
import { Empty } from '../../components/empty.tsx'
import { Link } from '../../components/link.tsx'
import { Problem } from '../../components/problem.tsx'
import { Bone } from '../../components/skeleton.tsx'
import { visibleLine } from '../../components/visible-text.ts'
import { AttemptLog } from './attempt-log.tsx'
import { RequestSection } from './request-section.tsx'
import { RetryButton } from './retry-button.tsx'
import { Summary } from './summary.tsx'

export function DeliveryPage({ id }: { id: string }) {
  const { data: delivery, error, refetch, isFetching } = useDelivery(id)
  const isMissing = error instanceof ApiProblem && error.status === 404
  const above = (
    <>
      <Link to="/deliveries">Deliveries</Link>
      {delivery !== undefined && (
        <>
          {' / '}
          <HookLink delivery={delivery} />
        </>
      )}
    </>
  )
  return (
    <Page
      title={delivery === undefined ? 'Delivery' : visibleLine(delivery.event)}
      above={above}
      actions={delivery !== undefined && <RetryButton delivery={delivery} />}
    >
      {isMissing ? (
        <Empty title="There is no such delivery">
          <p>It is too old and was removed, or it is somebody else’s.</p>
        </Empty>
      ) : error !== null && delivery === undefined ? (
        <Problem
          what="The delivery could not be loaded."
          error={error}
          onRetry={() => void refetch()}
          busy={isFetching}
        />
      ) : delivery === undefined ? (
        <div className="delivery-place" aria-busy="true">
          <Bone width="30ch" />
        </div>
      ) : (
        <Shown delivery={delivery} />
      )}
    </Page>
  )
}

function Shown({ delivery }: { delivery: DeliveryDetail }) {
  // Null for the newest one.
  const [number, setNumber] = useState<number | null>(null)
  const chosen = delivery.log.find((attempt) => attempt.number === number) ?? delivery.log.at(-1)
  return (
    <>
      <p className="delivery-id">
        <span className="mono breaking">{delivery.id}</span> <CopyButton text={delivery.id} what="Copy id" />
      </p>
      <Summary delivery={delivery} />
      <AttemptLog log={delivery.log} chosen={chosen} onChoose={setNumber} />
      <RequestSection delivery={delivery} attempt={chosen} />
    </>
  )
}

function HookLink({ delivery: { hook: id, target } }: { delivery: DeliveryDetail }) {
  const { data: hook, error } = useHook(id)
  const name = visibleLine(target ?? hook?.target ?? `Hook ${id}`)
  if (error instanceof ApiProblem && error.status === 404) return <>{name} (deleted)</>
  return <Link to={`/hooks/${id}`}>{name}</Link>
}
