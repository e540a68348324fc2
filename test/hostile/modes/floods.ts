import { gzipSync } from 'node:zlib'
import { flood, say } from '../../../src/outbound/test-answers.ts'
import { AGAIN, CHUNKED, DELIVERED, EMPTY, HEAD, modes } from '../mode.ts'

const LONG = 'x'.repeat(10_000)
const HEADERS = 'x: y\r\n'.repeat(1000)
const bomb = gzipSync(Buffer.alloc(50 * 1024 * 1024))

/** Tricks that would take memory or time: too much of what is allowed. */
export const floods = modes([
  ['floods 103 responses', 'protocol', AGAIN, flood('', 'HTTP/1.1 103 Early Hints\r\n\r\n'.repeat(100))],
  ['floods 100 responses', 'protocol', AGAIN, flood('', 'HTTP/1.1 100 Continue\r\n\r\n'.repeat(100))],
  [
    'floods 103 responses with headers',
    'protocol',
    AGAIN,
    flood('', `HTTP/1.1 103 Early Hints\r\nlink: ${'y'.repeat(8000)}\r\n\r\n`),
  ],
  ['sends headers without end', 'protocol', AGAIN, flood(HEAD, HEADERS)],
  ['sends one header without end', 'protocol', AGAIN, flood(`${HEAD}x: `, LONG)],
  ['sends the name of a header without end', 'protocol', AGAIN, flood(HEAD, LONG)],
  ['sends a status line without end', 'timeout', AGAIN, flood('HTTP/1.1 200 ', LONG)],
  ['sends empty lines without end', 'timeout', AGAIN, flood('', '\r\n'.repeat(5000))],
  ['sends one header of 17 KiB', 'protocol', AGAIN, say(`${HEAD}x: ${'y'.repeat(17 * 1024)}\r\n${EMPTY}`)],
  ['sends one header of 10 MB', 'protocol', AGAIN, say(`${HEAD}x: ${'y'.repeat(10_000_000)}\r\n${EMPTY}`)],
  ['sends 3,000 small headers', '200', DELIVERED, say(`${HEAD}${'x: y\r\n'.repeat(3000)}${EMPTY}`)],
  ['sets 200 cookies', '200', DELIVERED, say(`${HEAD}${'set-cookie: a=b\r\n'.repeat(200)}${EMPTY}`)],
  ['sends a body without end', '200 cut', DELIVERED, flood(`${HEAD}\r\n`, LONG)],
  ['sends chunks without end', '200 cut', DELIVERED, flood(CHUNKED, `2710\r\n${LONG}\r\n`)],
  ['sends chunks of one byte without end', '200 cut', DELIVERED, flood(CHUNKED, '1\r\nx\r\n'.repeat(1000))],
  ['sends a chunk extension without end', '200 cut', DELIVERED, flood(`${CHUNKED}1;`, LONG)],
  ['sends trailers without end', '200 cut', DELIVERED, flood(`${CHUNKED}0\r\n`, HEADERS)],
  ['sends the body of an error without end', '500 cut', AGAIN, flood('HTTP/1.1 500 Oh\r\n\r\n', LONG)],
  [
    'sends a gzip bomb',
    '200 cut',
    DELIVERED,
    say(`${HEAD}content-encoding: gzip\r\ncontent-length: ${bomb.length}\r\n\r\n`, bomb),
  ],
])
