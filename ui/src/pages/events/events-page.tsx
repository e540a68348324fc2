import { useState } from 'react'
import { useCatalog } from '../../api/queries.ts'
import { Page } from '../../app/page.tsx'
import { Link } from '../../components/link.tsx'
import { Problem } from '../../components/problem.tsx'
import { Bone } from '../../components/skeleton.tsx'
import { Verify } from './verify.tsx'

/** With so many events one searches. */
const MANY = 8

export function EventsPage() {
  const { data: catalog, error, refetch, isFetching } = useCatalog()
  const [search, setSearch] = useState('')
  const wanted = search.trim().toLowerCase()
  const found = catalog?.filter(({ name, description }) =>
    `${name} ${description ?? ''}`.toLowerCase().includes(wanted),
  )
  return (
    <Page title="Events">
      {(catalog?.length ?? 0) > MANY && (
        <search className="filters">
          <label className="search">
            <span className="unseen">Search events</span>
            <input
              type="search"
              placeholder="Search events"
              value={search}
              onChange={({ target }) => setSearch(target.value)}
            />
          </label>
        </search>
      )}
      {error !== null && catalog === undefined ? (
        <Problem
          what="The events could not be loaded."
          error={error}
          onRetry={() => void refetch()}
          busy={isFetching}
        />
      ) : (
        <ul className="catalog" aria-busy={catalog === undefined}>
          {found?.map(({ name, description, model, action, everyone }) => (
            <li key={name}>
              <Link to={`/events/${encodeURIComponent(name)}`} className="row-link mono">
                {name}
              </Link>
              <span className="catalog-words">{description ?? originOf(model, action)}</span>
              <span className="catalog-note soft">{everyone ? 'for everybody' : ''}</span>
            </li>
          )) ??
            Array.from({ length: 6 }, (_, index) => (
              // biome-ignore lint/suspicious/noArrayIndexKey: they are all the same
              <li key={index}>
                <Bone width="16ch" />
              </li>
            ))}
          {found?.length === 0 && <li className="soft">No event is called so.</li>}
        </ul>
      )}
      <Verify />
    </Page>
  )
}

/** Where an event comes from, for one that nobody has described. */
export function originOf(model: string | null, action: string | null): string {
  return model === null ? 'Sent by the application' : `${model} ${action ?? ''}`.trim()
}
