import type { Socket } from 'node:net'
import { say, sayAndClose, sayAndReset } from '../../../src/outbound/test-answers.ts'
import { type Answer, ok } from '../../../src/outbound/test-server.ts'
import { AGAIN, CHUNKED, DELIVERED, EMPTY, HEAD, modes } from '../mode.ts'

/** Answers the first request of a connection, and does this at the second one. */
function then(next: (socket: Socket) => void): Answer {
  const known = new WeakSet<Socket>()
  return (socket, request) => {
    if (known.has(socket)) next(socket)
    else ok(socket, request)
    known.add(socket)
  }
}

function unread(socket: Socket): void {
  socket.pause()
  socket.write(`HTTP/1.1 413 Too Large\r\n${EMPTY}`)
}

/** Tricks with the end of a connection. */
export const endings = modes([
  ['is not there', 'connect', AGAIN, { closed: true }],
  [
    'resets the connection at once',
    'connect or protocol',
    AGAIN,
    { connect: (socket) => socket.resetAndDestroy() },
  ],
  ['closes the connection at once', 'protocol', AGAIN, { connect: (socket) => socket.end() }],
  ['closes without an answer', 'protocol', AGAIN, sayAndClose('')],
  ['resets without an answer', 'protocol', AGAIN, sayAndReset('')],
  ['closes amid the status line', 'protocol', AGAIN, sayAndClose('HTTP/1.1 20')],
  ['closes amid the headers', 'protocol', AGAIN, sayAndClose(`${HEAD}x: y`)],
  ['resets amid the headers', 'protocol', AGAIN, sayAndReset(`${HEAD}x: y`)],
  ['says 100 Continue and closes', 'protocol', AGAIN, sayAndClose('HTTP/1.1 100 Continue\r\n\r\n')],
  ['resets amid the body', '200 cut', DELIVERED, sayAndReset(`${HEAD}content-length: 9\r\n\r\nabc`)],
  [
    'resets amid the body of an error',
    '500 cut',
    AGAIN,
    sayAndReset('HTTP/1.1 500 Oh\r\ncontent-length: 9\r\n\r\nabc'),
  ],
  ['closes amid the body', '200 cut', DELIVERED, sayAndClose(`${HEAD}content-length: 10\r\n\r\nabc`)],
  ['closes amid a chunk', '200 cut', DELIVERED, sayAndClose(`${CHUNKED}5\r\nab`)],
  ['closes before the last chunk', '200 cut', DELIVERED, sayAndClose(`${CHUNKED}2\r\nab\r\n`)],
  ['sends a body up to its close', '200', DELIVERED, sayAndClose('HTTP/1.0 200 OK\r\n\r\nall of it')],
  [
    'asks to close and closes',
    '200',
    DELIVERED,
    sayAndClose(`${HEAD}connection: close\r\ncontent-length: 2\r\n\r\nok`),
  ],
  [
    'asks to close and does not',
    '200',
    DELIVERED,
    say(`${HEAD}connection: close\r\ncontent-length: 2\r\n\r\nok`),
  ],
  [
    'answers and resets the idle connection; the next delivery',
    '200',
    DELIVERED,
    { answer: sayAndReset(`${HEAD}${EMPTY}`), again: 'once closed' },
  ],
  [
    'answers and closes the idle connection; the next delivery',
    '200',
    DELIVERED,
    { answer: sayAndClose(`${HEAD}${EMPTY}`), again: 'once closed' },
  ],
  [
    'resets the kept connection when the next delivery comes',
    'protocol',
    AGAIN,
    { answer: then((socket) => socket.resetAndDestroy()), again: 'at once' },
  ],
  ['answers before it has read the body', '413', AGAIN, { connect: unread, size: 8_000_000 }],
  [
    'answers before it has read the body; the next delivery',
    '413',
    AGAIN,
    { connect: unread, size: 8_000_000, again: 'at once' },
  ],
  [
    'answers before anything was sent',
    '200',
    DELIVERED,
    { connect: (socket) => socket.write(`${HEAD}${EMPTY}`), answer: say() },
  ],
])
