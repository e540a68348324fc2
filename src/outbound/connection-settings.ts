import { X509Certificate } from 'node:crypto'
import { createSecureContext, getCACertificates, type SecureContext } from 'node:tls'
import { problem } from '../core/errors.ts'
import { refuseUnknownOptions, trueOrFalse } from '../core/options.ts'
import { malformedHeader } from './headers.ts'
import { type ForwardProxy, parseProxy } from './proxy.ts'

/** How targets are connected to. */
export interface ConnectionOption {
  /**
   * Refuses targets of plain http: when a hook is created or changed (`target_refused`), and at each attempt
   * (`refused_address`), because a row may be older than the rule. False unless told.
   */
  httpsOnly?: boolean
  /** Speaks HTTP/2 with targets of https that offer it, and HTTP/1.1 with all others. False unless told: never. */
  http2?: boolean
  /**
   * Certificates of authorities, or of servers that sign their own, in PEM; one text may hold several. They are trusted beside
   * Node's, for targets and for a proxy of https.
   */
  ca?: string | readonly string[]
  /**
   * URL of a forward proxy, of http or https, with user name and password where it wants them. Targets of https are reached
   * by CONNECT, those of http by the request itself. Names of targets are then resolved and judged by the proxy.
   */
  proxy?: string | undefined
  /** The `user-agent` of deliveries; `hookwright` unless told. A hook's own header comes before it. */
  userAgent?: string
}

export interface ConnectionSettings {
  httpsOnly: boolean
  http2: boolean
  /** Who is trusted; Node's default certificates without it. */
  secureContext: SecureContext | undefined
  proxy: ForwardProxy | undefined
  userAgent: string
}

const OPTIONS = ['httpsOnly', 'http2', 'ca', 'proxy', 'userAgent']
const USER_AGENT = 'hookwright'
const LONGEST_USER_AGENT = 512

/**
 * Checks the option `connection` and fills in what it leaves out.
 *
 * @throws `option_invalid`, which names the option, and for a certificate its index
 * @example
 * ```ts
 * connectionSettings({ proxy: 'http://proxy.internal:4750', userAgent: 'Bookstore-Webhooks/1.0 (+https://example.com)' })
 * ```
 */
export function connectionSettings(option: ConnectionOption = {}): ConnectionSettings {
  // Under a misspelt name, or in place of all of them, may be a proxy's password or a private key.
  refuseUnknownOptions(option, OPTIONS, 'connection', undefined, false)
  return {
    httpsOnly: trueOrFalse(option.httpsOnly, 'connection.httpsOnly', false),
    http2: trueOrFalse(option.http2, 'connection.http2', false),
    secureContext: trusting(option.ca),
    proxy: parseProxy(option.proxy),
    userAgent: userAgentOf(option.userAgent),
  }
}

function userAgentOf(given: unknown = USER_AGENT): string {
  const cure = "For example 'Bookstore-Webhooks/1.0 (+https://bookstore.example/webhooks)'"
  const invalid = (what: string) =>
    problem('option_invalid', { field: 'connection.userAgent', value: given, problem: what, cure })
  const malformed = malformedHeader('user-agent', given)
  if (malformed !== undefined || typeof given !== 'string') throw invalid(malformed ?? 'it is not a string')
  if (given.trim() !== given || given === '')
    throw invalid('it is empty, or has a space at its beginning or end')
  if (given.length > LONGEST_USER_AGENT) throw invalid(`it has more than ${LONGEST_USER_AGENT} characters`)
  return given
}

const CERTIFICATE = /-----BEGIN CERTIFICATE-----[^-]*-----END CERTIFICATE-----/g

/** Node's certificates and those that are given. */
function trusting(given: unknown): SecureContext | undefined {
  if (given === undefined) return undefined
  const texts: readonly unknown[] = Array.isArray(given) ? given : [given]
  const certificates = texts.flatMap((text, index) =>
    certificatesIn(text, Array.isArray(given) ? `connection.ca[${index}]` : 'connection.ca'),
  )
  if (certificates.length === 0) return undefined
  return createSecureContext({ ca: [...getCACertificates('default'), ...certificates] })
}

/** The value is never shown: where a certificate should be, a key may be. */
function certificatesIn(text: unknown, field: string): string[] {
  const cure = "Pass the text of a PEM file, for instance readFileSync('ca.pem', 'utf8')"
  const invalid = (what: string) => problem('option_invalid', { field, problem: what, cure })
  if (typeof text !== 'string') throw invalid('it is not a string')
  const found = text.match(CERTIFICATE)
  if (found === null)
    throw invalid('there is no certificate in it: nothing begins with -----BEGIN CERTIFICATE-----')
  found.forEach((certificate, index) => {
    try {
      new X509Certificate(certificate)
    } catch {
      throw invalid(
        found.length === 1
          ? 'it cannot be read as a certificate'
          : `its certificate ${index + 1} of ${found.length} cannot be read`,
      )
    }
  })
  return [...found]
}
