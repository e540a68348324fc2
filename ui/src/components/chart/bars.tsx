import type { Statistics } from '../../api/wire.ts'
import { clockOf, dayOf } from '../time-words.ts'
import { ABOVE, BELOW, barWidth, centreOf, LEFT } from './plot.ts'
import { barHeight, marks, shortNumber, timeMarks } from './scale.ts'

interface BarsProps {
  statistics: Statistics
  width: number
  height: number
  /** Where the cursor is. */
  at: number | null
}

const ROOM_FOR_A_TIME = 90

/** The picture alone; {@link ChartTable} says the same in words. */
export function Bars({ statistics, width, height, at }: BarsProps) {
  const { buckets, bucket_ms } = statistics
  const lines = marks(Math.max(...buckets.map(({ attempts }) => attempts), 0))
  const top = lines.at(-1) ?? 1
  const room = height - BELOW - ABOVE
  const y = (count: number) => ABOVE + room - (count / top) * room
  const bar = barWidth(width, buckets.length)
  const since = Date.parse(statistics.since)
  const until = since + bucket_ms * buckets.length
  const zone = -new Date(until).getTimezoneOffset() * 60_000
  const times = timeMarks(since, until, Math.max(2, Math.floor((width - LEFT) / ROOM_FOR_A_TIME)), zone)
  const x = (time: number) => LEFT + ((time - since) / (until - since)) * (width - LEFT)
  const ofDays = until - since > 3 * 86_400_000

  return (
    <svg width={width} height={height} aria-hidden="true">
      {lines.map((mark) => (
        <g key={mark}>
          <line
            className="chart-line"
            x1={LEFT}
            x2={width}
            y1={Math.round(y(mark)) + 0.5}
            y2={Math.round(y(mark)) + 0.5}
          />
          <text className="chart-mark" x={LEFT - 8} y={y(mark) + 4} textAnchor="end">
            {shortNumber(mark)}
          </text>
        </g>
      ))}
      {times.map((time) => (
        <text
          className="chart-mark"
          key={time}
          x={x(time)}
          y={height - 6}
          textAnchor={x(time) < LEFT + 24 ? 'start' : x(time) > width - 24 ? 'end' : 'middle'}
        >
          {ofDays || (new Date(time).getHours() === 0 && new Date(time).getMinutes() === 0)
            ? dayOf(time)
            : clockOf(time)}
        </text>
      ))}
      {at !== null && (
        <rect
          className="chart-cursor"
          x={centreOf(at, width, buckets.length) - bar / 2 - 1}
          width={bar + 2}
          y={ABOVE}
          height={room}
        />
      )}
      {buckets.map(({ since: key, delivered, failed }, index) => {
        const good = barHeight(delivered, top, room)
        const bad = barHeight(failed, top, room)
        const left = centreOf(index, width, buckets.length) - bar / 2
        return (
          <g key={key}>
            {good > 0 && (
              <rect className="chart-good" x={left} width={bar} y={ABOVE + room - good} height={good} />
            )}
            {bad > 0 && (
              <rect className="chart-bad" x={left} width={bar} y={ABOVE + room - good - bad} height={bad} />
            )}
          </g>
        )
      })}
    </svg>
  )
}
