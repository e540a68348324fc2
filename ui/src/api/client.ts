import { nextOf } from './next-link.ts'
import { problemOf, unreachable } from './problem.ts'
import { sessionToken } from './session.ts'

/** The API's root: the page stands one step below it. */
const ROOT = new URL('..', document.baseURI)

export type Query = Readonly<Record<string, string | number | boolean | null | undefined>>

/** One page of a list. */
export interface Page<T> {
  items: T[]
  /** The address of the page behind it; null for none. */
  next: string | null
}

export function urlOf(path: string, query: Query = {}): string {
  const url = new URL(path, ROOT)
  for (const [name, value] of Object.entries(query)) {
    if (value !== undefined && value !== null && value !== '') url.searchParams.set(name, String(value))
  }
  return url.href
}

/** @throws ApiProblem */
export async function get<T>(path: string, query?: Query, signal?: AbortSignal): Promise<T> {
  return (await (await call('GET', urlOf(path, query), undefined, signal)).json()) as T
}

/**
 * @param url an address of {@link urlOf}, or what a page gave as its `next`
 * @throws ApiProblem
 */
export async function getPage<T>(url: string, signal?: AbortSignal): Promise<Page<T>> {
  const response = await call('GET', url, undefined, signal)
  const items = (await response.json()) as T[]
  return { items, next: nextOf(response.headers.get('link'), response.url || url) }
}

/** @throws ApiProblem */
export async function send<T>(
  method: 'POST' | 'PATCH' | 'PUT' | 'DELETE',
  path: string,
  body?: unknown,
  query?: Query,
  signal?: AbortSignal,
): Promise<T> {
  const response = await call(method, urlOf(path, query), body ?? {}, signal)
  return (response.status === 204 ? undefined : await response.json()) as T
}

async function call(method: string, url: string, body: unknown, signal?: AbortSignal): Promise<Response> {
  const token = sessionToken()
  const headers: Record<string, string> = { accept: 'application/json' }
  if (token !== null) headers.authorization = `Bearer ${token}`
  if (body !== undefined) headers['content-type'] = 'application/json'
  let response: Response
  try {
    response = await fetch(url, {
      method,
      headers,
      credentials: 'same-origin',
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      ...(signal === undefined ? {} : { signal }),
    })
  } catch (error) {
    if (signal?.aborted === true) throw error
    throw unreachable()
  }
  if (response.ok) return response
  const retryAfter = Number(response.headers.get('retry-after') ?? Number.NaN)
  const answer: unknown = await response.json().catch(() => undefined)
  throw problemOf(response.status, answer, Number.isFinite(retryAfter) ? retryAfter : undefined)
}
