import { useState } from 'react'
import { useTestHook } from '../../../api/mutations.ts'
import { ApiProblem } from '../../../api/problem.ts'
import { useCatalog, useDelivery, useSampleData } from '../../../api/queries.ts'
import { type CatalogEvent, eventsOf } from '../../../api/wire.ts'
import { Button } from '../../../components/button.tsx'
import { Dialog } from '../../../components/dialog.tsx'
import { Field } from '../../../components/field.tsx'
import { Link } from '../../../components/link.tsx'
import { Problem } from '../../../components/problem.tsx'
import { AttemptState, DeliveryState, Status } from '../../../components/status.tsx'
import { duration } from '../../../components/time-words.ts'
import type { HookDialogProps } from '../hook-dialog.tsx'

/** Sends an event for this hook alone, and shows what the receiver says to it. */
export function TestDialog({ hook, onClose }: HookDialogProps) {
  const { data: catalog } = useCatalog()
  const [event, setEvent] = useState(hook.event)
  const [written, setWritten] = useState<string | null>(null)
  const test = useTestHook(hook.id)
  const sample = useSampleData(event, hook.owner ?? '')
  // A sample of a thin body is not what the event has.
  const known = hook.payload === 'thin' ? null : sample.data
  const text = written ?? (sample.isPending ? '' : shownData(known ?? exampleOf(catalog, event)))
  const parsed = parse(text)
  const refused = test.error instanceof ApiProblem ? (test.error.fields.data ?? []) : []

  function submit() {
    if (parsed.fault !== undefined) return
    test.mutate({ event, ...(parsed.data === undefined ? {} : { data: parsed.data }) })
  }

  return (
    <Dialog title="Send test event" onClose={onClose} wide>
      <form
        onSubmit={(submitted) => {
          submitted.preventDefault()
          submit()
        }}
      >
        <p>Sent to this hook alone, signed like every other. The receiver cannot tell it from a real one.</p>
        <Field label="Event" name="event">
          {(attributes) => (
            <select
              {...attributes}
              value={event}
              onChange={({ target }) => {
                setEvent(target.value)
                setWritten(null)
                test.reset()
              }}
            >
              {eventsOf(hook).map((name) => (
                <option key={name}>{name}</option>
              ))}
            </select>
          )}
        </Field>
        <Field
          label="Data"
          name="data"
          errors={parsed.fault === undefined ? refused : [parsed.fault]}
          hint="JSON. Left empty, it is that of the newest such event, or made up."
        >
          {(attributes) => (
            <textarea
              {...attributes}
              className="mono"
              rows={12}
              value={text}
              onChange={({ target }) => setWritten(target.value)}
              spellCheck={false}
            />
          )}
        </Field>
        {test.error !== null && refused.length === 0 && (
          <Problem what="It was not sent." error={test.error} />
        )}
        <div className="arrival" role="status">
          {test.data !== undefined && <Arrival id={test.data.id} />}
        </div>
        <div className="dialog-foot">
          <Button look="primary" type="submit" busy={test.isPending}>
            {test.data === undefined ? 'Send test event' : 'Send another'}
          </Button>
          <Button onClick={onClose}>Close</Button>
        </div>
      </form>
    </Dialog>
  )
}

/** What becomes of it, while one looks. */
function Arrival({ id }: { id: string }) {
  const { data } = useDelivery(id)
  const attempt = data?.log.at(-1)
  if (data === undefined || attempt === undefined) return <Status tone="busy">On its way</Status>
  return (
    <>
      <DeliveryState delivery={data} />
      <AttemptState status={attempt.status} error={attempt.error} />
      {attempt.duration_ms !== null && <span className="soft">{duration(attempt.duration_ms)}</span>}
      <Link to={`/deliveries/${id}`}>See the delivery</Link>
    </>
  )
}

const exampleOf = (catalog: readonly CatalogEvent[] | undefined, name: string): unknown =>
  catalog?.find((event) => event.name === name)?.example ?? null

const shownData = (data: unknown): string => (data === null ? '' : JSON.stringify(data, null, 2))

function parse(text: string): { data?: unknown; fault?: string } {
  if (text.trim() === '') return {}
  try {
    return { data: JSON.parse(text) as unknown }
  } catch (error) {
    return { fault: `It is no JSON: ${error instanceof Error ? error.message : String(error)}` }
  }
}
