import type { ReactNode } from 'react'
import type { useHookPages } from '../../api/queries.ts'
import { eventsOf, type Hook, type HookState } from '../../api/wire.ts'
import { useCaller } from '../../app/caller.tsx'
import { Button } from '../../components/button.tsx'
import { Link } from '../../components/link.tsx'
import { Problem } from '../../components/problem.tsx'
import { Bone, SkeletonRows } from '../../components/skeleton.tsx'
import { HookStatus } from '../../components/status.tsx'
import { Ago } from '../../components/time.tsx'
import { visibleLine } from '../../components/visible-text.ts'

interface HookTableProps {
  pages: ReturnType<typeof useHookPages>
  /** Undefined while it is not known. */
  stateOf: ((id: number) => HookState) | undefined
  empty: ReactNode
}

export function HookTable({ pages, stateOf, empty }: HookTableProps) {
  const { admin } = useCaller()
  const { data, error, hasNextPage, fetchNextPage, isFetchingNextPage, refetch, isFetching } = pages
  if (error !== null && data === undefined) {
    return (
      <Problem
        what="The hooks could not be loaded."
        error={error}
        onRetry={() => void refetch()}
        busy={isFetching}
      />
    )
  }
  const hooks = data?.pages.flatMap(({ items }) => items) ?? []
  if (data !== undefined && hooks.length === 0) return empty
  return (
    <>
      <table className="list" aria-label="Hooks" aria-busy={data === undefined}>
        <thead>
          <tr>
            <th scope="col">Target</th>
            <th scope="col" className="wide">
              Events
            </th>
            {admin && (
              <th scope="col" className="wide col-owner">
                Owner
              </th>
            )}
            <th scope="col" className="col-state">
              State
            </th>
            <th scope="col" className="wide number col-time">
              Created
            </th>
          </tr>
        </thead>
        <tbody>
          {data === undefined ? (
            <SkeletonRows
              columns={[
                '',
                'wide',
                ...(admin ? ['wide col-owner'] : []),
                'col-state',
                'wide number col-time',
              ]}
            />
          ) : (
            hooks.map((hook) => <Row key={hook.id} hook={hook} state={stateOf?.(hook.id)} admin={admin} />)
          )}
        </tbody>
      </table>
      {hasNextPage && (
        <div className="more">
          <Button onClick={() => void fetchNextPage()} busy={isFetchingNextPage}>
            Show more
          </Button>
        </div>
      )}
    </>
  )
}

function Row({ hook, state, admin }: { hook: Hook; state: HookState | undefined; admin: boolean }) {
  const [first = '', ...others] = eventsOf(hook)
  const events = (
    <>
      {visibleLine(first)}
      {others.length > 0 && <span className="soft"> and {others.length} more</span>}
    </>
  )
  return (
    <tr>
      <td className="main">
        <Link to={`/hooks/${hook.id}`} className="row-link mono cut">
          {visibleLine(hook.target)}
        </Link>
        <span className="below soft">
          {events}
          {admin && ` · ${visibleLine(hook.owner ?? '')}`}
        </span>
      </td>
      <td className="wide" title={eventsOf(hook).join(', ')}>
        {events}
      </td>
      {admin && <td className="wide cut col-owner">{visibleLine(hook.owner ?? '')}</td>}
      <td className="col-state">{state === undefined ? <Bone /> : <HookStatus state={state} />}</td>
      <td className="wide number soft col-time">
        <Ago at={hook.created} />
      </td>
    </tr>
  )
}
