import { brotliDecompressSync, gunzipSync } from 'node:zlib'
import { describe, expect, it } from 'vitest'
import { Files } from './files.ts'

const text = 'console.log("Grüße")\n'.repeat(100)
const files = new Files({
  'assets/index-1f3c5a7b.js': { type: 'text/javascript; charset=utf-8', text },
  'assets/licenses.txt': { type: 'text/plain; charset=utf-8', text: 'MIT' },
})
const get = async (name: string, headers: Record<string, string> = {}) =>
  files.answer(name, new Request('http://localhost/', { headers }))
const SCRIPT = 'assets/index-1f3c5a7b.js'

describe('Files', () => {
  it.each(['', 'index-1f3c5a7b.js', 'assets/../assets/index-1f3c5a7b.js', '__proto__', 'constructor'])(
    'has nothing by the name %j',
    async (name) => {
      expect(await get(name)).toBeUndefined()
    },
  )

  it('sends a file with its type and length, for browsers to keep', async () => {
    const response = await get(SCRIPT)
    expect(Object.fromEntries(response?.headers ?? [])).toEqual({
      'cache-control': 'public, max-age=31536000, immutable',
      'content-length': String(Buffer.byteLength(text)),
      'content-security-policy': "default-src 'none'; frame-ancestors 'none'",
      'content-type': 'text/javascript; charset=utf-8',
      etag: expect.stringMatching(/^"[\w-]{22}"$/),
      'referrer-policy': 'no-referrer',
      vary: 'Accept-Encoding',
      'x-content-type-options': 'nosniff',
    })
    expect(await response?.text()).toBe(text)
  })

  it('has one asked for again whose name does not tell its content', async () => {
    const response = await get('assets/licenses.txt')
    expect(response?.headers.get('cache-control')).toBe('no-cache')
    expect(await response?.text()).toBe('MIT')
  })

  it.each([
    ['br, gzip', 'br'],
    ['gzip, deflate, br;q=0.1', 'br'],
    ['gzip', 'gzip'],
    ['GZIP;q=1.0', 'gzip'],
    ['br;q=0, gzip', 'gzip'],
    ['br ; q = 0.000, *', 'gzip'],
    ['*', 'br'],
    ['*;q=0', null],
    ['identity', null],
    ['gzip;q=0', null],
    ['', null],
    ['brr, xgzip', null],
  ])('encodes for those who accept %j by %j', async (accepted, encoding) => {
    const response = await get(SCRIPT, { 'accept-encoding': accepted })
    expect(response?.headers.get('content-encoding')).toBe(encoding)
    const bytes = Buffer.from((await response?.arrayBuffer()) as ArrayBuffer)
    expect(response?.headers.get('content-length')).toBe(String(bytes.length))
    const decode =
      { br: brotliDecompressSync, gzip: gunzipSync }[encoding ?? ''] ?? ((plain: Buffer) => plain)
    expect(decode(bytes).toString()).toBe(text)
    if (encoding !== null) expect(bytes.length).toBeLessThan(200)
  })

  it('says that nothing has changed, to whoever has the file in this very encoding', async () => {
    const plain = (await get(SCRIPT))?.headers.get('etag') ?? ''
    const accepted = { 'accept-encoding': 'br' }
    const brotli = (await get(SCRIPT, accepted))?.headers.get('etag') ?? ''
    expect(brotli).not.toBe(plain)
    const again = await get(SCRIPT, { ...accepted, 'if-none-match': `"x", W/${brotli}` })
    expect([again?.status, await again?.text()]).toEqual([304, ''])
    expect(again?.headers.get('etag')).toBe(brotli)
    expect(again?.headers.get('cache-control')).toContain('immutable')
    expect((await get(SCRIPT, { ...accepted, 'if-none-match': plain }))?.status).toBe(200)
    expect((await get(SCRIPT, { 'if-none-match': '*' }))?.status).toBe(304)
  })
})
