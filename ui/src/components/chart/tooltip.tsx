import type { Statistics } from '../../api/wire.ts'
import { duration, spanWords } from '../time-words.ts'
import { fullNumber } from './scale.ts'

interface TooltipProps {
  bucket: Statistics['buckets'][number]
  bucketMs: number
  x: number
  width: number
}

const WIDTH = 190

export function Tooltip({ bucket, bucketMs, x, width }: TooltipProps) {
  const since = Date.parse(bucket.since)
  const left = Math.min(Math.max(0, x > width / 2 ? x - WIDTH - 14 : x + 14), Math.max(0, width - WIDTH))
  const { delivered, failed, duration_ms } = bucket
  return (
    <div className="chart-tooltip" style={{ left, width: WIDTH }} aria-hidden="true">
      <p className="chart-tooltip-time">{spanWords(since, since + bucketMs, Date.now())}</p>
      <dl>
        <dt>
          <span className="swatch good" />
          Delivered
        </dt>
        <dd>{fullNumber(delivered)}</dd>
        <dt>
          <span className="swatch bad" />
          Failed
        </dt>
        <dd>{fullNumber(failed)}</dd>
        <dt>p50</dt>
        <dd>{duration_ms === null ? '–' : duration(duration_ms.p50)}</dd>
        <dt>p95</dt>
        <dd>{duration_ms === null ? '–' : duration(duration_ms.p95)}</dd>
      </dl>
    </div>
  )
}
