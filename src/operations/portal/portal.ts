import { hasCode, problem } from '../../core/errors.ts'
import type { Logger } from '../../core/logger.ts'
import { refuseUnknownOptions, trueOrFalse, wholeNumber } from '../../core/options.ts'
import { type Owner, ownerText } from '../../hooks/index.ts'
import { existingPortalKey, type PortalKeyContext, portalKey, replacePortalKey } from './key.ts'
import { isTokenLike, type PortalGrant, readToken, signToken } from './token.ts'

/** What a portal link opens. */
export interface PortalOptions {
  /** Whose hooks it opens. */
  owner: Owner
  /** Whether they can be looked at and not changed. */
  readOnly?: boolean
  /** For how long it is good, in milliseconds: an hour unless told, 7 days at the most. */
  expiresInMs?: number
  /**
   * Where the API is mounted, for the link: `https://app.example.com/api/hooks`, or a path. What the option `basePath` says
   * unless told; without that the link begins below the mount, with `ui/`.
   */
  url?: string
}

/** A link that opens the dashboard for one owner. Whoever has it may do what it says, until it ends. */
export interface PortalLink {
  /** What a client of the API sends: `Authorization: Bearer hwp_…`. */
  token: string
  /** What a browser opens, also in an iframe. The token stands behind the `#`, which is sent to no server. */
  url: string
  expiresAt: Date
}

export interface PortalContext extends PortalKeyContext {
  logger: Logger
  /** The option of that name. */
  basePath?: string | undefined
  /** Milliseconds, of a clock that is not set back: how old what is remembered is. */
  elapsed?: () => number
}

const HOUR = 3_600_000
const LONGEST = 7 * 24 * HOUR

/** What is known of the key is of use for so long: then also another process has noticed that links have ended. */
const FRESH_MS = 10_000

/** A token that does not fit has the key looked up, which may be another by now; not more often than this. */
const LOOKED_UP_MS = 250

/**
 * Links that open the dashboard and the API for one owner, and what comes back of them.
 *
 * @example
 * ```ts
 * const portal = new Portal({ store, cipher, clock, random, logger })
 * const { token } = await portal.link({ owner: 1 })
 * await portal.grantOf(token) // { owner: '1', … }
 * ```
 */
export class Portal {
  readonly #context: PortalContext
  readonly #elapsed: () => number
  /** How often all links were ended here: what was read before that is not remembered. */
  #ends = 0
  #known: { key: Promise<Uint8Array | undefined>; at: number; failed: boolean } | undefined

  constructor(context: PortalContext) {
    this.#context = context
    this.#elapsed = context.elapsed ?? (() => performance.now())
  }

  /** @throws `option_invalid`, `owner_missing`, `hook_invalid` for what is no owner, `decryption_failed` */
  async link(options: PortalOptions): Promise<PortalLink> {
    refuseUnknownOptions(options, ['owner', 'readOnly', 'expiresInMs', 'url'], 'portal')
    const owner = ownerText(options.owner, 'owner')
    const readOnly = trueOrFalse(options.readOnly, 'portal.readOnly', false)
    const expiresInMs = wholeNumber(options.expiresInMs, 'portal.expiresInMs', HOUR)
    if (expiresInMs > LONGEST) {
      throw problem('option_invalid', {
        field: 'portal.expiresInMs',
        value: expiresInMs,
        problem: `it must be ${LONGEST} at the most, which is 7 days`,
        cure: 'Make a new link whenever somebody opens the page that it stands in',
      })
    }
    const root = rootOf(options.url ?? pathOf(this.#context.basePath))
    // Not what is remembered: somebody may have ended all links a moment ago.
    const ends = this.#ends
    const key = await portalKey(this.#context)
    if (ends === this.#ends) void this.#know(key)
    const expiresAt = this.#context.clock.now() + expiresInMs
    const token = signToken({ owner, expiresAt, readOnly }, key)
    return { token, url: `${root}ui/#token=${token}`, expiresAt: new Date(expiresAt) }
  }

  /** Ends all links: at once in this process, in others within 10 seconds. */
  async end(): Promise<void> {
    await replacePortalKey(this.#context)
    this.#ends += 1
    this.#known = undefined
  }

  /** What a token allows now; undefined for one that is not ours, or not any more. */
  async grantOf(token: string): Promise<PortalGrant | undefined> {
    if (!isTokenLike(token)) return undefined
    const key = await this.#keyNotOlderThan(FRESH_MS)
    let grant = key && readToken(token, key)
    if (grant === undefined) {
      const now = await this.#keyNotOlderThan(LOOKED_UP_MS)
      if (now !== key) grant = now && readToken(token, now)
    }
    return grant !== undefined && grant.expiresAt > this.#context.clock.now() ? grant : undefined
  }

  #keyNotOlderThan(ms: number): Promise<Uint8Array | undefined> {
    const known = this.#known
    const most = known?.failed === true ? LOOKED_UP_MS : ms
    if (known !== undefined && this.#elapsed() - known.at < most) return known.key
    return this.#know(this.#readKey())
  }

  #know(key: Uint8Array | Promise<Uint8Array | undefined>): Promise<Uint8Array | undefined> {
    const known = { key: Promise.resolve(key), at: this.#elapsed(), failed: false }
    known.key.catch(() => {
      known.failed = true
    })
    this.#known = known
    return known.key
  }

  /** One that cannot be decrypted is as good as none: whoever has a link learns that it has ended, and the log why. */
  async #readKey(): Promise<Uint8Array | undefined> {
    try {
      return await existingPortalKey(this.#context)
    } catch (error) {
      if (!hasCode(error, 'decryption_failed')) throw error
      this.#context.logger.error({ err: error }, 'portal links cannot be verified')
      return undefined
    }
  }
}

/** The option `basePath` may lack its slash, and need not be encoded. */
function pathOf(basePath: string | undefined): string | undefined {
  return basePath && new URL(`http://localhost/${basePath.replace(/^\/+/, '')}`).pathname
}

/** Where the mount is, with a slash at the end. */
function rootOf(url: unknown): string {
  if (url === undefined) return ''
  const isFit =
    typeof url === 'string' &&
    /^(?:https?:\/\/[^/]|\/(?!\/)|$)/.test(url) &&
    !/[\s\\?#]/.test(url) &&
    URL.canParse(url, 'https://localhost')
  if (isFit) return url.endsWith('/') ? url : `${url}/`
  throw problem('option_invalid', {
    field: 'portal.url',
    value: url,
    problem: 'it must be where the API is mounted: a URL of http or https, or a path, without a query',
    cure: "For example 'https://app.example.com/api/hooks'",
  })
}
