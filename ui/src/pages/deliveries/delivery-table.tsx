import { type ReactNode, useEffect } from 'react'
import type { useDeliveryPages } from '../../api/queries.ts'
import type { Delivery } from '../../api/wire.ts'
import { useCaller } from '../../app/caller.tsx'
import { Button } from '../../components/button.tsx'
import { Link } from '../../components/link.tsx'
import { Problem } from '../../components/problem.tsx'
import { SkeletonRows } from '../../components/skeleton.tsx'
import { DeliveryState } from '../../components/status.tsx'
import { Ago } from '../../components/time.tsx'
import { visibleLine } from '../../components/visible-text.ts'

interface DeliveryTableProps {
  pages: ReturnType<typeof useDeliveryPages>
  label: string
  empty: ReactNode
  /** Whether the list is of one hook, which need not be named. */
  ofOneHook?: boolean
  /** Only so many, and no more behind them. */
  most?: number
}

/** A page with a filter may be empty while there is more behind it: so many are followed unasked. */
const FOLLOWED = 5

/** Deliveries, the newest first. Rows are known by their ids, so that new ones move nothing that is read or focused. */
export function DeliveryTable({ pages, label, empty, ofOneHook = false, most }: DeliveryTableProps) {
  const { data, error, hasNextPage, fetchNextPage, isFetchingNextPage, refetch, isFetching } = pages
  const ofOwners = useCaller().admin && !ofOneHook
  const found = unique(data?.pages.flatMap(({ items }) => items) ?? []).slice(0, most)
  const looking = found.length === 0 && hasNextPage && (data?.pages.length ?? 0) < FOLLOWED
  useEffect(() => {
    if (looking && !isFetchingNextPage) fetchNextPage().catch(() => {})
  }, [looking, isFetchingNextPage, fetchNextPage])

  if (error !== null && data === undefined) {
    return (
      <Problem
        what="The deliveries could not be loaded."
        error={error}
        onRetry={() => void refetch()}
        busy={isFetching}
      />
    )
  }
  const loading = data === undefined || looking
  if (!loading && found.length === 0 && !hasNextPage) return empty
  return (
    <>
      <table className="list" aria-label={label} aria-busy={loading}>
        <thead>
          <tr>
            <th scope="col" className="col-status">
              Status
            </th>
            <th scope="col" className={ofOneHook ? undefined : 'col-event'}>
              Event
            </th>
            {!ofOneHook && (
              <th scope="col" className="wide">
                Hook
              </th>
            )}
            {ofOwners && (
              <th scope="col" className="wide col-owner">
                Owner
              </th>
            )}
            <th scope="col" className="wide number">
              Attempts
            </th>
            <th scope="col" className="wide col-next">
              Next attempt, or reason
            </th>
            <th scope="col" className="number col-time">
              Created
            </th>
          </tr>
        </thead>
        <tbody>
          {loading ? (
            <SkeletonRows
              columns={[
                'col-status',
                '',
                ...(ofOneHook ? [] : ['wide']),
                ...(ofOwners ? ['wide col-owner'] : []),
                'wide number',
                'wide',
                'number col-time',
              ]}
              rows={most ?? 8}
            />
          ) : (
            found.map((delivery) => (
              <Row key={delivery.id} delivery={delivery} ofOneHook={ofOneHook} ofOwners={ofOwners} />
            ))
          )}
        </tbody>
      </table>
      {most === undefined && hasNextPage && !loading && (
        <div className="more">
          {found.length === 0 && <p className="soft">None among the newest ones that were looked at.</p>}
          <Button onClick={() => void fetchNextPage()} busy={isFetchingNextPage}>
            {found.length === 0 ? 'Look further back' : 'Show more'}
          </Button>
        </div>
      )}
      {error !== null && data !== undefined && (
        <p className="hint" role="alert">
          Not up to date: {error.message} It is tried again.
        </p>
      )}
    </>
  )
}

interface RowProps {
  delivery: Delivery
  ofOneHook: boolean
  ofOwners: boolean
}

function Row({ delivery, ofOneHook, ofOwners }: RowProps) {
  const target = visibleLine(delivery.target ?? `Hook ${delivery.hook}`)
  return (
    <tr>
      <td className="col-status">
        <DeliveryState delivery={delivery} />
      </td>
      <td className="main">
        <Link to={`/deliveries/${delivery.id}`} className="row-link">
          {visibleLine(delivery.event)}
        </Link>
        {!ofOneHook && <span className="below mono cut">{target}</span>}
      </td>
      {!ofOneHook && <td className="wide mono cut soft">{target}</td>}
      {ofOwners && <td className="wide cut col-owner">{visibleLine(delivery.owner ?? '')}</td>}
      <td className="wide number">{delivery.attempts}</td>
      <td className="wide soft">{nextOf(delivery)}</td>
      <td className="number col-time soft">
        <Ago at={delivery.created} />
      </td>
    </tr>
  )
}

function nextOf({ status, due, manual, reason }: Delivery): ReactNode {
  if (status !== 'pending')
    return reason === null ? '' : <span className="cut reason">{visibleLine(reason)}</span>
  if (manual) return 'asked for'
  return due === null ? 'waits for its hook' : <Ago at={due} />
}

/** While pages are asked for one after the other, a delivery may move from one to the next. */
function unique(deliveries: readonly Delivery[]): Delivery[] {
  return [...new Map(deliveries.map((delivery) => [delivery.id, delivery])).values()]
}
