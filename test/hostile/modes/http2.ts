import {
  ACK,
  ALTSVC,
  block,
  CONTINUATION,
  DATA,
  END_HEADERS,
  END_STREAM,
  frame,
  GOAWAY,
  HEADERS,
  type Http2Answer,
  integer,
  ORIGIN,
  onceNegotiated,
  PADDED,
  PING,
  PRIORITY,
  PUSH_PROMISE,
  pour,
  RST_STREAM,
  respond,
  SETTINGS,
  setting,
  speaking,
  uint32,
  WINDOW_UPDATE,
} from '../frames.ts'
import { AGAIN, DELIVERED, GONE, modes, type Play } from '../mode.ts'

const MAX_CONCURRENT_STREAMS = 3
const INITIAL_WINDOW_SIZE = 4
const INTERNAL_ERROR = 2
const REFUSED = 7
const CALM = 11
const LAST_STREAM = 2 ** 31 - 1
const WHOLE = END_HEADERS | END_STREAM
/** More than the first window of a stream. */
const LARGE = 200_000

/** Writes what it makes of the stream's number. */
const says =
  (...frames: ((stream: number) => Buffer)[]): Http2Answer =>
  (socket, stream) => {
    for (const make of frames) socket.write(make(stream))
  }
const head = (stream: number) => respond(stream, '200')
const body = (stream: number) => frame(DATA, END_STREAM, stream, 'ok')
const ok = says(head, body)
/** Pours what it makes of the stream's number, after what comes first. */
const pours =
  (make: (stream: number) => Buffer, ...first: ((stream: number) => Buffer)[]): Http2Answer =>
  (socket, stream) => {
    for (const one of first) socket.write(one(stream))
    pour(socket, make(stream))
  }
/** Does something at once, while the request is under way. */
const pourAtOnce = (bytes: Buffer): Play =>
  onceNegotiated((socket) => {
    socket.write(frame(SETTINGS, 0, 0))
    pour(socket, bytes)
  })
const status = (value: string): Play => speaking(says((stream) => respond(stream, value, WHOLE)))
const with200 = (...headers: [string, string][]): Play =>
  speaking(says((stream) => respond(stream, '200', WHOLE, ...headers)))
const many = (count: number) => Array.from({ length: count }, (_, at): [string, string] => [`x-${at}`, 'y'])
/** One large value that is remembered, and then named again and again: one byte each. */
const bomb = Buffer.concat([
  block([[':status', '200']]),
  Buffer.from([0x40]),
  integer(1, 7),
  Buffer.from('x'),
  integer(3900, 7),
  Buffer.alloc(3900, 'y'),
  Buffer.alloc(10_000, 0xbe),
])

