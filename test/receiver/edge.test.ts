import { join } from 'node:path'
import { EdgeVM } from '@edge-runtime/vm'
import { build } from 'esbuild'
import { beforeAll, describe, expect, it } from 'vitest'
import { root } from '../../scripts/entries.ts'
import { generateSecret } from '../../src/signature/keys.ts'
import { sign } from '../../src/signature/standard-webhooks.ts'

let code: string
let inputs: string[]
let external: unknown[]

beforeAll(async () => {
  // `neutral` resolves nothing of Node's: an import of it would fail here.
  const { outputFiles, metafile } = await build({
    entryPoints: [join(root, 'src/receiver/index.ts')],
    bundle: true,
    write: false,
    platform: 'neutral',
    format: 'iife',
    globalName: 'hookwright',
    metafile: true,
    logLevel: 'silent',
  })
  code = outputFiles[0]?.text ?? ''
  inputs = Object.keys(metafile.inputs)
  external = Object.values(metafile.inputs).flatMap(({ imports }) => imports.filter((one) => one.external))
})

function request(body: string, secret: string) {
  const id = '1_1'
  const timestamp = Math.floor(Date.now() / 1000)
  const signature = sign({ id, timestamp, body, secrets: [secret] })
  return {
    body,
    headers: { 'webhook-id': id, 'webhook-timestamp': String(timestamp), 'webhook-signature': signature },
  }
}

describe('the receiver in a bundle', () => {
  it('brings little, and nothing of Node', () => {
    expect(inputs.filter((path) => !/^src\/(receiver|core)\//.test(path))).toEqual([])
    expect(external).toEqual([])
    expect(code.length).toBeLessThan(30_000)
  })

  it('receives in an edge runtime', async () => {
    const edge = new EdgeVM({ initialCode: code })
    expect(edge.evaluate('typeof process + typeof Buffer + typeof require')).toBe('undefined'.repeat(3))
    const secret = generateSecret()
    const body = JSON.stringify({
      hook: { id: 1, event: 'book.added', target: 'x' },
      data: { title: 'Édition' },
    })
    const receive = edge.evaluate(`async (secret, { body, headers }) => {
      const got = []
      const handler = hookwright.createReceiver({ secret }).handler({ 'book.added': ({ data }) => void got.push(data.title) })
      const post = (text) => handler(new Request('https://edge.example/', { method: 'POST', body: text, headers }))
      return JSON.stringify([(await post(body)).status, (await post(body)).status, (await post(body + ' ')).status, got])
    }`) as (secret: string, sent: object) => Promise<string>
    expect(JSON.parse(await receive(secret, request(body, secret)))).toEqual([204, 204, 401, ['Édition']])
  })
})
