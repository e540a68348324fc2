import { problem } from '../core/errors.ts'
import { refuseUnknownOptions, wholeNumber } from '../core/options.ts'

/** The option `api`: what the REST API lets its callers do. */
export interface ApiOptions {
  /** The most hooks that an owner may create over the API: 1,000 unless told, `false` for any number. */
  maxHooksPerOwner?: number | false
  /** The most requests of one caller in a second, in this process: 50 unless told, `false` for any number. */
  requestsPerSecond?: number | false
  /** How many of them may come at once: 100 unless told. */
  burst?: number
  /** The largest body of a request, in bytes: 65,536 unless told. */
  maxBodyBytes?: number
  /** Lets pages of other origins call the API from the browser. Off unless told. */
  cors?: CorsOptions | false
}

export interface CorsOptions {
  /**
   * The origins: `['https://app.example.com']`. Their pages may send cookies. `'*'` is every origin, without cookies.
   */
  origins: readonly string[] | '*'
  /** Request headers beside `Authorization`, `Content-Type` and `X-Request-Id`. */
  headers?: readonly string[]
  /** For how many seconds a browser may keep the answer to a preflight: 600 unless told. */
  maxAgeSeconds?: number
}

/** What the API goes by. */
export interface ApiSettings {
  maxHooksPerOwner: number | undefined
  /** Requests of one caller; undefined for any number. */
  rate: { perSecond: number; burst: number } | undefined
  maxBodyBytes: number
  cors: CorsSettings | undefined
}

export interface CorsSettings {
  origins: ReadonlySet<string> | '*'
  /** As `Access-Control-Allow-Headers` lists them. */
  headers: string
  maxAgeSeconds: number
}

const OPTIONS = ['maxHooksPerOwner', 'requestsPerSecond', 'burst', 'maxBodyBytes', 'cors']
const OR_FALSE = ', false for any number'
const HEADERS = ['Authorization', 'Content-Type', 'X-Request-Id']
const LARGEST_BODY = 64 * 1024

/** @throws `option_invalid` */
export function apiSettings(options: ApiOptions = {}): ApiSettings {
  refuseUnknownOptions(options, OPTIONS, 'api')
  const { maxHooksPerOwner, requestsPerSecond, burst, maxBodyBytes, cors } = options
  return {
    maxHooksPerOwner:
      maxHooksPerOwner === false
        ? undefined
        : wholeNumber(maxHooksPerOwner, 'api.maxHooksPerOwner', 1_000, OR_FALSE),
    rate:
      requestsPerSecond === false
        ? undefined
        : { perSecond: rateOf(requestsPerSecond), burst: wholeNumber(burst, 'api.burst', 100) },
    maxBodyBytes: wholeNumber(maxBodyBytes, 'api.maxBodyBytes', LARGEST_BODY),
    cors: cors === undefined || cors === false ? undefined : corsSettings(cors),
  }
}

function rateOf(rate: unknown): number {
  if (rate === undefined) return 50
  if (typeof rate === 'number' && rate >= 0.001 && rate <= 1_000_000) return rate
  throw wrong(
    'requestsPerSecond',
    rate,
    'it must be a number of requests, from 0.001 to 1,000,000',
    'It is 50 if left out, false for any number',
  )
}

function corsSettings(cors: CorsOptions): CorsSettings {
  refuseUnknownOptions(cors, ['origins', 'headers', 'maxAgeSeconds'], 'api.cors')
  const { origins, headers = [], maxAgeSeconds } = cors
  if (!Array.isArray(headers) || !headers.every((name) => /^[\w!#$%&'*+.^`|~-]+$/.test(String(name)))) {
    throw wrong('cors.headers', headers, 'it must be a list of names of headers', "For example ['X-Tenant']")
  }
  return {
    origins: originsOf(origins),
    headers: [...HEADERS, ...headers].join(', '),
    maxAgeSeconds: wholeNumber(maxAgeSeconds, 'api.cors.maxAgeSeconds', 600),
  }
}

function originsOf(origins: unknown): CorsSettings['origins'] {
  if (origins === '*') return origins
  if (!Array.isArray(origins)) throw noOrigins(origins, 'it must be a list of origins')
  for (const origin of origins) {
    // As a browser writes it, or it would never be the same.
    if (typeof origin !== 'string' || URL.parse(origin)?.origin !== origin) {
      throw noOrigins(origin, 'it is no origin')
    }
  }
  return new Set(origins as string[])
}

function noOrigins(value: unknown, fault: string): Error {
  return wrong(
    'cors.origins',
    value,
    fault,
    "For example ['https://app.example.com']: scheme, host and port, no path; or '*'",
  )
}

function wrong(name: string, value: unknown, fault: string, cure: string): Error {
  return problem('option_invalid', { field: `api.${name}`, value, problem: fault, cure })
}
