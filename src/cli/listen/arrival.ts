/** A request as it came. */
export interface Arrival {
  readonly method: string
  /** Path and query. */
  readonly path: string
  /** As they were sent: names in their own letters, in their order. */
  readonly headers: readonly (readonly [name: string, value: string])[]
  readonly body: Buffer
  readonly at: Date
}

/** The headers of Standard Webhooks, or of the same three under another name, such as `svix-`. */
export interface SignatureHeaders {
  readonly id: string
  readonly timestamp: string
  readonly signature: string
}

/** The value of a header, whatever its letters; undefined where there is none. */
export function headerOf({ headers }: Pick<Arrival, 'headers'>, name: string): string | undefined {
  return headers.find(([each]) => each.toLowerCase() === name)?.[1]
}

/** Which headers the sender signs with: the option `signature.headers` may call them otherwise. */
export function signatureHeadersOf({ headers }: Pick<Arrival, 'headers'>): SignatureHeaders {
  const names = headers.map(([name]) => name.toLowerCase())
  const prefixes = names.flatMap((name) =>
    name.endsWith('-signature') ? [name.slice(0, -'signature'.length)] : [],
  )
  const complete = prefixes.find((one) => names.includes(`${one}id`) && names.includes(`${one}timestamp`))
  const prefix = complete ?? 'webhook-'
  return { id: `${prefix}id`, timestamp: `${prefix}timestamp`, signature: `${prefix}signature` }
}
