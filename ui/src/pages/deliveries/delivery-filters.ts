/** Time ranges to choose from, by what the address says. */
export const AGES: Readonly<Record<string, readonly [words: string, ms: number]>> = {
  '1h': ['Last hour', 3_600_000],
  '24h': ['Last 24 hours', 86_400_000],
  '7d': ['Last 7 days', 7 * 86_400_000],
}

export const STATUSES = ['pending', 'delivered', 'failed', 'cancelled'] as const

export interface DeliveryQuery {
  status: string
  event: string
  since: string
  until: string
}

/**
 * The filters that an address asks for, as the API takes them; what it would refuse is left out.
 *
 * @param now to the minute, so that a list is not another one at each look
 */
export function readDeliveryQuery(params: URLSearchParams, now: number): DeliveryQuery {
  const statuses = (params.get('status') ?? '')
    .split(',')
    .filter((one) => STATUSES.some((known) => known === one))
  const chosen = params.get('age') ?? ''
  const [, age] = (Object.hasOwn(AGES, chosen) ? AGES[chosen] : undefined) ?? []
  const minute = Math.floor(now / 60_000) * 60_000
  return {
    status: statuses.join(','),
    event: params.get('event') ?? '',
    since: age === undefined ? timeOf(params.get('since')) : new Date(minute - age).toISOString(),
    until: age === undefined ? timeOf(params.get('until')) : '',
  }
}

function timeOf(text: string | null): string {
  const time = Date.parse(text ?? '')
  return Number.isNaN(time) ? '' : new Date(time).toISOString()
}

/** What an `<input type="datetime-local">` shows of a time; empty for none. */
export function localInput(text: string | null): string {
  const time = Date.parse(text ?? '')
  if (Number.isNaN(time)) return ''
  const local = new Date(time - new Date(time).getTimezoneOffset() * 60_000)
  return local.toISOString().slice(0, 16)
}

const NAMES = ['status', 'event', 'age', 'since', 'until'] as const

export const isFiltered = (params: URLSearchParams): boolean => NAMES.some((name) => params.has(name))

/** The change of the address that takes all filters away. */
export const WITHOUT_FILTERS: Readonly<Record<string, null>> = Object.fromEntries(
  NAMES.map((name) => [name, null]),
)
