import type { Socket } from 'node:net'
import { testCertificate } from '../../src/outbound/test-certificate.ts'
import type { Play } from './mode.ts'

/** HTTP/2 as bytes, so that a receiver can break its rules: RFC 9113, 4.1 and 6, and RFC 7541. */

export const DATA = 0
export const HEADERS = 1
export const PRIORITY = 2
export const RST_STREAM = 3
export const SETTINGS = 4
export const PUSH_PROMISE = 5
export const PING = 6
export const GOAWAY = 7
export const WINDOW_UPDATE = 8
export const CONTINUATION = 9
export const ALTSVC = 10
export const ORIGIN = 12

export const END_STREAM = 1
export const ACK = 1
export const END_HEADERS = 4
export const PADDED = 8

const PREFACE = 24
const HEAD = 9

export function frame(type: number, flags: number, stream: number, payload: Buffer | string = ''): Buffer {
  const body = Buffer.from(payload as string, 'latin1')
  const head = Buffer.alloc(HEAD)
  head.writeUIntBE(body.length, 0, 3)
  head.writeUInt8(type, 3)
  head.writeUInt8(flags, 4)
  head.writeUInt32BE(stream, 5)
  return Buffer.concat([head, body])
}

export function uint32(...values: number[]): Buffer {
  const bytes = Buffer.alloc(4 * values.length)
  values.forEach((value, at) => void bytes.writeUInt32BE(value, 4 * at))
  return bytes
}

export function setting(id: number, value: number): Buffer {
  return Buffer.concat([Buffer.from([0, id]), uint32(value)])
}

/** Headers as HPACK has them, each in full and not remembered. */
export function block(headers: readonly (readonly [string, string])[]): Buffer {
  return Buffer.concat(headers.flatMap(([name, value]) => [Buffer.from([0]), text(name), text(value)]))
}

function text(value: string): Buffer {
  const bytes = Buffer.from(value, 'latin1')
  return Buffer.concat([integer(bytes.length, 7), bytes])
}

/** RFC 7541, 5.1. */
export function integer(value: number, bits: number, first = 0): Buffer {
  const most = 2 ** bits - 1
  if (value < most) return Buffer.from([first | value])
  const bytes = [first | most]
  let rest = value - most
  for (; rest >= 128; rest = Math.floor(rest / 128)) bytes.push((rest % 128) + 128)
  return Buffer.from([...bytes, rest])
}

export function respond(
  stream: number,
  status: string,
  flags = END_HEADERS,
  ...more: [string, string][]
): Buffer {
  return frame(HEADERS, flags, stream, block([[':status', status], ...more]))
}

/** What a receiver does with a request whose body has come to its end, or whose head has come where there is a body. */
export type Http2Answer = (socket: Socket, stream: number) => void

/**
 * A receiver of HTTP/2 that behaves until the request is there.
 *
 * @param settings of the server
 * @param at when it answers
 */
export function speaking(
  answer: Http2Answer,
  { settings = Buffer.alloc(0), at = 'end' }: { settings?: Buffer; at?: 'end' | 'head' } = {},
): Play {
  return onceNegotiated((socket) => {
    socket.write(frame(SETTINGS, 0, 0, settings))
    let received: Buffer = Buffer.alloc(0)
    let skipped = false
    socket.on('data', (chunk: Buffer) => {
      received = Buffer.concat([received, chunk])
      if (!skipped) {
        if (received.length < PREFACE) return
        received = received.subarray(PREFACE)
        skipped = true
      }
      while (received.length >= HEAD) {
        const length = received.readUIntBE(0, 3)
        if (received.length < HEAD + length) return
        const [type, flags, stream] = [received[3] ?? 0, received[4] ?? 0, received.readUInt32BE(5)]
        received = received.subarray(HEAD + length)
        if (type === SETTINGS && (flags & ACK) === 0) socket.write(frame(SETTINGS, ACK, 0))
        const ends = (type === DATA || type === HEADERS) && (flags & END_STREAM) !== 0
        if (at === 'end' ? ends : type === HEADERS) answer(socket, stream)
      }
    })
  })
}

/** A receiver that agrees upon HTTP/2, and what it does then. */
export function onceNegotiated(connect: (socket: Socket) => void): Play {
  return { tls: { ...testCertificate, ALPNProtocols: ['h2'] }, connect }
}

/** Writes it again and again, many at a time. */
export function pour(socket: Socket, bytes: Buffer): void {
  const piece = Buffer.concat(new Array<Buffer>(Math.max(1, Math.ceil(32_768 / bytes.length))).fill(bytes))
  const write = () => {
    while (!socket.destroyed && socket.write(piece));
  }
  socket.on('drain', write)
  write()
}
