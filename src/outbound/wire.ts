/** A POST as it goes over a connection. */
export interface WireRequest {
  /** Path and query. */
  path: string
  /** Names and values by turns, checked. */
  headers: string[]
  body: string
}

/** Only what is used of undici's controller. */
export interface ResponseController {
  rawHeaders?: unknown
}

/** Who is told how a request fares: what undici calls, whatever the protocol. */
export interface ResponseHandler {
  onRequestStart(): void
  onResponseStart(controller: ResponseController, status: number): void
  onResponseData(controller: unknown, chunk: Uint8Array): void
  /** The response came to its end. */
  onResponseEnd(): void
  /** Called at the most once by whoever fails, and without meaning after the end. */
  onResponseError(controller: unknown, error: Error): void
}
