import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { openTestRegistry, type TestRegistry } from '../../hooks/test-registry.ts'
import { apiSettings } from '../api-options.ts'
import { createHttpHandler, type HttpHandlerOptions } from '../handler.ts'
import { entry, files } from './files.generated.js'
import { type DashboardOptions, dashboardSettings } from './options.ts'

let opened: TestRegistry

beforeEach(async () => {
  opened = await openTestRegistry({})
})

afterEach(() => opened.close())

function open(dashboard?: DashboardOptions | false, options: Partial<HttpHandlerOptions> = {}) {
  const handler = createHttpHandler({
    ...opened,
    dashboard: dashboardSettings(dashboard) ?? false,
    authenticate: () => {
      throw new Error('nobody is asked who calls')
    },
    ...options,
  })
  return async (path: string, method = 'GET', headers: Record<string, string> = {}) => {
    const response = await handler(new Request(`http://localhost${path}`, { method, headers }))
    return { status: response.status, headers: response.headers, text: await response.text() }
  }
}

const nonceOf = (headers: Headers) =>
  /script-src 'nonce-([^']+)'/.exec(headers.get('content-security-policy') ?? '')?.[1] ?? ''

/** What a browser makes of the base of a page. */
const baseOf = (address: string, page: string) =>
  new URL(/<base href="([^"]*)">/.exec(page)?.[1] ?? '', address).href

/** What a browser reads of the script that holds no program. */
const configOf = (page: string) =>
  JSON.parse(/<script type="application\/json" id="hookwright-config">(.*?)<\/script>/s.exec(page)?.[1] ?? '')

