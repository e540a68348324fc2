import createClient from 'openapi-fetch'
// Made by the test from the running bookstore's document.
import type { components, paths, webhooks } from './schema.ts'

const client = createClient<paths>({
  baseUrl: `${process.argv[2]}`,
  headers: { authorization: 'Bearer alice' },
})

const created = await client.POST('/', {
  body: { event: 'book.added', target: 'https://example.com/generated' },
})
const hook = created.data
if (hook === undefined) throw new Error(JSON.stringify(created.error))

// @ts-expect-error there is no such event
const refused = await client.POST('/', { body: { event: 'book.aded', target: 'https://example.com/' } })
const path = { id: hook.id }
const changed = await client.PATCH('/{id}/', {
  params: { path },
  body: { events: ['book.added', 'book.read'] },
})
const listed = await client.GET('/')
const event = await client.GET('/events/{name}/', { params: { path: { name: 'book.added' } } })
const samples = await client.GET('/events/{name}/samples/', { params: { path: { name: 'book.added' } } })
const deleted = await client.DELETE('/{id}/', { params: { path } })
const missing = await client.GET('/{id}/', { params: { path } })

type Body = webhooks['book.added']['post']['requestBody']['content']['application/json']
type Field = components['schemas']['Hook']['target']
const body: Body = {
  hook: { id: 1, event: 'book.added', target: 'https://example.com/' satisfies Field },
  data: { title: 'The Two Towers', pages: 327, fiction: true },
}
// @ts-expect-error a serializer has made a boolean of it
body.data.fiction = 1

console.log(
  JSON.stringify({
    secret: typeof hook.secret,
    refused: refused.error,
    events: changed.data?.events,
    listed: listed.data?.map(({ id }) => id).includes(hook.id),
    model: event.data?.model,
    sample: samples.data?.[0],
    deleted: deleted.response.status,
    missing: missing.error,
  }),
)
