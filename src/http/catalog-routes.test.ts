import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { signatureSettings } from '../hooks/index.ts'
import { openTestRegistry, type TestRegistry } from '../hooks/test-registry.ts'
import type { EventDescription } from '../operations/index.ts'
import { createHttpHandler, type HttpHandlerOptions } from './handler.ts'

/** Names that are hard to write down in a path, in HTML, or in a document. */
const names = ['1', 'book.added', 'odd/name ü', '<script>alert(1)</script>', 'samples', "it's", '__proto__']
const described = names.map(
  (name): EventDescription => ({
    name,
    model: 'Book',
    action: 'created',
    everyone: false,
    previous: name === 'samples',
    description: `</style><script>${name}`,
    schema: { $defs: { Self: { $ref: '#/$defs/Self' } }, properties: { self: { $ref: '#' } } },
    schemaFrom: 'schema',
    example: '{"n":9007199254740993}',
  }),
)

let opened: TestRegistry
beforeEach(async () => {
  opened = await openTestRegistry({ fields: { plan: { type: 'string', default: '"><b>' } } })
})
afterEach(() => opened.close())

const events: NonNullable<HttpHandlerOptions['events']> = {
  describe: async (_owner, wanted) =>
    described.filter(({ name }) => wanted === undefined || wanted.has(name)),
  samples: async (name, owner) => [JSON.stringify({ name, owner })],
}

function open(options: Partial<HttpHandlerOptions> = {}) {
  const handler = createHttpHandler({
    ...opened,
    events,
    authenticate: (request) => request.headers.get('x-user'),
    ...options,
  })
  return (path: string, { method = 'GET', user = 'alice' }: { method?: string; user?: string | null } = {}) =>
    handler(
      new Request(`http://localhost/api/hooks${path}`, {
        method,
        headers: user === null ? {} : { 'x-user': user },
      }),
    )
}

const paths = ['/events', '/events/book.added', '/events/book.added/samples', '/openapi.json', '/docs']

describe('the routes of the catalog', () => {
  it.each(paths)(
    '%s answers with and without a slash, found by itself and below a base path',
    async (path) => {
      for (const basePath of [undefined, '/api/hooks']) {
        const get = open({ basePath })
        for (const asked of [path, `${path}/`]) {
          const response = await get(asked)
          expect([asked, response.status]).toEqual([asked, 200])
          expect(response.headers.get('cache-control')).toBe('no-store')
        }
        expect((await get(path, { method: 'HEAD' })).status).toBe(200)
        expect((await get(path, { method: 'OPTIONS' })).status).toBe(200)
        const refused = await get(path, { method: 'POST' })
        expect([refused.status, refused.headers.get('allow')]).toEqual([405, 'GET, HEAD, OPTIONS'])
      }
    },
  )

  it.each(paths)('%s lets nobody in who is not known', async (path) => {
    expect((await open()(path, { user: null })).status).toBe(401)
  })

  it.each(names)('finds %j by its name', async (name) => {
    const path = `/events/${encodeURIComponent(name)}`
    const get = open({ basePath: '/api/hooks' })
    expect(await (await get(path)).text()).toContain(`"name":${JSON.stringify(name)}`)
    expect(await (await get(`${path}/samples/`)).json()).toEqual([{ name, owner: 'alice' }])
  })

  it('does not find what there is not', async () => {
    const get = open()
    for (const path of ['/events/nope', '/events/nope/samples', '/events/constructor']) {
      expect((await get(path)).status).toBe(404)
    }
  })

  it('takes a number for the name of an event, unless the mount itself is called so', async () => {
    await opened.registry.create({ owner: 'alice', event: 'book.added', target: 'https://example.com/' })
    expect(await (await open()('/events/1')).json()).toMatchObject({ name: '1', schema_from: 'schema' })
    const hook = { id: 1, event: 'book.added' }
    expect(await (await open({ basePath: '/api/hooks/events' })('/events/1')).json()).toMatchObject(hook)
  })
})

describe('the option `docs`', () => {
  it('shows the documents to everybody, and nothing else', async () => {
    const get = open({ docs: 'public' })
    for (const path of paths) {
      const status = path.startsWith('/events') ? 401 : 200
      expect([path, (await get(path, { user: null })).status]).toEqual([path, status])
    }
  })

  it('shows them to nobody', async () => {
    const get = open({ docs: false, basePath: '/api/hooks' })
    for (const path of ['/openapi.json', '/docs']) expect((await get(path)).status).toBe(404)
  })
})

