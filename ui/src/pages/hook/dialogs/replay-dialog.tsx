import { useState } from 'react'
import { type ReplayInput, useReplay } from '../../../api/mutations.ts'
import { announce } from '../../../app/announce.tsx'
import { Button } from '../../../components/button.tsx'
import { fullNumber } from '../../../components/chart/scale.ts'
import { Dialog } from '../../../components/dialog.tsx'
import { Field } from '../../../components/field.tsx'
import { Problem } from '../../../components/problem.tsx'
import { localInput } from '../../deliveries/delivery-filters.ts'
import type { HookDialogProps } from '../hook-dialog.tsx'

const DAY = 86_400_000

const WHAT = [
  ['failed', 'What has failed', 'Deliveries that were given up.'],
  [
    'missed',
    'Whatever it did not get',
    'Also events that happened while the hook was disabled, or before it existed.',
  ],
] as const

/** Sends again what lies in a time: it is counted first, and only what was counted is confirmed. */
export function ReplayDialog({ hook, onClose }: HookDialogProps) {
  const [what, setWhat] = useState<ReplayInput['what']>('failed')
  const [since, setSince] = useState(() => localInput(new Date(Date.now() - DAY).toISOString()))
  const [until, setUntil] = useState('')
  const count = useReplay(hook.id)
  const replay = useReplay(hook.id)
  const counted = count.data?.deliveries

  const sinceTime = Date.parse(since)
  const untilTime = Date.parse(until)
  const input: ReplayInput = {
    what,
    since: Number.isNaN(sinceTime) ? '' : new Date(sinceTime).toISOString(),
    ...(Number.isNaN(untilTime) ? {} : { until: new Date(untilTime).toISOString() }),
  }
  /** What was counted is another thing now. */
  const changing = (change: () => void) => {
    change()
    count.reset()
    replay.reset()
  }

  function submit() {
    if (counted === undefined) {
      count.mutate({ ...input, dry_run: true })
      return
    }
    replay.mutate(input, {
      onSuccess({ deliveries }) {
        announce(
          `${fullNumber(deliveries)} ${deliveries === 1 ? 'delivery is' : 'deliveries are'} sent again`,
        )
        onClose()
      },
    })
  }

  const error = replay.error ?? count.error
  return (
    <Dialog title="Replay deliveries" onClose={onClose}>
      <form
        onSubmit={(event) => {
          event.preventDefault()
          submit()
        }}
      >
        <fieldset className="field">
          <legend>What to send again</legend>
          {WHAT.map(([value, words, hint]) => (
            <label className="check" key={value}>
              <input
                type="radio"
                name="what"
                value={value}
                checked={what === value}
                onChange={() => changing(() => setWhat(value))}
              />
              <span>
                {words}
                <span className="hint">{hint}</span>
              </span>
            </label>
          ))}
        </fieldset>
        <div className="pair">
          <Field label="From" name="since">
            {(attributes) => (
              <input
                {...attributes}
                type="datetime-local"
                value={since}
                required
                onChange={({ target }) => changing(() => setSince(target.value))}
              />
            )}
          </Field>
          <Field label="To (now unless told)" name="until">
            {(attributes) => (
              <input
                {...attributes}
                type="datetime-local"
                value={until}
                onChange={({ target }) => changing(() => setUntil(target.value))}
              />
            )}
          </Field>
        </div>
        <p className="count" role="status">
          {counted !== undefined && countWords(counted)}
        </p>
        {error !== null && <Problem what="It was not replayed." error={error} />}
        <div className="dialog-foot">
          {counted === undefined ? (
            <Button look="primary" type="submit" busy={count.isPending}>
              Count first
            </Button>
          ) : (
            counted > 0 && (
              <Button look="primary" type="submit" busy={replay.isPending}>
                {`Send ${fullNumber(counted)} again`}
              </Button>
            )
          )}
          <Button onClick={onClose}>{counted === 0 ? 'Close' : 'Cancel'}</Button>
        </div>
      </form>
    </Dialog>
  )
}

function countWords(count: number): string {
  if (count === 0) return 'There is nothing to send in this time.'
  return `${fullNumber(count)} ${count === 1 ? 'delivery' : 'deliveries'} would be sent again.`
}
