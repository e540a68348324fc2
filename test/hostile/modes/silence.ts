import { drip, say } from '../../../src/outbound/test-answers.ts'
import { AGAIN, CHUNKED, DELIVERED, HEAD, modes } from '../mode.ts'

const EARLY_HINTS = 'HTTP/1.1 103 Early Hints\r\n\r\n'

/** Tricks that take time: all of them end at the deadline. */
export const silence = modes([
  ['never answers', 'timeout', AGAIN, say()],
  [
    'accepts the connection and never reads',
    'timeout',
    AGAIN,
    { connect: (socket) => socket.pause(), size: 8_000_000 },
  ],
  ['drips its status line', 'timeout', AGAIN, drip('HTTP/1.1 200 ', 'O')],
  ['drips headers', 'timeout', AGAIN, drip(HEAD, 'x: y\r\n')],
  ['drips one header', 'timeout', AGAIN, drip(`${HEAD}x: `, 'y')],
  ['drips 103 responses', 'timeout', AGAIN, drip('', EARLY_HINTS)],
  ['drips empty lines', 'timeout', AGAIN, drip('', '\r\n')],
  ['says 102 Processing and no more', 'timeout', AGAIN, say('HTTP/1.1 102 Processing\r\n\r\n')],
  ['never ends its headers', 'timeout', AGAIN, say(`${HEAD}content-length: 2\r\n`)],
  ['drips its body', '200 cut', DELIVERED, drip(`${HEAD}content-length: 9999\r\n\r\n`, 'z')],
  ['drips chunks', '200 cut', DELIVERED, drip(CHUNKED, '1\r\nz\r\n')],
  ['drips trailers', '200 cut', DELIVERED, drip(`${CHUNKED}0\r\n`, 'x: y\r\n')],
  ['announces a body and sends none', '200 cut', DELIVERED, say(`${HEAD}content-length: 10\r\n\r\n`)],
  [
    'drips the body of an error',
    '500 cut',
    AGAIN,
    drip('HTTP/1.1 500 Oh\r\ncontent-length: 9999\r\n\r\n', 'z'),
  ],
  [
    'answers HTTP/1.0 without a length, and does not close',
    '200 cut',
    DELIVERED,
    say('HTTP/1.0 200 OK\r\n\r\nhello'),
  ],
])
