import { useDeliveryPages } from '../../api/queries.ts'
import { useOwner } from '../../app/url-state.ts'
import { Link } from '../../components/link.tsx'
import { DeliveryTable } from '../deliveries/delivery-table.tsx'

const NEWEST = 5

export function FailedDeliveries() {
  const owner = useOwner()
  const pages = useDeliveryPages(
    { status: 'failed', event: '', since: '', until: '', owner },
    undefined,
    NEWEST,
  )
  return (
    <section className="section" aria-labelledby="failed">
      <div className="section-head">
        <h2 id="failed">Newest failed deliveries</h2>
        <Link to="/deliveries" query={{ status: 'failed' }}>
          All
        </Link>
      </div>
      <DeliveryTable
        pages={pages}
        most={NEWEST}
        empty={<p className="soft">None.</p>}
        label="Newest failed deliveries"
      />
    </section>
  )
}
