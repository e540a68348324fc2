import { useHealths, useHookStates } from '../../api/queries.ts'
import type { Health, Hook } from '../../api/wire.ts'
import { useOwner } from '../../app/url-state.ts'
import { Link } from '../../components/link.tsx'
import { Problem } from '../../components/problem.tsx'
import { Bone } from '../../components/skeleton.tsx'
import { HealthStatus } from '../../components/status.tsx'
import { visibleLine } from '../../components/visible-text.ts'
import { HealthWords } from '../hook/health-words.tsx'

const MOST = 5

/** So many are asked how they fare. */
const LOOKED_AT = 10

/** Hooks that get nothing, or not what they should, each with the reason. */
export function Troubled() {
  const { data, error, refetch, isFetching } = useHookStates(useOwner())
  const candidates = [...(data?.failing ?? []), ...(data?.disabled ?? [])]
  const healths = useHealths(candidates.slice(0, LOOKED_AT).map(({ id }) => id))
  // Whoever has disabled a hook by hand knows of it.
  const troubled = candidates.filter((_, index) => healths[index]?.disabled_cause !== 'manual')
  const more = troubled.length - MOST
  return (
    <section className="section" aria-labelledby="troubled">
      <div className="section-head">
        <h2 id="troubled">Hooks in trouble</h2>
        {more > 0 && (
          <Link to="/hooks" query={{ state: 'failing,disabled' }}>
            All {troubled.length}
          </Link>
        )}
      </div>
      {error !== null && data === undefined ? (
        <Problem
          what="The hooks could not be loaded."
          error={error}
          onRetry={() => void refetch()}
          busy={isFetching}
        />
      ) : data === undefined ? (
        <p>
          <Bone width="24ch" />
        </p>
      ) : troubled.length === 0 ? (
        <p className="soft">None. Every enabled hook gets what it listens to.</p>
      ) : (
        <ul className="troubled">
          {troubled.slice(0, MOST).map((hook) => (
            <TroubledHook key={hook.id} hook={hook} health={healths[candidates.indexOf(hook)]} />
          ))}
        </ul>
      )}
    </section>
  )
}

function TroubledHook({ hook, health }: { hook: Hook; health: Health | undefined }) {
  return (
    <li>
      <p className="troubled-line">
        <Link to={`/hooks/${hook.id}`} className="mono cut">
          {visibleLine(hook.target)}
        </Link>
        {health === undefined ? <Bone /> : <HealthStatus state={health.state} />}
      </p>
      <p className="soft">{health === undefined ? <Bone width="30ch" /> : <HealthWords health={health} />}</p>
    </li>
  )
}
