import type { Bundle, ZObject } from 'zapier-platform-core'
import zapier from 'zapier-platform-core'

interface Hook {
  id: number
}

/** What a hook's target gets. */
interface Delivery {
  hook: { id: number; event: string; target: string }
  data: Record<string, unknown>
}

const { API } = process.env
if (API === undefined) throw new Error('Set API to where hookwright is mounted')

export async function performSubscribe(z: ZObject, { targetUrl, inputData }: Bundle): Promise<Hook> {
  const body = { event: inputData.event, target: targetUrl }
  return (await z.request<Hook>({ url: `${API}/`, method: 'POST', body })).data
}

export async function performUnsubscribe(z: ZObject, { subscribeData }: Bundle): Promise<object> {
  await z.request({ url: `${API}/${subscribeData?.id}/`, method: 'DELETE' })
  return {}
}

/** Bodies as they arrive, for the editor: the same shape as what `perform` gets. */
export async function performList(z: ZObject, { inputData }: Bundle): Promise<object[]> {
  const url = `${API}/events/${encodeURIComponent(String(inputData.event))}/samples/`
  return (await z.request<Delivery[]>({ url })).data.map(flat)
}

/** What of a delivery a Zap works with. */
export function perform(_z: ZObject, { cleanedRequest }: Bundle): object[] {
  return [flat(cleanedRequest as Delivery)]
}

function flat({ hook, data }: Delivery): object {
  return { ...data, event: hook.event }
}

/** The events there are, as the choices of a dropdown. */
export async function listEvents(z: ZObject): Promise<object[]> {
  const { data } = await z.request<{ name: string; description: string | null }[]>({ url: `${API}/events/` })
  return data.map(({ name, description }) => ({ id: name, name: description ?? name }))
}

const event = zapier.defineTrigger({
  key: 'event',
  noun: 'Event',
  display: { label: 'New Event', description: 'Triggers when something happens in the bookstore.' },
  operation: {
    type: 'hook',
    inputFields: [{ key: 'event', required: true, dynamic: 'events.id.name' }],
    performSubscribe,
    performUnsubscribe,
    performList,
    perform,
    sample: { title: 'The Two Towers', pages: 327, fiction: true, event: 'book.added' },
  },
})

const events = zapier.defineTrigger({
  key: 'events',
  noun: 'Event',
  display: { label: 'Events', description: 'Lists the events.', hidden: true },
  operation: { perform: listEvents },
})

export const app = zapier.defineApp({
  version: '1.0.0',
  platformVersion: zapier.version,
  authentication: {
    type: 'custom',
    fields: [{ key: 'token', required: true }],
    test: { url: `${API}/` },
    connectionLabel: 'Bookstore',
  },
  beforeRequest: [
    (request, _z, { authData }) => {
      request.headers = { ...request.headers, authorization: `Bearer ${String(authData?.token)}` }
      return request
    },
  ],
  triggers: { [event.key]: event, [events.key]: events },
})
