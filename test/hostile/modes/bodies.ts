import { gzipSync } from 'node:zlib'
import { say } from '../../../src/outbound/test-answers.ts'
import { AGAIN, DELIVERED, EMPTY, HEAD, modes } from '../mode.ts'

const whole = (body: Buffer | string, type = 'text/html') =>
  say(`${HEAD}content-type: ${type}\r\ncontent-length: ${Buffer.byteLength(body)}\r\n\r\n`, body)

/** Tricks on whoever reads the log. */
export const bodies = modes([
  ['sends a script', '200', DELIVERED, whole('<script>alert(document.cookie)</script>')],
  ['sends NUL in the body', '200', DELIVERED, whole('a\0b\0')],
  [
    'sends bad UTF-8 in the body',
    '200',
    DELIVERED,
    whole(Buffer.from([0xff, 0xfe, 0xc3, 0x28, 0xc0, 0x80, 0xf5])),
  ],
  [
    'sends half a surrogate in the body',
    '200',
    DELIVERED,
    whole(Buffer.from([0xed, 0xa0, 0x80, 0xed, 0xb0, 0x80])),
  ],
  ['sends terminal escapes in the body', '200', DELIVERED, whole('\u001b]0;owned\u0007\u001b[2J\u202e')],
  ['cuts a character at the end of what is kept', '200 cut', DELIVERED, whole(`x${'é'.repeat(9000)}`)],
  ['sends a compressed body', '200', DELIVERED, whole(gzipSync('hello'))],
  [
    'says that a plain body is compressed',
    '200',
    DELIVERED,
    say(`${HEAD}content-encoding: gzip, br, cow\r\ncontent-length: 2\r\n\r\nok`),
  ],
  [
    'sends bad UTF-8 in a header',
    '200',
    DELIVERED,
    say(HEAD, Buffer.from([0x78, 0x3a, 0x20, 0xff, 0xfe, 0xc3, 0x28, 13, 10]), EMPTY),
  ],
  ['sends a script in a header', '200', DELIVERED, say(`${HEAD}x: <script>alert(1)</script>\r\n${EMPTY}`)],
  [
    'sends a header named __proto__',
    '200',
    DELIVERED,
    say(`${HEAD}__proto__: x\r\nconstructor: y\r\n${EMPTY}`),
  ],
  ['sends a script in its reason', '500', AGAIN, say(`HTTP/1.1 500 <script>alert(1)</script>\r\n${EMPTY}`)],
])
