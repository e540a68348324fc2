import { useMemo } from 'react'
import { useDeliveryPages } from '../../api/queries.ts'
import { useOwner, useUrlState } from '../../app/url-state.ts'
import { Button } from '../../components/button.tsx'
import { Empty } from '../../components/empty.tsx'
import { isFiltered, readDeliveryQuery, WITHOUT_FILTERS } from './delivery-filters.ts'
import { DeliveryTable } from './delivery-table.tsx'
import { FilterBar } from './filter-bar.tsx'

interface TimelineProps {
  /** Of one hook; of all without it. */
  hookId?: number
  events?: readonly string[]
  /** What to do where nothing has happened yet. */
  hint: string
}

/** Deliveries with their filters, live. */
export function Timeline({ hookId, events, hint }: TimelineProps) {
  const [params, setParams] = useUrlState()
  const owner = useOwner()
  const address = params.toString()
  // Of the moment when it was chosen: a time that moves would make another list of it each minute.
  const filters = useMemo(() => readDeliveryQuery(new URLSearchParams(address), Date.now()), [address])
  const pages = useDeliveryPages({ ...filters, owner }, hookId)
  const empty = isFiltered(params) ? (
    <Empty title="No delivery is like this">
      <Button onClick={() => setParams(WITHOUT_FILTERS)}>Clear filters</Button>
    </Empty>
  ) : (
    <Empty title="No deliveries yet">
      <p>{hint}</p>
    </Empty>
  )
  return (
    <>
      <FilterBar params={params} setParams={setParams} {...(events === undefined ? {} : { events })} />
      <DeliveryTable pages={pages} empty={empty} label="Deliveries" ofOneHook={hookId !== undefined} />
    </>
  )
}
