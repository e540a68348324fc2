import { useCatalog } from '../../api/queries.ts'
import type { Changes } from '../../app/query.ts'
import { AGES, localInput, STATUSES } from './delivery-filters.ts'

interface FilterBarProps {
  params: URLSearchParams
  setParams: (changes: Changes) => void
  /** Names of events to choose from; all of the catalog unless told. */
  events?: readonly string[]
}

const WORDS: Readonly<Record<(typeof STATUSES)[number], string>> = {
  pending: 'Pending',
  delivered: 'Delivered',
  failed: 'Failed',
  cancelled: 'Cancelled',
}

/** Which deliveries are shown; the address keeps it. */
export function FilterBar({ params, setParams, events }: FilterBarProps) {
  const { data: catalog } = useCatalog()
  const names = events ?? catalog?.map(({ name }) => name) ?? []
  const event = params.get('event') ?? ''
  const hasTimes = params.has('since') || params.has('until')
  const age = hasTimes ? 'custom' : (params.get('age') ?? '')
  return (
    <search className="filters">
      <label>
        <span className="unseen">Status</span>
        <select
          value={params.get('status') ?? ''}
          onChange={({ target }) => setParams({ status: target.value })}
        >
          <option value="">Any status</option>
          {STATUSES.map((status) => (
            <option key={status} value={status}>
              {WORDS[status]}
            </option>
          ))}
        </select>
      </label>
      <label>
        <span className="unseen">Event</span>
        <select value={event} onChange={({ target }) => setParams({ event: target.value })}>
          <option value="">Any event</option>
          {event !== '' && !names.includes(event) && <option value={event}>{event}</option>}
          {names.map((name) => (
            <option key={name} value={name}>
              {name}
            </option>
          ))}
        </select>
      </label>
      <label>
        <span className="unseen">Time</span>
        <select
          value={age}
          onChange={({ target }) =>
            setParams(
              target.value === 'custom'
                ? { age: null, since: new Date(Date.now() - 86_400_000).toISOString() }
                : { age: target.value, since: null, until: null },
            )
          }
        >
          <option value="">Any time</option>
          {Object.entries(AGES).map(([name, [words]]) => (
            <option key={name} value={name}>
              {words}
            </option>
          ))}
          <option value="custom">From … to …</option>
        </select>
      </label>
      {age === 'custom' && (
        <>
          <TimeInput name="since" label="From" params={params} setParams={setParams} />
          <TimeInput name="until" label="To" params={params} setParams={setParams} />
        </>
      )}
    </search>
  )
}

interface TimeInputProps extends Pick<FilterBarProps, 'params' | 'setParams'> {
  name: string
  label: string
}

function TimeInput({ name, label, params, setParams }: TimeInputProps) {
  return (
    <label className="labelled">
      {label}
      <input
        type="datetime-local"
        value={localInput(params.get(name))}
        onChange={({ target }) => {
          const time = Date.parse(target.value)
          setParams({ [name]: Number.isNaN(time) ? null : new Date(time).toISOString() })
        }}
      />
    </label>
  )
}
