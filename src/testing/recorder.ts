import {
  headersOverHttp1,
  type OutboundRequest,
  type OutboundResult,
  type Transport,
} from '../outbound/index.ts'

/** A POST that would have been sent. */
export interface RecordedDelivery {
  /** The delivery's: the `webhook-id`. */
  id: string
  target: string
  headers: Readonly<Record<string, string>>
  /** The body as text, exactly as it was signed. */
  body: string
  /** The body, parsed. */
  json: unknown
}

/** What a target answers in a test. Throwing is a connection that fails. */
export type Respond = (delivery: RecordedDelivery) => RecordedResponse | undefined

/** An answer in a test. */
export interface RecordedResponse {
  status: number
  headers?: Readonly<Record<string, string>>
  body?: string
}

/** A network that is not there: it records what is posted, and answers 200 unless told otherwise. */
export class Recorder implements Transport {
  readonly deliveries: RecordedDelivery[] = []
  respond: Respond = () => undefined
  readonly #idHeader: string

  /** @param idHeader the name of the header with a delivery's id, in lower case */
  constructor(idHeader: string) {
    this.#idHeader = idHeader
  }

  async post({ url, headers, body }: OutboundRequest): Promise<OutboundResult> {
    const delivery = {
      id: headers[this.#idHeader] ?? '',
      target: url,
      headers: { ...headers },
      body,
      json: JSON.parse(body) as unknown,
    }
    this.deliveries.push(delivery)
    const sent = {
      url,
      headers: headersOverHttp1(URL.parse(url)?.host ?? '', {
        headers: Object.entries(headers).flat(),
        body,
      }),
    }
    try {
      const { status, headers: given = {}, body: answer = '' } = this.respond(delivery) ?? { status: 200 }
      const names = Object.entries(given).map(([name, value]): [string, string] => [
        name.toLowerCase(),
        value,
      ])
      const response = { status, headers: names, body: new TextEncoder().encode(answer), truncated: false }
      return { durationMs: 0, sent, outcome: 'response', response }
    } catch (error) {
      const message = error instanceof Error ? error.message : String(error)
      return { durationMs: 0, sent, outcome: 'error', error: { code: 'connect', message } }
    }
  }

  async close(): Promise<void> {}
}