/** Tricks with HTTP/2, whose rules are RFC 9113's. */
export const http2 = modes([
  ['answers over HTTP/2', '200', DELIVERED, speaking(ok)],
  ['answers over HTTP/2; the next delivery', '200', DELIVERED, { ...speaking(ok), again: 'at once' }],
  ['answers without a body over HTTP/2', '204', DELIVERED, status('204')],
  ['answers 410 over HTTP/2', '410', GONE, status('410')],
  [
    'redirects over HTTP/2',
    '302',
    AGAIN,
    speaking(says((s) => respond(s, '302', WHOLE, ['location', 'http://10.0.0.1/']))),
  ],
  [
    'answers 200 after five 103 responses over HTTP/2',
    '200',
    DELIVERED,
    speaking(says(...Array.from({ length: 5 }, () => (s: number) => respond(s, '103')), head, body)),
  ],
  [
    'answers before it has read the body over HTTP/2',
    '413',
    AGAIN,
    {
      ...speaking(
        says((s) => respond(s, '413', WHOLE)),
        { settings: setting(INITIAL_WINDOW_SIZE, 0), at: 'head' },
      ),
      size: LARGE,
    },
  ],
  [
    'sends trailers over HTTP/2',
    '200',
    DELIVERED,
    speaking(
      says(
        head,
        (s) => frame(DATA, 0, s, 'ok'),
        (s) => frame(HEADERS, WHOLE, s, block([['x-sum', '1']])),
      ),
    ),
  ],
  [
    'says GOAWAY and answers',
    '200',
    DELIVERED,
    speaking(says(() => frame(GOAWAY, 0, 0, uint32(LAST_STREAM, 0)), head, body)),
  ],
  [
    'answers and says GOAWAY; the next delivery',
    '200',
    DELIVERED,
    { ...speaking(says(head, body, (s) => frame(GOAWAY, 0, 0, uint32(s, 0)))), again: 'at once' },
  ],
  [
    'says GOAWAY before the request is answered',
    'protocol',
    AGAIN,
    speaking(says(() => frame(GOAWAY, 0, 0, uint32(0, 0)))),
  ],
  [
    'says GOAWAY for an error',
    'protocol',
    AGAIN,
    speaking(says((s) => frame(GOAWAY, 0, 0, uint32(s, CALM)))),
  ],
  ['refuses the stream', 'protocol', AGAIN, speaking(says((s) => frame(RST_STREAM, 0, s, uint32(REFUSED))))],
  [
    'resets the stream',
    'protocol',
    AGAIN,
    speaking(says((s) => frame(RST_STREAM, 0, s, uint32(INTERNAL_ERROR)))),
  ],
  [
    'resets the stream without an error',
    'protocol',
    AGAIN,
    speaking(says((s) => frame(RST_STREAM, 0, s, uint32(0)))),
  ],
  [
    'resets the stream amid the body',
    '200 cut',
    DELIVERED,
    speaking(
      says(
        head,
        (s) => frame(DATA, 0, s, 'o'),
        (s) => frame(RST_STREAM, 0, s, uint32(INTERNAL_ERROR)),
      ),
    ),
  ],
  [
    'closes the connection of HTTP/2 without an answer',
    'protocol',
    AGAIN,
    speaking((socket) => socket.end()),
  ],
  [
    'closes the connection of HTTP/2 amid the body',
    '200 cut',
    DELIVERED,
    speaking((socket, s) => socket.end(Buffer.concat([head(s), frame(DATA, 0, s, 'o')]))),
  ],
  ['resets the connection of HTTP/2', 'protocol', AGAIN, speaking((socket) => socket.destroy())],
  ['never answers over HTTP/2', 'timeout', AGAIN, speaking(() => {})],
  ['agrees upon HTTP/2 and says nothing', 'timeout', AGAIN, onceNegotiated(() => {})],
  ['agrees upon HTTP/2 and closes', 'protocol', AGAIN, onceNegotiated((socket) => socket.end())],
  [
    'agrees upon HTTP/2 and answers in HTTP/1.1',
    'protocol',
    AGAIN,
    onceNegotiated((socket) => socket.write('HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n')),
  ],
  [
    'agrees upon HTTP/2 and sends garbage',
    'protocol',
    AGAIN,
    onceNegotiated((socket) => socket.write(Buffer.alloc(10_000, 0xff))),
  ],
  [
    'allows no stream',
    'timeout',
    AGAIN,
    speaking(() => {}, { settings: setting(MAX_CONCURRENT_STREAMS, 0) }),
  ],
  [
    'allows one stream at a time; the next delivery',
    '200',
    DELIVERED,
    { ...speaking(ok, { settings: setting(MAX_CONCURRENT_STREAMS, 1) }), again: 'at once' },
  ],
  [
    'opens no window for the body',
    'timeout',
    AGAIN,
    { ...speaking(ok, { settings: setting(INITIAL_WINDOW_SIZE, 0) }), size: LARGE },
  ],
  [
    'drips headers over HTTP/2',
    'timeout',
    AGAIN,
    speaking((socket, s) => {
      socket.write(frame(HEADERS, 0, s, block([[':status', '200']])))
      const timer = setInterval(() => socket.write(frame(CONTINUATION, 0, s, '')), 100)
      socket.on('close', () => clearInterval(timer))
    }),
  ],
  [
    'drips its body over HTTP/2',
    '200 cut',
    DELIVERED,
    speaking((socket, s) => {
      socket.write(head(s))
      const timer = setInterval(() => socket.write(frame(DATA, 0, s, 'z')), 20)
      socket.on('close', () => clearInterval(timer))
    }),
  ],
  ['floods 103 responses over HTTP/2', 'protocol', AGAIN, speaking(pours((s) => respond(s, '103')))],
  [
    'floods SETTINGS',
    'timeout or protocol',
    AGAIN,
    pourAtOnce(frame(SETTINGS, 0, 0, setting(INITIAL_WINDOW_SIZE, 65_535))),
  ],
  ['floods acknowledgements of SETTINGS', 'protocol', AGAIN, pourAtOnce(frame(SETTINGS, ACK, 0))],
  ['floods PING', 'timeout or protocol', AGAIN, pourAtOnce(frame(PING, 0, 0, Buffer.alloc(8)))],
  [
    'floods PRIORITY',
    'timeout or protocol',
    AGAIN,
    pourAtOnce(frame(PRIORITY, 0, 1, Buffer.from([0, 0, 0, 3, 1]))),
  ],
  ['floods WINDOW_UPDATE', 'protocol', AGAIN, pourAtOnce(frame(WINDOW_UPDATE, 0, 0, uint32(2 ** 30)))],
  ['floods frames of an unknown type', 'timeout or protocol', AGAIN, pourAtOnce(frame(0x7f, 0, 0, 'x'))],
  [
    'floods ORIGIN',
    'timeout or protocol',
    AGAIN,
    pourAtOnce(
      frame(
        ORIGIN,
        0,
        0,
        Buffer.concat(
          Array.from({ length: 500 }, (_, n) =>
            Buffer.concat([
              Buffer.from([0, 20]),
              Buffer.from(`https://a${String(n).padStart(3, '0')}.exampl`),
            ]),
          ),
        ),
      ),
    ),
  ],
  [
    'floods ALTSVC',
    'timeout or protocol',
    AGAIN,
    pourAtOnce(frame(ALTSVC, 0, 0, Buffer.from('\0\x01ah2=":443"', 'latin1'))),
  ],
  [
    'floods GOAWAY',
    'protocol',
    AGAIN,
    pourAtOnce(frame(GOAWAY, 0, 0, Buffer.concat([uint32(0, 0), Buffer.alloc(100)]))),
  ],
  ['floods RST_STREAM', 'protocol', AGAIN, pourAtOnce(frame(RST_STREAM, 0, 1, uint32(0)))],
  [
    'pushes',
    'protocol',
    AGAIN,
    speaking(
      says((s) =>
        frame(PUSH_PROMISE, END_HEADERS, s, Buffer.concat([uint32(2), block([[':status', '200']])])),
      ),
    ),
  ],
  [
    'sends headers without end over HTTP/2',
    'protocol',
    AGAIN,
    speaking(
      pours(
        (s) => frame(CONTINUATION, 0, s, block([['x', 'y'.repeat(100)]])),
        (s) => frame(HEADERS, 0, s, block([[':status', '200']])),
      ),
    ),
  ],
  [
    'sends empty CONTINUATION without end',
    'protocol',
    AGAIN,
    speaking(
      pours(
        (s) => frame(CONTINUATION, 0, s, ''),
        (s) => frame(HEADERS, 0, s, block([[':status', '200']])),
      ),
    ),
  ],
  ['sends a bomb of HPACK', 'protocol', AGAIN, speaking(says((s) => frame(HEADERS, WHOLE, s, bomb)))],
  [
    'names a header that HPACK has not',
    'protocol',
    AGAIN,
    speaking(says((s) => frame(HEADERS, WHOLE, s, Buffer.from([0xff, 0xff, 0x7f])))),
  ],
  ['sends 200 small headers over HTTP/2', '200', DELIVERED, with200(...many(200))],
  ['sends 1,000 small headers over HTTP/2', 'protocol', AGAIN, with200(...many(1_000))],
  ['sends one header of 10 KiB over HTTP/2', '200', DELIVERED, with200(['x', 'y'.repeat(10_240)])],
  [
    'sends a body without end over HTTP/2',
    '200 cut',
    DELIVERED,
    speaking(pours((s) => frame(DATA, 0, s, Buffer.alloc(10_000, 'x')), head)),
  ],
  [
    'sends frames of one byte without end',
    '200 cut',
    DELIVERED,
    speaking(pours((s) => frame(DATA, 0, s, 'x'), head)),
  ],
  [
    'sends empty frames without end',
    '200 cut',
    DELIVERED,
    speaking(pours((s) => frame(DATA, 0, s, ''), head)),
  ],
  [
    'sends padding without end',
    '200 cut',
    DELIVERED,
    speaking(
      pours((s) => frame(DATA, PADDED, s, Buffer.concat([Buffer.from([255]), Buffer.alloc(255)])), head),
    ),
  ],
  [
    'sends trailers without end over HTTP/2',
    '200 cut',
    DELIVERED,
    speaking(
      pours(
        (s) => frame(CONTINUATION, 0, s, block([['x', 'y'.repeat(100)]])),
        head,
        (s) => frame(HEADERS, END_STREAM, s, block([['x', 'y']])),
      ),
    ),
  ],
  [
    'says a length and sends less over HTTP/2',
    '200 cut',
    DELIVERED,
    speaking(says((s) => respond(s, '200', END_HEADERS, ['content-length', '9']), body)),
  ],
  [
    'says a length and sends more over HTTP/2',
    '200 cut',
    DELIVERED,
    speaking(says((s) => respond(s, '200', END_HEADERS, ['content-length', '1']), body)),
  ],
  [
    'answers without a status over HTTP/2',
    'protocol',
    AGAIN,
    speaking(says((s) => frame(HEADERS, WHOLE, s, block([['x', 'y']])))),
  ],
  ['answers 000 over HTTP/2', 'protocol', AGAIN, status('000')],
  ['answers 099 over HTTP/2', 'protocol', AGAIN, status('099')],
  ['answers 2OO over HTTP/2', 'protocol', AGAIN, status('2OO')],
  ['answers 101 over HTTP/2', 'protocol', AGAIN, status('101')],
  ['sends a connection header over HTTP/2', 'protocol', AGAIN, with200(['connection', 'close'])],
  ['sends a header name in upper case over HTTP/2', 'protocol', AGAIN, with200(['X-Upper', 'y'])],
  ['sends NUL in a header over HTTP/2', '200', DELIVERED, with200(['x', 'a\0b'])],
  ['sends a body before the headers over HTTP/2', 'protocol', AGAIN, speaking(says(body, head))],
  [
    'answers on a stream that nobody opened',
    'protocol',
    AGAIN,
    speaking(says((s) => respond(s + 2, '200', WHOLE))),
  ],
  [
    'opens a window that is too large',
    'protocol',
    AGAIN,
    speaking(says((s) => frame(WINDOW_UPDATE, 0, s, uint32(LAST_STREAM)))),
  ],
  [
    'sends a frame that is too large',
    'protocol',
    AGAIN,
    speaking(says((s) => frame(HEADERS, WHOLE, s, Buffer.alloc(20_000)))),
  ],
])
