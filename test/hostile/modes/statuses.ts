import { say } from '../../../src/outbound/test-answers.ts'
import { AGAIN, DELIVERED, EMPTY, GONE, HEAD, modes } from '../mode.ts'

const status = (line: string, rest = EMPTY) => say(`HTTP/1.1 ${line}\r\n${rest}`)

/** Statuses, sensible and not. */
export const statuses = modes([
  ['answers 200', '200', DELIVERED, status('200 OK')],
  ['answers 299', '299', DELIVERED, status('299 Odd')],
  ['answers 204 with a body', '204', DELIVERED, status('204 No Content', 'content-length: 5\r\n\r\nhello')],
  ['answers 304 with a body', '304', AGAIN, status('304 Not Modified', 'content-length: 5\r\n\r\nhello')],
  ['answers 400', '400', AGAIN, status('400 Bad Request')],
  ['answers 404', '404', AGAIN, status('404 Not Found')],
  ['answers 407', '407', AGAIN, status('407 Proxy Authentication Required')],
  ['answers 410', '410', GONE, status('410 Gone')],
  ['answers 421', '421', AGAIN, status('421 Misdirected Request')],
  ['answers 429', '429', AGAIN, status('429 Too Many Requests')],
  ['answers 500', '500', AGAIN, status('500 Oh')],
  ['says 100 Continue and no more', 'protocol', AGAIN, say('HTTP/1.1 100 Continue\r\n\r\n')],
  ['says 100 Continue, then 200', 'protocol', AGAIN, say(`HTTP/1.1 100 Continue\r\n\r\n${HEAD}${EMPTY}`)],
  [
    'answers 101 Switching Protocols',
    'protocol',
    AGAIN,
    status('101 X', 'connection: upgrade\r\nupgrade: x\r\n\r\n'),
  ],
  ['answers 101 without an upgrade', 'protocol', AGAIN, status('101 X', '\r\n')],
  ['answers 000', 'protocol', AGAIN, status('000 Nothing')],
  ['answers 99', 'protocol', AGAIN, status('99 Short')],
  ['answers 099', 'protocol', AGAIN, status('099 Low')],
  ['answers 199', 'timeout', AGAIN, status('199 X')],
  ['answers 600', '600', AGAIN, status('600 High')],
  ['answers 999', '999', AGAIN, status('999 ?')],
  ['answers 200000', 'protocol', AGAIN, status('200000 Long')],
  ['answers -200', 'protocol', AGAIN, status('-200 Negative')],
  ['answers 2OO', 'protocol', AGAIN, status('2OO OK')],
  ['answers without a status', 'protocol', AGAIN, status('OK')],
  ['answers without a reason', '200', DELIVERED, say(`HTTP/1.1 200\r\n${EMPTY}`)],
  [
    'answers 200 after five 103 responses',
    '200',
    DELIVERED,
    say('HTTP/1.1 103 Early Hints\r\n\r\n'.repeat(5), `${HEAD}${EMPTY}`),
  ],
])
