import { sql } from 'kysely'
import type { Store } from '../../store/store.ts'
import { first } from '../../store/work.ts'
import type { DoctorContext, Examination } from './context.ts'
import { countText, type Found } from './finding.ts'

/** So many events are no trouble for years; beyond it nobody wants them all. */
const LARGE_LOG = 1_000_000

/** Options that are allowed, and may not be meant. */
export async function checkSettings({ settings }: DoctorContext): Promise<Found[]> {
  const { isEncrypted, hasAuthenticate, allow } = settings
  const found: Found[] = []
  if (!isEncrypted) {
    found.push({
      code: 'not_encrypted',
      state: 'ok',
      message:
        'Secrets and headers of hooks are kept as they are: whoever reads the database can sign as you.',
      cure: 'Set the option encryptionKey (`openssl rand -base64 32`), then call hooks.reencrypt() once.',
    })
  }
  if (!hasAuthenticate) {
    found.push({
      code: 'api_closed',
      state: 'ok',
      message: 'The option authenticate is left out, so the REST API and the dashboard let nobody in.',
      cure: 'If they are to be used, give authenticate: (request) => the id of who calls.',
    })
  }
  if (allow.length > 0 && process.env.NODE_ENV === 'production') {
    found.push({
      code: 'private_allowed',
      state: 'warning',
      message: `In production hooks may lead to what is not on the public internet: ${allow.join(', ')}.`,
      cure: 'Take out of the option allow what was meant for development: through it, users can reach your own network.',
      details: { allow },
    })
  }
  return found
}

/** Options that matter only with what there is. */
export async function checkStored({ store, settings, scan }: Examination): Promise<Found[]> {
  const { retention, httpsOnly } = settings
  const found: Found[] = []
  if (retention === false) {
    const events = await countEvents(store)
    found.push({
      code: 'kept_for_ever',
      state: events >= LARGE_LOG ? 'warning' : 'ok',
      message: `Nothing is ever removed (retention: false), and there are about ${countText(events, 'event')}.`,
      cure: 'Leave the option out for 30 days, or say how long: retention: { days: 90 }.',
      details: { events },
    })
  }
  const { http } = await scan()
  if (http > 0) {
    found.push({
      code: 'http_targets',
      state: 'ok',
      message: `${countText(http, 'hook leads', 'hooks lead')} to http://: what is sent there can be read and changed on its way${httpsOnly ? ', and is refused now, because connection.httpsOnly is set' : ''}.`,
      cure: 'Move them to https://. connection: { httpsOnly: true } refuses new ones.',
      details: { hooks: http },
    })
  }
  return found
}

/** By the first and the last number, because counting them would look at each. */
async function countEvents(store: Store): Promise<number> {
  const query = store.db
    .selectFrom('event')
    .select(({ fn }) => sql<number>`${fn.max('seq')} - ${fn.min('seq')} + 1`.as('events'))
  return Number((await store.read(() => first(query)))?.events ?? 0)
}
