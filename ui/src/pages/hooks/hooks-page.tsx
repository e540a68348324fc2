import { useEffect, useState } from 'react'
import { useCatalog, useHookPages, useHookStates } from '../../api/queries.ts'
import { useCaller } from '../../app/caller.tsx'
import { Page } from '../../app/page.tsx'
import { useOwner, useUrlState } from '../../app/url-state.ts'
import { Button } from '../../components/button.tsx'
import { Empty } from '../../components/empty.tsx'
import { Link } from '../../components/link.tsx'
import { useSettled } from '../../components/time.tsx'
import { HookTable } from './hook-table.tsx'

const STATES = [
  ['', 'Any state'],
  ['enabled', 'Enabled'],
  ['failing', 'Failing'],
  ['disabled', 'Disabled'],
  ['failing,disabled', 'Failing or disabled'],
] as const

const TYPING_MS = 300

export function HooksPage() {
  const [params, setParams] = useUrlState()
  const owner = useOwner()
  const { read_only } = useCaller()
  const asked = params.get('state') ?? ''
  const filters = {
    search: params.get('search') ?? '',
    event: params.get('event') ?? '',
    state: STATES.some(([state]) => state === asked) ? asked : '',
    owner,
  }
  const pages = useHookPages(filters)
  const states = useHookStates(owner)
  const { data: catalog } = useCatalog()
  const filtered = filters.search !== '' || filters.event !== '' || filters.state !== ''
  const create = !read_only && (
    <Link to="/hooks/new" className="button primary">
      New hook
    </Link>
  )
  const empty = filtered ? (
    <Empty title="No hook is like this">
      <Button onClick={() => setParams({ search: null, event: null, state: null })}>Clear filters</Button>
    </Empty>
  ) : (
    <Empty title="No hooks yet">
      <p>A hook sends events to a URL of yours, as signed POST requests, the moment they happen.</p>
      {create}
    </Empty>
  )
  return (
    <Page title="Hooks" actions={create}>
      <search className="filters">
        <Search value={filters.search} onChange={(search) => setParams({ search })} />
        <label>
          <span className="unseen">Event</span>
          <select value={filters.event} onChange={({ target }) => setParams({ event: target.value })}>
            <option value="">Any event</option>
            {catalog?.map(({ name }) => (
              <option key={name} value={name}>
                {name}
              </option>
            ))}
          </select>
        </label>
        <label>
          <span className="unseen">State</span>
          <select value={filters.state} onChange={({ target }) => setParams({ state: target.value })}>
            {STATES.map(([state, words]) => (
              <option key={state} value={state}>
                {words}
              </option>
            ))}
          </select>
        </label>
      </search>
      <HookTable pages={pages} stateOf={states.data?.stateOf} empty={empty} />
    </Page>
  )
}

/** Searches once the typing pauses. */
function Search({ value, onChange }: { value: string; onChange: (text: string) => void }) {
  const [text, setText] = useState(value)
  const settled = useSettled(text, TYPING_MS)
  // biome-ignore lint/correctness/useExhaustiveDependencies: only what was typed is to change the address
  useEffect(() => {
    if (settled !== value) onChange(settled)
  }, [settled])
  // biome-ignore lint/correctness/useExhaustiveDependencies: cleared from elsewhere
  useEffect(() => {
    if (value !== settled) setText(value)
  }, [value])
  return (
    <label className="search">
      <span className="unseen">Search by target</span>
      <input
        type="search"
        placeholder="Search by target"
        value={text}
        onChange={({ target }) => setText(target.value)}
        maxLength={255}
        autoComplete="off"
        spellCheck={false}
      />
    </label>
  )
}
