import type { HookRow } from '../hooks/index.ts'
import { isSigning, type SentRequest } from '../outbound/index.ts'
import { parseHeaders } from './request.ts'

/** What stands for what is sent and not shown. */
const HIDDEN = '[hidden]'

/** Every hook whose creator has named no headers has it among its own: nobody keeps it for a secret. */
const USUAL_TYPE = 'application/json'

/**
 * A request as the log of attempts keeps it: JSON of `[url, name, value, name, value, …]`, because there is one for every attempt.
 * The values of the hook's own headers, other than the usual type, and its target's query are hidden; what else is sent is no secret.
 *
 * @param hook decrypted
 * @param signing names of the headers that sign, which are never the hook's own
 */
export function keptRequest(
  { url, headers }: SentRequest,
  hook: HookRow,
  signing: readonly string[],
): string {
  const own = new Set<string>()
  for (const [name, value] of Object.entries(parseHeaders(hook))) {
    const lower = name.toLowerCase()
    if (!isSigning(lower, signing) && !(lower === 'content-type' && value === USUAL_TYPE)) own.add(lower)
  }
  const mark = url.indexOf('?')
  const texts = [mark < 0 ? url : `${url.slice(0, mark)}?${HIDDEN}`]
  for (const [name, value] of headers) texts.push(name, own.has(name.toLowerCase()) ? HIDDEN : value)
  return JSON.stringify(texts)
}

/** The request of a row of the log. */
export function requestFromLog(kept: string): { url: string; headers: [string, string][] } {
  const [url = '', ...texts] = JSON.parse(kept) as string[]
  const headers: [string, string][] = []
  for (let at = 0; at + 1 < texts.length; at += 2) headers.push([texts[at] ?? '', texts[at + 1] ?? ''])
  return { url, headers }
}
