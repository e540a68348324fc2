import { Route, Switch, useLocation } from 'wouter'
import { Empty } from '../components/empty.tsx'
import { Link } from '../components/link.tsx'
import { DeliveriesPage } from '../pages/deliveries/deliveries-page.tsx'
import { DeliveryPage } from '../pages/delivery/delivery-page.tsx'
import { EventPage } from '../pages/events/event-page.tsx'
import { EventsPage } from '../pages/events/events-page.tsx'
import { HookPage } from '../pages/hook/hook-page.tsx'
import { EditHookPage, NewHookPage } from '../pages/hooks/form/form-pages.tsx'
import { HooksPage } from '../pages/hooks/hooks-page.tsx'
import { OverviewPage } from '../pages/overview/overview-page.tsx'
import { ErrorBoundary } from './error-boundary.tsx'
import { Page } from './page.tsx'

/** Whatever else stands there is no hook's id, and nobody is asked for it. */
const HOOK = /^\/hooks\/(?<id>\d{1,15})\/?$/
const EDIT_HOOK = /^\/hooks\/(?<id>\d{1,15})\/edit\/?$/

export function Routes() {
  const [path] = useLocation()
  return (
    <ErrorBoundary place={path}>
      <Switch>
        <Route path="/" component={OverviewPage} />
        <Route path="/hooks" component={HooksPage} />
        <Route path="/hooks/new" component={NewHookPage} />
        <Route path={HOOK}>{({ id = '' }) => <HookPage key={id} id={Number(id)} />}</Route>
        <Route path={EDIT_HOOK}>{({ id = '' }) => <EditHookPage key={id} id={Number(id)} />}</Route>
        <Route path="/deliveries" component={DeliveriesPage} />
        <Route path="/deliveries/:id">{({ id }) => <DeliveryPage key={id} id={id} />}</Route>
        <Route path="/events" component={EventsPage} />
        <Route path="/events/:name">{({ name }) => <EventPage key={name} name={name} />}</Route>
        <Route>
          <Page title="Not found">
            <Empty title="There is no such page">
              <p>
                <Link to="/">Back to the overview</Link>
              </p>
            </Empty>
          </Page>
        </Route>
      </Switch>
    </ErrorBoundary>
  )
}
