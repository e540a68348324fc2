/**
 * How long a response asks to wait, by its header `Retry-After` (RFC 9110, section 10.2.3).
 *
 * @param headers with names in lower case
 * @param now milliseconds since the epoch
 * @returns milliseconds, 0 for a date that is past; undefined where there is no such header, or only junk
 */
export function retryAfter(headers: readonly (readonly [string, string])[], now: number): number | undefined {
  const asked = headers
    .filter(([name]) => name === 'retry-after')
    .map(([, value]) => readWait(value.trim(), now))
    .filter((wait) => wait !== undefined)
  return asked.length === 0 ? undefined : Math.max(...asked)
}

function readWait(value: string, now: number): number | undefined {
  if (/^\d+$/.test(value)) return Math.min(Number(value) * 1_000, Number.MAX_SAFE_INTEGER)
  const date = readDate(value, now)
  return date === undefined ? undefined : Math.max(0, date - now)
}

const MONTHS = 'Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec'
const TIME = String.raw`(?<time>\d\d:\d\d:\d\d)`

/** The three forms of RFC 9110, section 5.6.7: IMF-fixdate, RFC 850 and asctime. */
const FORMS = [
  new RegExp(`^[A-Z][a-z]{2}, (?<day>\\d\\d) (?<month>${MONTHS}) (?<year>\\d{4}) ${TIME} GMT$`),
  new RegExp(`^[A-Z][a-z]{5,8}, (?<day>\\d\\d)-(?<month>${MONTHS})-(?<year>\\d\\d) ${TIME} GMT$`),
  new RegExp(`^[A-Z][a-z]{2} (?<month>${MONTHS}) (?<day>[ \\d]\\d) ${TIME} (?<year>\\d{4})$`),
]

function readDate(value: string, now: number): number | undefined {
  for (const form of FORMS) {
    const { day, month, year, time } = form.exec(value)?.groups ?? {}
    if (day === undefined || month === undefined || year === undefined) continue
    const date = Date.parse(`${day.trim()} ${month} ${fullYear(year, now)} ${time} GMT`)
    return Number.isNaN(date) ? undefined : date
  }
  return undefined
}

/** Two digits are of the last hundred years, but for the next fifty. */
function fullYear(year: string, now: number): number {
  if (year.length > 2) return Number(year)
  const thisYear = new Date(now).getUTCFullYear()
  const full = Math.floor(thisYear / 100) * 100 + Number(year)
  return full > thisYear + 50 ? full - 100 : full
}
