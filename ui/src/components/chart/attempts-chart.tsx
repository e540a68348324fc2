import { type KeyboardEvent, type RefObject, useId, useLayoutEffect, useRef, useState } from 'react'
import type { Statistics } from '../../api/wire.ts'
import { spanWords } from '../time-words.ts'
import { Bars } from './bars.tsx'
import { ChartTable } from './chart-table.tsx'
import { centreOf, indexAt } from './plot.ts'
import { Tooltip } from './tooltip.tsx'

const HEIGHT = 220

interface ChartProps {
  statistics: Statistics
}

/** Attempts over time by how they went. Pointer and arrow keys move one cursor; the same figures are in a table beside. */
export function AttemptsChart({ statistics }: ChartProps) {
  const { buckets, bucket_ms } = statistics
  const box = useRef<HTMLDivElement>(null)
  const width = useWidth(box)
  const [at, setAt] = useState<number | null>(null)
  const id = useId()
  const bucket = at === null ? undefined : buckets[at]

  function onKey(event: KeyboardEvent) {
    const last = buckets.length - 1
    const next: Readonly<Record<string, number | null>> = {
      ArrowLeft: Math.max(0, (at ?? last + 1) - 1),
      ArrowRight: Math.min(last, (at ?? last - 1) + 1),
      Home: 0,
      End: last,
      Escape: null,
    }
    if (!(event.key in next)) return
    event.preventDefault()
    setAt(next[event.key] ?? null)
  }

  return (
    <div className="chart">
      <div
        className="chart-box"
        ref={box}
        role="slider"
        tabIndex={0}
        aria-label="Attempts over time"
        aria-describedby={id}
        aria-valuemin={0}
        aria-valuemax={Math.max(0, buckets.length - 1)}
        aria-valuenow={at ?? buckets.length - 1}
        aria-valuetext={bucket === undefined ? 'No time is chosen' : wordsOf(bucket, bucket_ms)}
        onKeyDown={onKey}
        onFocus={(event) => event.target.matches(':focus-visible') && setAt(at ?? buckets.length - 1)}
        onBlur={() => setAt(null)}
        onPointerMove={(event) => {
          const { left } = event.currentTarget.getBoundingClientRect()
          setAt(indexAt(event.clientX - left, width, buckets.length))
        }}
        onPointerLeave={() => setAt(null)}
      >
        {width > 0 && <Bars statistics={statistics} width={width} height={HEIGHT} at={at} />}
        {bucket !== undefined && (
          <Tooltip
            bucket={bucket}
            bucketMs={bucket_ms}
            x={centreOf(at ?? 0, width, buckets.length)}
            width={width}
          />
        )}
      </div>
      <p className="unseen" id={id}>
        Arrow keys move from one time to the next. A table of the same figures follows.
      </p>
      <ChartTable statistics={statistics} />
    </div>
  )
}

function wordsOf(bucket: Statistics['buckets'][number], bucketMs: number): string {
  const since = Date.parse(bucket.since)
  const { delivered, failed } = bucket
  return `${spanWords(since, since + bucketMs, Date.now())}: ${delivered} delivered, ${failed} failed`
}

function useWidth(box: RefObject<HTMLElement | null>): number {
  const [width, setWidth] = useState(0)
  useLayoutEffect(() => {
    const element = box.current
    if (element === null) return
    setWidth(element.clientWidth)
    const observer = new ResizeObserver(() => setWidth(element.clientWidth))
    observer.observe(element)
    return () => observer.disconnect()
  }, [box])
  return width
}
