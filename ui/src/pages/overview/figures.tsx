import type { ReactNode } from 'react'
import type { Statistics } from '../../api/wire.ts'
import { fullNumber } from '../../components/chart/scale.ts'
import { Bone } from '../../components/skeleton.tsx'
import { Ago } from '../../components/time.tsx'
import { duration } from '../../components/time-words.ts'
import { successRate } from './success-rate.ts'

interface FiguresProps {
  /** Undefined while it is being loaded. */
  statistics: Statistics | undefined
}

/** A figure, what it is of, and what is to be said of it. */
function Figure({ label, value, note }: { label: string; value: ReactNode; note?: ReactNode }) {
  return (
    <div className="figure">
      <dt>{label}</dt>
      <dd>
        <span className="figure-value">{value}</span>
        {note !== undefined && <span className="figure-note">{note}</span>}
      </dd>
    </div>
  )
}

/** How attempts went in the chosen time. */
export function Figures({ statistics }: FiguresProps) {
  const total = statistics?.total
  const of = (show: (total: Statistics['total']) => ReactNode) =>
    total === undefined ? <Bone width="4ch" /> : show(total)
  const estimate = statistics?.complete === false ? '≈ ' : ''
  return (
    <dl className="figures">
      <Figure label="Delivered" value={of(({ delivered }) => estimate + fullNumber(delivered))} />
      <Figure label="Failed attempts" value={of(({ failed }) => estimate + fullNumber(failed))} />
      <Figure label="Success rate" value={of(successRate)} />
      <Figure
        label="Latency p50"
        value={of(({ duration_ms }) => (duration_ms === null ? '–' : duration(duration_ms.p50)))}
      />
      <Figure
        label="Latency p95"
        value={of(({ duration_ms }) => (duration_ms === null ? '–' : duration(duration_ms.p95)))}
      />
    </dl>
  )
}

/** What there is to do right now. */
export function Backlog({ statistics }: FiguresProps) {
  const now = statistics?.now
  const count = (show: (now: Statistics['now']) => number) => {
    if (now === undefined) return <Bone width="3ch" />
    const found = show(now)
    return `${fullNumber(found)}${found >= now.capped_at ? '+' : ''}`
  }
  const oldest = now?.deliveries.oldest_due ?? null
  return (
    <section className="section" aria-labelledby="now">
      <div className="section-head">
        <h2 id="now">Now</h2>
      </div>
      <dl className="figures small">
        <Figure
          label="Due"
          value={count(({ deliveries }) => deliveries.due)}
          note={
            oldest === null ? undefined : (
              <>
                oldest <Ago at={oldest} />
              </>
            )
          }
        />
        <Figure label="In flight" value={count(({ deliveries }) => deliveries.in_flight)} />
        <Figure label="Scheduled retries" value={count(({ deliveries }) => deliveries.scheduled)} />
        <Figure label="Held back" value={count(({ deliveries }) => deliveries.parked)} />
        <Figure
          label="Events waiting"
          value={count(({ events }) => events.waiting)}
          note={
            now !== undefined && now.events.failing > 0 ? `${fullNumber(now.events.failing)} fail` : undefined
          }
        />
      </dl>
    </section>
  )
}
