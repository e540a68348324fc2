import type { OutboundResult } from '../outbound/index.ts'
import type { Claimed } from './claimed.ts'
import { confidentialTexts } from './confidential.ts'
import { type Redactor, redactor } from './redact.ts'
import type { Outcome } from './verdict.ts'

/** What came of a POST, and how long it took. */
export type Timed = { durationMs: number } & (
  | { response: Extract<OutboundResult, { outcome: 'response' }>['response']; failure?: never }
  | Extract<Outcome, { response?: never }>
)

const utf8 = new TextDecoder()

/** The beginning of a response's body, as every database keeps it. */
export function bodyText(bytes: Uint8Array): string {
  return utf8.decode(bytes).replaceAll('\0', '\uFFFD')
}

/** A target may answer with what it got, and whoever reads the log need not know a hook's secrets. */
export function redactorOf({ hook }: Claimed, startedAt: number): Redactor {
  try {
    return redactor(confidentialTexts(hook, startedAt))
  } catch {
    // A row of other hands, of which nothing can be read, and nothing was sent.
    return redactor([])
  }
}

/** From so many characters on, a message may have been cut off. */
const MAYBE_CUT = 300

/** The message of a failure becomes the delivery's reason, too. */
export function withoutSecrets(outcome: Timed, { redact }: Redactor): Timed {
  const { response, failure, durationMs } = outcome
  if (failure !== undefined) {
    const message = redact(failure.message, failure.message.length >= MAYBE_CUT)
    return { durationMs, failure: { ...failure, message } }
  }
  const headers = response.headers.map(([name, value]): [string, string] => [redact(name), redact(value)])
  return { durationMs, response: { ...response, headers } }
}
