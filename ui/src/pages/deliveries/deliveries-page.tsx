import { Page } from '../../app/page.tsx'
import { Timeline } from './timeline.tsx'

export function DeliveriesPage() {
  return (
    <Page title="Deliveries">
      <Timeline hint="Each event that happens makes a delivery for every hook that listens to it. They appear here by themselves." />
    </Page>
  )
}
