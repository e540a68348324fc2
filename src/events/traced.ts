import { faultOf } from '../core/errors.ts'
import { noTelemetry, type Sending, type Telemetry } from '../core/telemetry.ts'

/** Sends, and tells of it. What is thrown at once is thrown at once, as a synchronous transaction needs it. */
export function traced<T>(
  telemetry: Telemetry,
  sending: Sending,
  work: (traceContext: string | null) => Promise<T>,
): Promise<T> {
  if (telemetry === noTelemetry) return work(null)
  const operation = telemetry.send(sending)
  let sent: Promise<T>
  try {
    sent = operation.run(() => work(operation.traceContext))
  } catch (error) {
    operation.end(faultOf(error))
    throw error
  }
  sent.then(
    () => operation.end(),
    (error: unknown) => operation.end(faultOf(error)),
  )
  return sent
}
