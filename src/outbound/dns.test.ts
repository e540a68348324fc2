import { createSocket, type Socket } from 'node:dgram'
import { once } from 'node:events'
import { mkdtempSync, rmSync, utimesSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { createResolve } from './dns.ts'

/** The answers of a name server: addresses, nothing, or no answer at all. */
type Zone = Record<string, { a?: string[] | 'silent'; aaaa?: string[] | 'silent'; aaaaAfterMs?: number }>

const A = 1
const AAAA = 28
const NXDOMAIN = 3
let zone: Zone = {}
let asked: string[] = []
let nameServer: Socket
let folder: string
let hostsFile: string
let resolve: ReturnType<typeof createResolve>

beforeAll(async () => {
  nameServer = createSocket('udp4')
  nameServer.on('message', (query, from) => {
    const { answer, afterMs } = answerTo(query)
    if (answer === undefined) return
    setTimeout(() => nameServer.send(answer, from.port, from.address), afterMs)
  })
  nameServer.bind(0, '127.0.0.1')
  await once(nameServer, 'listening')
  folder = mkdtempSync(join(tmpdir(), 'hookwright-'))
  hostsFile = join(folder, 'hosts')
  writeFileSync(hostsFile, '')
  resolve = createResolve({ hostsFile, servers: [`127.0.0.1:${nameServer.address().port}`] })
})
afterAll(() => {
  nameServer.close()
  rmSync(folder, { recursive: true })
})
beforeEach(() => {
  zone = {}
  asked = []
})

/** RFC 1035, as far as one question needs it. */
function answerTo(query: Buffer): { answer?: Buffer; afterMs: number } {
  const labels: string[] = []
  let at = 12
  for (let length = query[at] ?? 0; length > 0; length = query[at] ?? 0) {
    labels.push(query.toString('latin1', at + 1, at + 1 + length))
    at += 1 + length
  }
  const name = labels.join('.')
  const type = query.readUInt16BE(at + 1)
  asked.push(name)
  const entry = zone[name]
  const records = type === A ? (entry?.a ?? []) : type === AAAA ? (entry?.aaaa ?? []) : []
  const afterMs = type === AAAA ? (entry?.aaaaAfterMs ?? 0) : 0
  if (records === 'silent') return { afterMs }
  const head = Buffer.from(query.subarray(0, at + 5))
  head.writeUInt16BE(0x8180 | (entry === undefined ? NXDOMAIN : 0), 2)
  head.writeUInt16BE(records.length, 6)
  head.writeUInt32BE(0, 8)
  return { answer: Buffer.concat([head, ...records.map((address) => record(type, address))]), afterMs }
}

function record(type: number, address: string): Buffer {
  const data =
    type === A
      ? Buffer.from(address.split('.').map(Number))
      : Buffer.from(
          address
            .split(':')
            .flatMap((group) => [Number.parseInt(group, 16) >> 8, Number.parseInt(group, 16) & 255]),
        )
  const fields = Buffer.alloc(12)
  fields.writeUInt16BE(0xc00c, 0)
  fields.writeUInt16BE(type, 2)
  fields.writeUInt16BE(1, 4)
  fields.writeUInt32BE(60, 6)
  fields.writeUInt16BE(data.length, 10)
  return Buffer.concat([fields, data])
}

const never = new AbortController().signal
const V6 = '2606:2800:220:1:0:0:0:1'

describe('a name', () => {
  it('gives all its addresses, IPv4 first', async () => {
    zone = { 'dual.example': { a: ['93.184.216.34', '93.184.216.35'], aaaa: [V6], aaaaAfterMs: 50 } }
    expect(await resolve('dual.example', never)).toEqual([
      { address: '93.184.216.34', family: 4 },
      { address: '93.184.216.35', family: 4 },
      { address: '2606:2800:220:1::1', family: 6 },
    ])
  })

  it('may have addresses of one family alone', async () => {
    zone = { 'v4.example': { a: ['93.184.216.34'] }, 'v6.example': { aaaa: [V6] } }
    expect(await resolve('v4.example', never)).toEqual([{ address: '93.184.216.34', family: 4 }])
    expect(await resolve('v6.example', never)).toEqual([{ address: '2606:2800:220:1::1', family: 6 }])
  })

  it('does not wait long for the other family, which some servers never answer', async () => {
    zone = { 'slow.example': { a: ['93.184.216.34'], aaaa: 'silent' } }
    const startedAt = performance.now()
    expect(await resolve('slow.example', never)).toHaveLength(1)
    expect(performance.now() - startedAt).toBeLessThan(1500)
  })

  it('that does not exist rejects', async () => {
    await expect(resolve('gone.example', never)).rejects.toMatchObject({ code: 'ENOTFOUND' })
  })

  it('is asked for as it is: no search domain is put behind it', async () => {
    await expect(resolve('redis', never)).rejects.toMatchObject({ code: 'ENOTFOUND' })
    expect(new Set(asked)).toEqual(new Set(['redis']))
  })

  it('rejects at once when nobody waits any longer', async () => {
    zone = { 'dead.example': { a: 'silent', aaaa: 'silent' } }
    const controller = new AbortController()
    const startedAt = performance.now()
    const resolving = resolve('dead.example', controller.signal)
    controller.abort()
    await expect(resolving).rejects.toMatchObject({ code: 'ECANCELLED' })
    await expect(resolve('dead.example', controller.signal)).rejects.toMatchObject({ name: 'AbortError' })
    expect(performance.now() - startedAt).toBeLessThan(1000)
  })

  it('is not held up by many dead ones', async () => {
    zone = {
      'dead.example': { a: 'silent', aaaa: 'silent' },
      'good.example': { a: ['93.184.216.34'], aaaa: [] },
    }
    const controller = new AbortController()
    const dead = Array.from({ length: 20 }, () =>
      resolve('dead.example', controller.signal).catch(() => 'cancelled'),
    )
    const startedAt = performance.now()
    expect(await resolve('good.example', never)).toHaveLength(1)
    expect(performance.now() - startedAt).toBeLessThan(1000)
    controller.abort()
    expect(new Set(await Promise.all(dead))).toEqual(new Set(['cancelled']))
  })
})

describe('the hosts file', () => {
  const write = (text: string, seconds: number) => {
    writeFileSync(hostsFile, text)
    utimesSync(hostsFile, seconds, seconds)
  }

  it('comes before DNS', async () => {
    zone = { 'app.example': { a: ['93.184.216.34'] } }
    write(
      '# comment\n::1 app.example\n10.0.0.5\tApp.Example other.example # aside\nnonsense app.example\n',
      1000,
    )
    expect(await resolve('app.example', never)).toEqual([
      { address: '10.0.0.5', family: 4 },
      { address: '::1', family: 6 },
    ])
    expect(await resolve('other.example', never)).toEqual([{ address: '10.0.0.5', family: 4 }])
    expect(asked).toEqual([])
  })

  it('is read again when it has changed', async () => {
    write('10.0.0.5 app.example\n', 2000)
    expect(await resolve('app.example', never)).toEqual([{ address: '10.0.0.5', family: 4 }])
    write('10.0.0.6 app.example\n', 3000)
    expect(await resolve('app.example', never)).toEqual([{ address: '10.0.0.6', family: 4 }])
  })

  it('may be missing', async () => {
    zone = { 'app.example': { a: ['93.184.216.34'] } }
    rmSync(hostsFile)
    expect(await resolve('app.example', never)).toEqual([{ address: '93.184.216.34', family: 4 }])
    write('', 4000)
  })
})
