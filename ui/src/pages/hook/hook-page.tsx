import { useState } from 'react'
import { ApiProblem } from '../../api/problem.ts'
import { useHealth, useHook } from '../../api/queries.ts'
import { eventsOf } from '../../api/wire.ts'
import { useCaller } from '../../app/caller.tsx'
import { Page } from '../../app/page.tsx'
import { CopyButton } from '../../components/copy-button.tsx'
import { Empty } from '../../components/empty.tsx'
import { Link } from '../../components/link.tsx'
import { Problem } from '../../components/problem.tsx'
import { Bone } from '../../components/skeleton.tsx'
import { HealthStatus } from '../../components/status.tsx'
import { visibleLine } from '../../components/visible-text.ts'
import { Timeline } from '../deliveries/timeline.tsx'
import { HealthWords } from './health-words.tsx'
import { HookActions } from './hook-actions.tsx'
import { HookDialog, type HookDialogName } from './hook-dialog.tsx'
import { HookSettings } from './hook-settings.tsx'

export function HookPage({ id }: { id: number }) {
  const { data: hook, error, refetch, isFetching } = useHook(id)
  const title = hook === undefined ? `Hook ${id}` : visibleLine(hook.target)
  const { read_only } = useCaller()
  const [dialog, setDialog] = useState<HookDialogName | null>(null)
  const { data: health } = useHealth(id)
  const isMissing = error instanceof ApiProblem && error.status === 404
  return (
    <Page
      title={title}
      above={<Link to="/hooks">Hooks</Link>}
      heading={
        hook === undefined ? (
          `Hook ${id}`
        ) : (
          <span className="mono heading-target">
            {title} <CopyButton text={hook.target} what="Copy target" />
          </span>
        )
      }
      actions={
        hook !== undefined &&
        !read_only && <HookActions hook={hook} disabled={health?.state === 'disabled'} onDialog={setDialog} />
      }
    >
      {isMissing ? (
        <Empty title="There is no such hook">
          <p>It was deleted, or it is somebody else’s.</p>
        </Empty>
      ) : error !== null && hook === undefined ? (
        <Problem
          what="The hook could not be loaded."
          error={error}
          onRetry={() => void refetch()}
          busy={isFetching}
        />
      ) : (
        <>
          <div className="health-line">
            {health === undefined ? (
              <Bone width="30ch" />
            ) : (
              <>
                <HealthStatus state={health.state} />
                <span className="soft">
                  <HealthWords health={health} />
                </span>
              </>
            )}
          </div>
          <HookSettings hook={hook} />
          <section className="section" aria-labelledby="timeline">
            <div className="section-head">
              <h2 id="timeline">Deliveries</h2>
            </div>
            <Timeline
              hookId={id}
              hint="Send a test event to see what the receiver says to it."
              {...(hook === undefined ? {} : { events: eventsOf(hook) })}
            />
          </section>
        </>
      )}
      {hook !== undefined && dialog !== null && (
        <HookDialog name={dialog} hook={hook} onClose={() => setDialog(null)} />
      )}
    </Page>
  )
}
