import { Invalid, textOf } from './invalid.ts'
import type { RequestData } from './parse-body.ts'
import { readInteger } from './read-fields.ts'

/** How many a page has unless told. */
export const PAGE = 100
/** The largest page. */
const MOST = 1_000

/** How many a page is to have; undefined unless told. */
export function readLimit(query: RequestData): number | undefined {
  return readInteger(query, 'limit', 1, MOST)
}

/**
 * A cursor: where the page before has ended, in a form that nobody is to make up or to read. It only says from where on:
 * what is seen there is the caller's own, whoever got the cursor.
 */
export function cursorOf(position: string | number): string {
  return Buffer.from(String(position)).toString('base64url')
}

/** What a cursor was made of, where it has the form of one; undefined where there is none. */
export function readCursor(query: RequestData, form: RegExp): string | undefined {
  const { cursor } = query.fields
  if (cursor === undefined || cursor === '') return undefined
  const position = Buffer.from(textOf(cursor), 'base64url').toString('latin1')
  if (form.test(position) && cursorOf(position) === cursor) return position
  throw new Invalid('Invalid cursor')
}

/**
 * The address of the next page, as RFC 8288 has it: the request's own with another cursor. Relative to that, which is all that
 * the caller and we have in common: a proxy may have given the request another host, scheme or path.
 */
export function nextLink(request: Request, cursor: string | undefined): Record<string, string> {
  if (cursor === undefined) return {}
  const { searchParams } = new URL(request.url)
  searchParams.set('cursor', cursor)
  return { Link: `<?${searchParams}>; rel="next"` }
}