describe('the page of the dashboard', () => {
  it('is everybody’s, and runs and loads nothing but its own', async () => {
    const { status, headers, text } = await open()('/api/hooks/ui/')
    expect(status).toBe(200)
    const nonce = nonceOf(headers)
    expect(nonce).toMatch(/^[A-Za-z0-9+/]{22}==$/)
    expect(Object.fromEntries(headers)).toEqual({
      'cache-control': 'no-store',
      'content-length': String(Buffer.byteLength(text)),
      'content-security-policy': `default-src 'none'; script-src 'nonce-${nonce}' 'strict-dynamic'; style-src 'nonce-${nonce}'; img-src data:; connect-src 'self'; base-uri 'self'; form-action 'none'; frame-ancestors 'self'; require-trusted-types-for 'script'`,
      'content-type': 'text/html; charset=utf-8',
      'referrer-policy': 'no-referrer',
      'x-content-type-options': 'nosniff',
      'x-request-id': expect.any(String),
    })
    expect(text).toBe(`<!doctype html>
<html lang="en" data-theme="auto">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<base href="./">
<title>Webhooks</title>
<link rel="icon" href="data:,">
<link rel="stylesheet" nonce="${nonce}" href="${entry.css}">
<script type="application/json" id="hookwright-config">${JSON.stringify(configOf(text))}</script>
<script type="module" nonce="${nonce}" src="${entry.js}"></script>
</head>
<body><div id="root"></div></body>
</html>
`)
    expect(configOf(text)).toEqual({
      title: 'Webhooks',
      signInUrl: null,
      version: expect.stringMatching(/^\d+\.\d+\.\d+/),
      signature: { id: 'webhook-id', timestamp: 'webhook-timestamp', signature: 'webhook-signature' },
    })
  })

  it('has another nonce each time', async () => {
    const get = open()
    const [one, other] = [await get('/ui'), await get('/ui')]
    expect(nonceOf(one.headers)).not.toBe(nonceOf(other.headers))
  })

  it('has what the application says of it, which cannot leave its place', async () => {
    const title = '</script></title><img src=x onerror=alert(1)> "Wébhooks" \'🪝\' <!--'
    const signInUrl = 'https://app.example.com/?a="</script><script>&b=\'é'
    const { headers, text } = await open({
      title,
      signInUrl,
      frameAncestors: ['self', 'https://app.example.com'],
      theme: { '--hw-accent': 'light-dark(#0a5, #3d8)', '--hw-font': '"Inter", sans-serif' },
    })('/ui/')
    expect(headers.get('content-security-policy')).toContain(
      "; frame-ancestors 'self' https://app.example.com; ",
    )
    expect(configOf(text)).toMatchObject({ title, signInUrl })
    expect(text).toContain(
      '<title>&lt;/script&gt;&lt;/title&gt;&lt;img src=x onerror=alert(1)&gt; &quot;Wébhooks&quot; &#39;🪝&#39; &lt;!--</title>',
    )
    expect(text).toContain(
      `<style nonce="${nonceOf(headers)}">:root:root:root{--hw-accent:light-dark(#0a5, #3d8);--hw-font:"Inter", sans-serif}</style>\n<link rel="stylesheet"`,
    )
    expect(text.match(/<\/script>/g)).toHaveLength(2)
    expect(text).not.toContain('<img')
    expect(text).not.toContain('<!--')
  })

  it.each([
    ['/ui', '/'],
    ['/ui/', '/'],
    ['/api/hooks/ui', '/api/hooks/'],
    ['/api/hooks/ui/', '/api/hooks/'],
    ['/api/hooks/ui/?state=failing', '/api/hooks/'],
    ['/api/hooks/ui/hooks', '/api/hooks/'],
    ['/api/hooks/ui/hooks/', '/api/hooks/'],
    ['/api/hooks/ui/hooks/12/deliveries', '/api/hooks/'],
    ['/api/hooks/ui/deliveries/00ab_1/', '/api/hooks/'],
    ['/api/hooks/ui/events/b%2Fc', '/api/hooks/'],
    ['/api/hooks/ui//x', '/api/hooks/'],
    ['/api/hooks/ui/assets/../hooks/1', '/api/hooks/'],
    ['/h%C3%B6ks/ui/hooks/1', '/h%C3%B6ks/'],
    ['/"><script>/ui/x', '/%22%3E%3Cscript%3E/'],
  ])('at %s leads back to the mount, %s, also where a proxy cuts something off', async (path, mount) => {
    const { status, text } = await open()(path)
    expect(status).toBe(200)
    for (const front of ['', '/tools', '/a/b']) {
      const base = baseOf(`https://app.example.com${front}${path}`, text)
      expect(base).toBe(`https://app.example.com${front}${mount}ui/`)
      expect(new URL('..', base).pathname).toBe(`${front}${mount}`)
    }
  })

  it.each(['//evil.example/ui', '//evil.example/ui/', '//evil.example/ui/x', '/\\evil.example/ui/x'])(
    'is not at %s, whose links would lead to another host',
    async (path) => {
      const { status, text } = await open()(path)
      expect([status, text]).toEqual([404, '{"detail":"Not found."}'])
    },
  )

  it('is where the mount is said to be, and nowhere else', async () => {
    const get = open({}, { basePath: '/api/hooks' })
    expect((await get('/api/hooks/ui/hooks/1')).status).toBe(200)
    expect((await get('/ui/')).status).toBe(404)
    expect((await get('/api/hooks/uix')).status).not.toBe(200)
  })

  it('is not deeper than any of its own', async () => {
    const get = open({}, { basePath: '/api/hooks' })
    expect((await get(`/api/hooks/ui${'/x'.repeat(31)}`)).status).toBe(200)
    for (const path of ['/x'.repeat(32), '/'.repeat(100_000), `/${'x/'.repeat(50_000)}`]) {
      const { status, text } = await get(`/api/hooks/ui${path}`)
      expect([status, text]).toEqual([404, '{"detail":"Not found."}'])
    }
    const long = await get(`/api/hooks/ui/${'x'.repeat(100_000)}`)
    expect([long.status, long.text.includes('xxx')]).toEqual([200, false])
  })

  it('answers HEAD without a body, and refuses what is neither', async () => {
    const get = open()
    const head = await get('/ui/', 'HEAD')
    expect([head.status, head.text, Number(head.headers.get('content-length')) > 500]).toEqual([
      200,
      '',
      true,
    ])
    for (const path of ['/ui', '/ui/', '/ui/hooks/1', `/ui/${entry.js}`]) {
      for (const method of ['POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS']) {
        const { status, headers } = await get(path, method)
        expect([path, method, status, headers.get('allow')]).toEqual([path, method, 405, 'GET, HEAD'])
      }
    }
  })

  it('is missing where there is to be none', async () => {
    const get = open(false)
    for (const path of ['/ui', '/ui/', '/api/hooks/ui/hooks/1', `/api/hooks/ui/${entry.js}`]) {
      for (const method of ['GET', 'POST']) {
        const { status, text } = await get(path, method)
        expect([status, text]).toEqual([404, '{"detail":"Not found."}'])
      }
    }
  })

  it('is throttled by where its visitors come from', async () => {
    const api = apiSettings({ requestsPerSecond: 1, burst: 3 })
    const get = open({}, { api, now: () => 1_000_000 })
    const statuses = []
    for (const path of ['/ui/', `/ui/${entry.css}`, '/ui/x', '/ui/', `/ui/${entry.css}`])
      statuses.push((await get(path)).status)
    expect(statuses).toEqual([200, 200, 200, 429, 429])
  })
})

describe('the files of the dashboard', () => {
  it('are those that were built', async () => {
    const get = open()
    for (const [name, { type, text }] of Object.entries(files)) {
      const found = await get(`/api/hooks/ui/${name}`)
      expect([found.status, found.headers.get('content-type'), found.text === text]).toEqual([
        200,
        type,
        true,
      ])
      const head = await get(`/api/hooks/ui/${name}`, 'HEAD')
      expect([head.status, head.text]).toEqual([200, ''])
      expect(head.headers.get('content-length')).toBe(String(Buffer.byteLength(text)))
    }
  })

  it.each([
    '/ui/assets',
    '/ui/assets/',
    '/ui/assets/none.js',
    '/ui/assets/..%2f..%2f..%2fpackage.json',
    '/ui/assets/%2e%2e%2fpackage.json',
    '/ui/assets/..\\..\\package.json'.replaceAll('\\', '%5c'),
    '/ui/assets//etc/passwd',
    '/ui/assets/%00',
    '/ui/assets/__proto__',
    `/ui/assets/${'x'.repeat(100_000)}`,
  ])('have none by the path %s', async (path) => {
    const { status, text } = await open()(path)
    expect([status, text]).toEqual([404, '{"detail":"Not found."}'])
  })

  it.each([`/ui/${'assets/../'}package.json`, '/ui/package.json', '/ui/src/main.tsx'])(
    'are no others than the page for the path %s',
    async (path) => {
      const { status, text } = await open()(path)
      expect([status, text.startsWith('<!doctype html>')]).toEqual([200, true])
    },
  )
})
