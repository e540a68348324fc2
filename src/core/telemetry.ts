/**
 * What hookwright tells a system that watches over the application. `openTelemetry()` of `hookwright/opentelemetry` is one; it
 * is an interface, so that nothing of that is loaded where it is not wanted. Nothing that it is told is secret: no target
 * beyond its host, no header, no body, no owner.
 */
export interface Telemetry {
  /** An event is about to be written by hand. */
  send(sending: Sending): Operation
  /** An event is about to get its deliveries. */
  fanOut(fanningOut: FanningOut): Operation
  /** A POST is about to be made. */
  attempt(attempting: Attempting): AttemptOperation
  /** Deliveries were cancelled. */
  cancelled(count: number): void
  /** Runs `work` apart from whatever the caller is at: what lives on must not belong to a request that has long ended. */
  detached<T>(work: () => T): T
  /** The dispatcher runs: from now on it may be asked how much waits. @returns a function that ends it */
  observe(observed: Observed): () => void
}

/** Something that begins when it is made, and ends once. */
export interface Operation {
  /** What belongs to it wherever it goes on, as the JSON of the headers that say so; null for nothing. */
  readonly traceContext: string | null
  /** Runs a part of it, as the surroundings of whatever the part does. */
  run<T>(part: () => T): T
  /** @param fault what went wrong: a code, never a message */
  end(fault?: string): void
}

export interface AttemptOperation extends Omit<Operation, 'end'> {
  /** Headers that tell the target of it. */
  readonly headers: Readonly<Record<string, string>>
  /** Runs the POST: what it does is told by this operation, and by nothing else. */
  post<T>(part: () => T): T
  end(attempted: Attempted): void
}

export interface Sending {
  by: 'send' | 'trigger'
  /** The event, or the action that may be several. */
  name: string
}

export interface FanningOut {
  /** The event's id. */
  id: string
  event: string
  traceContext: string | null
}

export interface Attempting {
  hookId: number
  deliveryId: string
  event: string
  /** Counted from 1. */
  number: number
  /** The whole URL: what of it is told is its scheme, host and port. */
  target: string
  traceContext: string | null
}

/** `retried`: it failed and another attempt will follow; `broken_off`: it counts for nothing. */
export type AttemptOutcomeName = 'delivered' | 'retried' | 'failed' | 'broken_off'

export interface Attempted {
  outcome: AttemptOutcomeName
  /** Null when no response came. */
  status: number | null
  /** Null when one came. */
  errorCode: string | null
  durationMs: number
  /** From the event to the end of this attempt, in milliseconds. */
  latencyMs: number
}

/** What can be asked while the dispatcher runs. */
export interface Observed {
  /** Attempts under way in this process. */
  inFlight(): number
  /** What waits in the database; undefined while that cannot be told. It never rejects, and may be asked at any rate. */
  backlog(): Promise<Backlog | undefined>
}

/** What waits in the database. */
export interface Backlog {
  events: { waiting: number }
  deliveries: { due: number; scheduled: number; parked: number; oldestDueMs: number }
  hooks: Readonly<Record<ObservedState, number>>
}

/** How a hook fares, as `hooks.health` says it. */
export type ObservedState = 'well' | 'failing' | 'waiting' | 'recovering' | 'disabled'

const nothing: Operation & AttemptOperation = {
  traceContext: null,
  headers: {},
  run: (part) => part(),
  post: (part) => part(),
  end() {},
}

/** Tells nobody: the default. */
export const noTelemetry: Telemetry = {
  send: () => nothing,
  fanOut: () => nothing,
  attempt: () => nothing,
  cancelled() {},
  detached: (work) => work(),
  observe: () => () => {},
}
