import { useStatistics } from '../../api/queries.ts'
import { Page } from '../../app/page.tsx'
import { useOwner, useUrlState } from '../../app/url-state.ts'
import { AttemptsChart } from '../../components/chart/attempts-chart.tsx'
import { Empty } from '../../components/empty.tsx'
import { Link } from '../../components/link.tsx'
import { Problem } from '../../components/problem.tsx'
import { Segmented } from '../../components/segmented.tsx'
import { FailedDeliveries } from './failed-deliveries.tsx'
import { Failures } from './failures.tsx'
import { Backlog, Figures } from './figures.tsx'
import { isRange, RANGES, type RangeName, spanOf } from './ranges.ts'
import { Troubled } from './troubled.tsx'

const OPTIONS = Object.entries(RANGES).map(([name, { words }]) => [name as RangeName, words] as const)

export function OverviewPage() {
  const [params, setParams] = useUrlState()
  const owner = useOwner()
  const asked = params.get('range')
  const range = isRange(asked) ? asked : '24h'
  const zone = -new Date().getTimezoneOffset() * 60_000
  const { data, error, refetch, isFetching } = useStatistics(range, owner, () =>
    spanOf(range, Date.now(), zone),
  )
  const picker = (
    <Segmented
      label="Time range"
      value={range}
      options={OPTIONS}
      onChange={(name) => setParams({ range: name })}
    />
  )
  return (
    <Page title="Overview" actions={picker}>
      {error !== null && data === undefined ? (
        <Problem
          what="The figures could not be loaded."
          error={error}
          onRetry={() => void refetch()}
          busy={isFetching}
        />
      ) : (
        <>
          <Figures statistics={data} />
          <section className="section" aria-labelledby="over-time">
            <div className="section-head">
              <h2 id="over-time">Attempts</h2>
              <ul className="legend" aria-hidden="true">
                <li>
                  <span className="swatch good" />
                  Delivered
                </li>
                <li>
                  <span className="swatch bad" />
                  Failed
                </li>
              </ul>
            </div>
            {data === undefined ? (
              <div className="chart-place" aria-busy="true" />
            ) : data.total.attempts === 0 ? (
              <div className="chart-place">
                <Empty title="No attempts in this time">
                  <p>
                    Deliveries are made when something happens that a hook listens to.{' '}
                    <Link to="/hooks">See the hooks</Link>
                  </p>
                </Empty>
              </div>
            ) : (
              <AttemptsChart statistics={data} />
            )}
            {data?.complete === false && (
              <p className="hint">
                These figures are estimates, from a sample of {data.looked.toLocaleString('en')} attempts.
              </p>
            )}
          </section>
          <Backlog statistics={data} />
          <div className="columns">
            <Troubled />
            <Failures statistics={data} />
          </div>
          <FailedDeliveries />
        </>
      )}
    </Page>
  )
}
