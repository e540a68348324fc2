import type { Statistics } from '../../api/wire.ts'
import { fullNumber } from '../../components/chart/scale.ts'
import { Bone } from '../../components/skeleton.tsx'

const KINDS: Readonly<Record<string, string>> = {
  '1xx': 'Informational answers',
  '3xx': 'Redirects (3xx)',
  '4xx': 'Refused by the receiver (4xx)',
  '5xx': 'Receiver has failed (5xx)',
  dns: 'Name does not resolve',
  connect: 'No connection',
  tls: 'TLS failed',
  timeout: 'Timed out',
  refused_address: 'Address not allowed',
  protocol: 'No HTTP answer',
  local: 'Fault on this side',
  payload: 'Body could not be made',
}

/** Why attempts failed, the most frequent reason first. */
export function Failures({ statistics }: { statistics: Statistics | undefined }) {
  const kinds = Object.entries(statistics?.total.failures ?? {}).sort(([, a], [, b]) => b - a)
  const most = kinds[0]?.[1] ?? 1
  return (
    <section className="section" aria-labelledby="failures">
      <div className="section-head">
        <h2 id="failures">Failed attempts by kind</h2>
      </div>
      {statistics === undefined ? (
        <p>
          <Bone width="20ch" />
        </p>
      ) : kinds.length === 0 ? (
        <p className="soft">None in this time.</p>
      ) : (
        <table className="kinds">
          <colgroup>
            <col className="kind-name" />
            <col />
            <col className="kind-count" />
          </colgroup>
          <thead className="unseen">
            <tr>
              <th scope="col">Kind</th>
              <th scope="col" colSpan={2}>
                Attempts
              </th>
            </tr>
          </thead>
          <tbody>
            {kinds.map(([kind, count]) => (
              <tr key={kind}>
                <th scope="row">{KINDS[kind] ?? kind}</th>
                <td>
                  <span
                    className="kind-bar"
                    style={{ width: `${(count / most) * 100}%` }}
                    aria-hidden="true"
                  />
                </td>
                <td className="number">{fullNumber(count)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
    </section>
  )
}
