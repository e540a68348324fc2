import type { Statistics } from '../../api/wire.ts'
import { duration, spanWords } from '../time-words.ts'

/** The figures of the chart for those who do not see it. */
export function ChartTable({ statistics }: { statistics: Statistics }) {
  return (
    <table className="unseen">
      <caption>Attempts over time</caption>
      <thead>
        <tr>
          <th scope="col">Time</th>
          <th scope="col">Delivered</th>
          <th scope="col">Failed</th>
          <th scope="col">Median latency</th>
          <th scope="col">95th percentile</th>
        </tr>
      </thead>
      <tbody>
        {statistics.buckets.map(({ since, delivered, failed, duration_ms }) => (
          <tr key={since}>
            <th scope="row">
              {spanWords(Date.parse(since), Date.parse(since) + statistics.bucket_ms, Date.now())}
            </th>
            <td>{delivered}</td>
            <td>{failed}</td>
            <td>{duration_ms === null ? 'none' : duration(duration_ms.p50)}</td>
            <td>{duration_ms === null ? 'none' : duration(duration_ms.p95)}</td>
          </tr>
        ))}
      </tbody>
    </table>
  )
}