describe('the OpenAPI document', () => {
  it('knows the mount, the fields and every event, and is the same each time', async () => {
    const texts = [await (await open()('/openapi.json')).text(), await (await open()('/openapi.json')).text()]
    expect(texts[0]).toBe(texts[1])
    expect(texts[0]).toContain('9007199254740993')
    const document = JSON.parse(texts[0] ?? '')
    expect(document.servers).toMatchObject([{ url: '/api/hooks' }])
    expect(document.components.schemas.NewHook.properties).toHaveProperty('plan')
    expect(Object.keys(document.webhooks)).toEqual(names)
    for (const name of Object.keys(document.components.schemas)) expect(name).toMatch(/^[\w.-]+$/)
  })

  it('says how deliveries are signed here, what bodies hold, and what administrators see', async () => {
    const signature = signatureSettings({ headers: { id: 'X-Id', timestamp: 'x-time', signature: 'x-sig' } })
    const { webhooks, components } = (await (await open({ signature })('/openapi.json')).json()) as {
      webhooks: Record<string, { post: { parameters: { name: string }[]; requestBody: object } }>
      components: { schemas: Record<string, { properties?: object }> }
    }
    const { parameters } = webhooks['book.added']?.post ?? {}
    expect(parameters?.map(({ name }) => name)).toEqual(['x-id', 'x-time', 'x-sig'])
    expect(JSON.stringify(webhooks.samples)).toContain('"previous":')
    expect(JSON.stringify(webhooks['book.added'])).not.toContain('"previous":')
    expect(components.schemas.Hook?.properties).toHaveProperty('owner')
  })

  it('has the route that nobody need be known for', async () => {
    const { paths: described } = (await (await open()('/openapi.json')).json()) as {
      paths: Record<string, { get: { security: object[] } }>
    }
    expect(described['/health']?.get.security).toEqual([])
  })

  it('has every reference lead somewhere', async () => {
    const document = (await (await open()('/openapi.json')).json()) as object
    const references = [...JSON.stringify(document).matchAll(/"\$ref":"([^"]+)"/g)].map(
      ([, ref]) => ref ?? '',
    )
    expect(references.length).toBeGreaterThan(50)
    for (const ref of new Set(references)) {
      const steps = ref.split('/').slice(1)
      const found = steps.reduce<unknown>(
        (place, step) => (place as Record<string, unknown>)?.[step],
        document,
      )
      expect(found, ref).toBeDefined()
    }
  })
})

describe('the page', () => {
  it('has no script, loads nothing, and shows what applications write as text', async () => {
    const response = await open()('/docs')
    const page = await response.text()
    expect(response.headers.get('content-type')).toBe('text/html; charset=utf-8')
    expect(page).not.toMatch(/<script|<b>|<\/style><|@import|url\(|<img|<iframe|\son\w+=/i)
    expect([...page.matchAll(/<style/g)]).toHaveLength(1)
    const loads = [...page.matchAll(/(?:src|href)="([^"]*)"/g)].map(([, url]) => url ?? '')
    expect(
      loads.filter(
        (url) => !/^(#|data:,$|\/api\/hooks\/openapi\.json$|https:\/\/www\.standardwebhooks\.com$)/.test(url),
      ),
    ).toEqual([])
    const ids = new Set([...page.matchAll(/ id="([^"]+)"/g)].map(([, id]) => id))
    for (const url of loads.filter((one) => one.startsWith('#'))) expect(ids).toContain(url.slice(1))
  })

  it('has a policy of its own for each answer, which its style alone passes', async () => {
    const nonces = await Promise.all(
      ['/docs', '/docs'].map(async (path) => {
        const response = await open()(path)
        const policy = response.headers.get('content-security-policy') ?? ''
        const nonce = /style-src 'nonce-([^']+)'/.exec(policy)?.[1] ?? ''
        expect(policy).toMatch(/^default-src 'none'; /)
        expect(policy).not.toContain('unsafe')
        expect(await response.text()).toContain(`<style nonce="${nonce}">`)
        return nonce
      }),
    )
    expect(nonces[0]).not.toBe(nonces[1])
  })
})
