import { useId, useState } from 'react'
import { useCatalog } from '../../../api/queries.ts'
import { Problem } from '../../../components/problem.tsx'

interface EventPickerProps {
  chosen: readonly string[]
  onChange: (events: readonly string[]) => void
  errors?: readonly string[] | undefined
}

/** The events of the catalog to choose from, with what they mean. */
export function EventPicker({ chosen, onChange, errors = [] }: EventPickerProps) {
  const { data: catalog, error, refetch, isFetching } = useCatalog()
  const [search, setSearch] = useState('')
  const id = useId()
  const wanted = search.trim().toLowerCase()
  const names = catalog?.map(({ name }) => name) ?? []
  const all = [
    ...(catalog ?? []),
    // A hook may listen to what is in the catalog no longer.
    ...chosen
      .filter((name) => !names.includes(name) && catalog !== undefined)
      .map((name) => ({ name, description: 'Not in the catalog any more.' })),
  ]
  const found = all.filter(({ name, description }) =>
    `${name} ${description ?? ''}`.toLowerCase().includes(wanted),
  )

  return (
    <fieldset className="field picker" aria-describedby={`${id}-more`}>
      <legend>Events</legend>
      {error !== null && catalog === undefined ? (
        <Problem
          what="The events could not be loaded."
          error={error}
          onRetry={() => void refetch()}
          busy={isFetching}
        />
      ) : (
        <div className="picker-box">
          <input
            type="search"
            name="events"
            aria-label="Search events"
            aria-invalid={errors.length > 0 || undefined}
            placeholder="Search events"
            value={search}
            onChange={({ target }) => setSearch(target.value)}
            // Enter would send the form.
            onKeyDown={(event) => event.key === 'Enter' && event.preventDefault()}
          />
          <ul>
            {found.map(({ name, description }) => (
              <li key={name}>
                <label>
                  <input
                    type="checkbox"
                    checked={chosen.includes(name)}
                    onChange={({ target }) =>
                      onChange(target.checked ? [...chosen, name] : chosen.filter((one) => one !== name))
                    }
                  />
                  <span>
                    <span className="mono">{name}</span>
                    {description !== null && <span className="picker-words">{description}</span>}
                  </span>
                </label>
              </li>
            ))}
            {catalog !== undefined && found.length === 0 && (
              <li className="picker-none">No event is called so.</li>
            )}
          </ul>
          <p className="picker-foot" role="status">
            {chosen.length === 0 ? 'None chosen' : `${chosen.length} chosen`}
          </p>
        </div>
      )}
      <div className="field-more" id={`${id}-more`}>
        {errors.map((message) => (
          <p className="field-error" key={message}>
            {message}
          </p>
        ))}
      </div>
    </fieldset>
  )
}
