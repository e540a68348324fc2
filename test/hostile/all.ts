import type { Mode } from './mode.ts'
import { bodies } from './modes/bodies.ts'
import { endings } from './modes/endings.ts'
import { floods } from './modes/floods.ts'
import { framing } from './modes/framing.ts'
import { http2 } from './modes/http2.ts'
import { redirects } from './modes/redirects.ts'
import { retryAfter } from './modes/retry-after.ts'
import { secure } from './modes/secure.ts'
import { silence } from './modes/silence.ts'
import { statuses } from './modes/statuses.ts'

/** Each group of modes, under its heading in docs/reference/outcomes.md. */
export const groups: Readonly<Record<string, readonly Mode[]>> = {
  Statuses: statuses,
  Redirects: redirects,
  'Retry-After': retryAfter,
  'Taking time': silence,
  'Too much of everything': floods,
  'Ends of connections': endings,
  'Framing and other protocols': framing,
  TLS: secure,
  'HTTP/2': http2,
  'What ends up in the log': bodies,
}
