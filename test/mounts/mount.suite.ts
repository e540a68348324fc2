import { once } from 'node:events'
import { connect } from 'node:net'
import { text } from 'node:stream/consumers'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { files } from '../../src/http/dashboard/files.generated.js'
import type { Served } from './application.ts'

/** How a framework differs, where it is not ours to decide. */
export interface MountTraits {
  /** Where the mount is. `/api/hooks` unless told. */
  prefix?: string
  /** By what the framework's own request is known. */
  native: string
  /** A parser of the application's reads bodies before, to their ends, and answers what it refuses. */
  parsed?: boolean
  /** Something reads them before, and refuses nothing. */
  read?: boolean
  /** The mount is found from the path: whatever is no route may be one. */
  found?: boolean
  /** It decodes paths before, and answers so to those that it cannot. */
  undecodable?: 400 | 500
  /** It redirects from slashes that come twice. */
  redirects?: boolean
  /** It keeps the length of what HEAD would have been answered with. True unless told. */
  headLength?: boolean
  /** It compresses by itself, or not, as it likes. */
  compresses?: boolean
  /** It reads multipart forms, or leaves them to us. True unless told. */
  multipart?: boolean
}

const target = 'https://example.com/target'
const fields = { event: 'user.logged_in', target }

/** What holds for the REST API on every mount, seen from outside. */
export function mountSuite(start: () => Promise<Served>, traits: MountTraits): void {
  const { prefix = '/api/hooks', native, parsed = false, multipart = true, headLength = true } = traits
  const waits = parsed || traits.read === true
  let served: Served
  beforeAll(async () => {
    served = await start()
  })
  afterAll(() => served?.close())

  const at = (path: string) => `http://localhost:${served.port}${prefix}${path}`
  /** Each test has an owner of its own. */
  let owners = 0
  const caller = () => {
    owners += 1
    const user = `user${owners}`
    const call = (path: string, method = 'GET', body?: unknown, headers = {}) =>
      fetch(at(path), {
        method,
        headers: {
          'x-user': user,
          ...(typeof body === 'object' && !(body instanceof URLSearchParams) && !(body instanceof FormData)
            ? { 'content-type': 'application/json' }
            : {}),
          ...headers,
        },
        ...(body === undefined ? {} : { body: bodyOf(body) }),
      })
    return { user, call }
  }
  const raw = async (lines: string[], body = '') => {
    const socket = connect(served.port, 'localhost')
    socket.write([...lines, 'Host: localhost', 'Connection: close', '', body].join('\r\n'))
    return text(socket)
  }

  it.each(['', '/'])('creates, shows, changes and deletes hooks, with %o at the end', async (slash) => {
    const { call } = caller()
    const created = await call(slash, 'POST', fields)
    expect(created.status).toBe(201)
    expect(created.headers.get('content-type')).toBe('application/json')
    expect(created.headers.get('cache-control')).toBe('no-store')
    expect(created.headers.get('x-content-type-options')).toBe('nosniff')
    const { id } = (await created.json()) as { id: number }
    expect(await (await call(slash)).json()).toMatchObject([{ id, ...fields }])
    expect(await (await call(`/${id}${slash}?x=/7`)).json()).toMatchObject({ id, ...fields })
    const put = await call(`/${id}${slash}`, 'PUT', { ...fields, target: `${target}/put` })
    expect(await put.json()).toMatchObject({ target: `${target}/put` })
    const patch = await call(`/${id}${slash}`, 'PATCH', { target: `${target}/patch` })
    expect(await patch.json()).toMatchObject({ target: `${target}/patch` })
    const gone = await call(`/${id}${slash}`, 'DELETE')
    expect([gone.status, await gone.text()]).toEqual([204, ''])
    expect((await call(`/${id}${slash}`)).status).toBe(404)
  })

  it('takes forms', async () => {
    const { call } = caller()
    expect((await call('/', 'POST', new URLSearchParams(fields))).status).toBe(201)
    const twice = new URLSearchParams([
      ['event', 'user.logged_in'],
      ['target', `${target}/1`],
      ['target', `${target}/2`],
    ])
    expect(await (await call('/', 'POST', twice)).json()).toMatchObject({ target: `${target}/2` })
    if (!multipart) return
    const form = new FormData()
    form.append('event', fields.event)
    form.append('target', `${target}/multipart`)
    expect((await call('/', 'POST', form)).status).toBe(201)
  })

  it('takes a body of whatever length, in pieces', async () => {
    const { user } = caller()
    const json = JSON.stringify({ ...fields, target: `${target}/é` })
    const pieces = [...Buffer.from(json)].map((byte) => `1\r\n${String.fromCharCode(byte)}\r\n`).join('')
    const socket = connect(served.port, 'localhost')
    const head = `POST ${prefix}/ HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nX-User: ${user}\r\n`
    socket.write(`${head}Content-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n`)
    socket.write(Buffer.from(`${pieces}0\r\n\r\n`, 'latin1'))
    expect(await text(socket)).toMatch(/^HTTP\/1\.1 201 .*"target":"https:\/\/example\.com\/target\/é"/s)
  })

  it('serves the dashboard to everybody, whose page finds its files and the API from any path', async () => {
    for (const path of [
      '/ui',
      '/ui/',
      '/ui/hooks/1',
      '/ui/hooks/1/deliveries/?status=failed',
      '/ui/events/b%2Fc',
    ]) {
      const page = await fetch(at(path))
      const html = await page.text()
      expect([path, page.status, page.headers.get('content-type')]).toEqual([
        path,
        200,
        'text/html; charset=utf-8',
      ])
      expect(page.headers.get('content-security-policy')).toMatch(
        /^default-src 'none'; script-src 'nonce-[\w+/=]+' 'strict-dynamic'; .*require-trusted-types-for 'script'$/,
      )
      expect(page.headers.get('x-content-type-options')).toBe('nosniff')
      const base = new URL(/<base href="([^"]*)">/.exec(html)?.[1] ?? '', page.url)
      expect(base.href).toBe(at('/ui/'))
      expect((await fetch(new URL('../health', base))).status).toBe(200)
      const [script = ''] = /assets\/[\w.-]+\.js/.exec(html) ?? []
      expect((await fetch(new URL(script, base), { method: 'HEAD' })).status).toBe(200)
    }
  })

  it.each(['br', 'gzip', 'identity'])('sends the files of the dashboard unharmed, as %s', async (coding) => {
    for (const [name, { type, text: expected }] of Object.entries(files)) {
      const headers = { 'accept-encoding': coding }
      const file = await fetch(at(`/ui/${name}`), { headers })
      expect([file.status, file.headers.get('content-type')]).toEqual([200, type])
      const encoded = file.headers.get('content-encoding')
      if (traits.compresses !== true) expect(encoded).toBe(coding === 'identity' ? null : coding)
      // fetch has decoded it.
      expect((await file.text()) === expected).toBe(true)
      const etag = file.headers.get('etag') ?? ''
      const again = await fetch(at(`/ui/${name}`), { headers: { ...headers, 'if-none-match': etag } })
      expect([again.status, await again.text()]).toEqual([304, ''])
      const head = await fetch(at(`/ui/${name}`), { method: 'HEAD', headers })
      expect([head.status, head.headers.get('etag'), await head.text()]).toEqual([200, etag, ''])
    }
  })

  it('has no other files, and takes nothing else there', async () => {
    for (const path of ['/ui/assets/none.js', '/ui/assets/..%2f..%2fpackage.json']) {
      const answer = await raw([`GET ${prefix}${path} HTTP/1.1`])
      expect(answer).toMatch(/^HTTP\/1\.1 404 /)
    }
    const post = await fetch(at('/ui'), { method: 'POST', body: '{}' })
    expect([post.status, post.headers.get('allow')]).toEqual([405, 'GET, HEAD'])
  })

  it('says in the words of drf-hooks what is wrong with a field', async () => {
    const { call } = caller()
    const missing = await call('/', 'POST', {})
    expect(missing.status).toBe(400)
    expect(await missing.json()).toMatchObject({ event: ['This field is required.'] })
    const nothing = await call('/', 'POST')
    expect(nothing.status).toBe(400)
    expect(await nothing.json()).toMatchObject({ event: ['This field is required.'] })
    const form = await call('/', 'POST', new URLSearchParams({ event: 'no.such', target }))
    expect(form.status).toBe(400)
    expect(Object.keys((await form.json()) as object)).toEqual(['event'])
  })

  it('answers 400 to what cannot be parsed', async () => {
    const { call } = caller()
    const broken = await call('/', 'POST', '{', { 'content-type': 'application/json' })
    expect(broken.status).toBe(400)
    if (!parsed) expect(await broken.json()).toEqual({ detail: expect.stringMatching(/^JSON parse error/) })
  })

  it('answers 401 to nobody, and lets cookies in', async () => {
    const { user, call } = caller()
    await call('/', 'POST', fields)
    const nobody = await fetch(at('/'))
    expect(nobody.status).toBe(401)
    expect(nobody.headers.get('www-authenticate')).toBe('Bearer realm="hooks"')
    expect(await nobody.json()).toEqual({ detail: 'Authentication credentials were not provided.' })
    const known = await raw([`GET ${prefix}/ HTTP/1.1`, 'Cookie: a=1', `Cookie: user=${user}`])
    expect(known).toMatch(/^HTTP\/1\.1 200 /)
    expect(known).toContain(target)
  })

  it('sees headers that come twice', async () => {
    const { user, call } = caller()
    const both = `${user}, ${user}`
    await call('/', 'POST', fields, { 'x-user': both })
    const known = await raw([`GET ${prefix}/ HTTP/1.1`, `X-User: ${user}`, `x-user: ${user}`])
    expect(known).toContain(target)
  })

  it("gives authenticate the framework's own request", async () => {
    const { user, call } = caller()
    await call('/', 'GET', undefined, { 'x-probe': user })
    await served.printed(`native of ${user}: ${native}.`)
  })

  it('answers HEAD without a body, and as long as that of GET is', async () => {
    const { user, call } = caller()
    await call('/', 'POST', fields)
    const { length } = await (await call('/')).text()
    const answer = await raw([`HEAD ${prefix}/ HTTP/1.1`, `X-User: ${user}`])
    expect(answer).toMatch(/^HTTP\/1\.1 200 /)
    if (headLength) expect(answer).toMatch(new RegExp(`^content-length: ${length}\r$`, 'im'))
    expect(answer.split('\r\n\r\n')).toEqual([expect.any(String), ''])
  })

  it('answers OPTIONS, and 405 to what a resource does not know', async () => {
    const { call } = caller()
    const options = await call('/', 'OPTIONS')
    expect(options.status).toBe(200)
    expect(await options.json()).toMatchObject({ name: 'Hook List' })
    const put = await call('/', 'PUT', fields)
    expect(put.status).toBe(405)
    expect(put.headers.get('allow')).toBe('GET, POST, HEAD, OPTIONS')
    expect(await put.json()).toEqual({ detail: 'Method "PUT" not allowed.' })
  })

  it.skipIf(waits)('refuses a huge body unread, by its header', async () => {
    const { user } = caller()
    const socket = connect(served.port, 'localhost')
    const head = `POST ${prefix}/ HTTP/1.1\r\nHost: localhost\r\nX-User: ${user}\r\n`
    socket.write(`${head}Content-Type: application/json\r\nContent-Length: 100000000\r\n\r\n{`)
    const [first] = (await once(socket, 'data')) as [Buffer]
    expect(String(first)).toMatch(/^HTTP\/1\.1 413 /)
    socket.destroy()
  })

  it('refuses a huge body that does not say so, and the connection goes on', async () => {
    const { call } = caller()
    const large = () => call('/', 'POST', `"${'x'.repeat(300_000)}"`, { 'content-type': 'application/json' })
    expect((await large()).status).toBe(413)
    const stream = await fetch(at('/'), {
      method: 'POST',
      headers: { 'x-user': 'alice', 'content-type': 'application/json' },
      body: new Blob([`["${'x'.repeat(300_000)}"]`]).stream(),
      duplex: 'half',
    })
    expect(stream.status).toBe(413)
    await stream.text()
    expect((await call('/')).status).toBe(200)
  })

  it
    .skipIf(traits.found)
    .each(['/x', '/1/x', '//1', '/1%2F2', '/%00', '/%3F', '/1//', '/__proto__', '/;a=b', '/*', '/..%2f1'])(
    'answers 404 to the odd path %s',
    async (path) => {
      const { user } = caller()
      const answer = await raw([`GET ${prefix}${path} HTTP/1.1`, `X-User: ${user}`])
      const redirected = traits.redirects === true && path.includes('//')
      expect(answer).toMatch(redirected ? /^HTTP\/1\.1 308 / : /^HTTP\/1\.1 404 /)
    },
  )

  it.skipIf(traits.found)('answers a path that cannot be decoded', async () => {
    const { user } = caller()
    const answer = await raw([`GET ${prefix}/%E0%A4%A HTTP/1.1`, `X-User: ${user}`])
    expect(answer).toMatch(new RegExp(`^HTTP/1.1 ${traits.undecodable ?? 404} `))
  })

  it('has only what is below its path', async () => {
    const { call } = caller()
    const other = await fetch(`${at('')}x`, { headers: { 'x-user': 'alice' } })
    expect(other.status).toBe(404)
    expect(await other.text()).not.toContain('"detail":"Not found."')
    if (traits.found !== true) expect((await call('/abc')).status).toBe(404)
  })

  it('survives clients that leave in the middle', async () => {
    const { user, call } = caller()
    const before = served.output()
    const head = `POST ${prefix}/ HTTP/1.1\r\nHost: localhost\r\nX-User: ${user}\r\nX-Probe: left${user}\r\n`
    const socket = connect(served.port, 'localhost')
    socket.write(`${head}Content-Type: application/json\r\nContent-Length: 100\r\n\r\n{"event"`)
    // A parser waits for the rest, and nobody else has seen the request then.
    if (!waits) await served.printed(`native of left${user}`)
    socket.destroy()
    expect((await call('/')).status).toBe(200)
    const said = served.output().slice(before.length)
    expect(said.replaceAll(/^native of .*$/gm, '').trim()).toBe('')
  })
}

/** JSON, unless fetch knows what it is. */
function bodyOf(body: unknown): string | FormData | URLSearchParams {
  if (typeof body === 'string' || body instanceof FormData || body instanceof URLSearchParams) return body
  return JSON.stringify(body)
}
