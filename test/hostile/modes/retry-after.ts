import { say } from '../../../src/outbound/test-answers.ts'
import { AGAIN, DELIVERED, EMPTY, LONGEST, type Mode, SCHEDULE } from '../mode.ts'

/** What is said, with which status, and when the delivery is tried again. */
const said: [does: string, values: string[], status: string, expectation: string][] = [
  ['seconds', ['120'], '503', 'after 120 s'],
  ['seconds, amid spaces', ['  120 \t'], '503', 'after 120 s'],
  ['seconds, with 429', ['120'], '429', 'after 120 s'],
  ['0 seconds', ['0'], '503', SCHEDULE],
  ['a date to come (IMF-fixdate)', ['Fri, 01 Jan 2100 00:00:00 GMT'], '503', LONGEST],
  ['a date to come (RFC 850)', ['Friday, 01-Jan-49 00:00:00 GMT'], '503', LONGEST],
  ['a date to come (asctime)', ['Fri Jan  1 00:00:00 2100'], '503', LONGEST],
  ['a date that is past (IMF-fixdate)', ['Sun, 06 Nov 1994 08:49:37 GMT'], '503', SCHEDULE],
  ['a date that is past (RFC 850)', ['Sunday, 06-Nov-94 08:49:37 GMT'], '503', SCHEDULE],
  ['a date that is past (asctime)', ['Sun Nov  6 08:49:37 1994'], '503', SCHEDULE],
  ['a date that does not exist', ['Wed, 31 Feb 2100 25:61:00 GMT'], '503', SCHEDULE],
  ['an ISO date', ['2100-01-01T00:00:00Z'], '503', SCHEDULE],
  ['a negative number', ['-1'], '503', SCHEDULE],
  ['a fraction', ['1.5'], '503', SCHEDULE],
  ['a number with an exponent', ['1e3'], '503', SCHEDULE],
  ['a hexadecimal number', ['0x10'], '503', SCHEDULE],
  ['Infinity', ['Infinity'], '503', SCHEDULE],
  ['a very large number', ['99999999999999999999999'], '503', LONGEST],
  ['seconds of a century', ['3155760000'], '503', LONGEST],
  ['words', ['soon'], '503', SCHEDULE],
  ['nothing', [''], '503', SCHEDULE],
  ['bad UTF-8', ['\u00ff\u00fe120'], '503', SCHEDULE],
  ['8,000 digits', ['9'.repeat(8000)], '503', LONGEST],
  ['two numbers in one header', ['120, 240'], '503', SCHEDULE],
  ['two headers', ['120', '240'], '503', 'after 240 s'],
  ['two headers, the first of them junk', ['soon', '240'], '503', 'after 240 s'],
  ['seconds, with 404', ['120'], '404', 'after 120 s'],
  ['seconds, with a redirect', ['120'], '301', 'after 120 s'],
  ['seconds, with 200', ['120'], '200', ''],
]

export interface RetryAfterMode extends Mode {
  /** The values of the header, as they must be in the log. */
  values: string[]
}

/** Every form of the header `Retry-After`. */
export const retryAfter: RetryAfterMode[] = said.map(([form, values, status, expectation]) => {
  const headers = values.map((value) => `Retry-After: ${value}\r\n`).join('')
  return {
    does: `sends Retry-After: ${form}`,
    logged: status,
    delivery: status === '200' ? DELIVERED : AGAIN,
    play: { answer: say(Buffer.from(`HTTP/1.1 ${status} X\r\n${headers}${EMPTY}`, 'latin1')) },
    expectation,
    values: values.map((value) => value.trim()),
  }
})
