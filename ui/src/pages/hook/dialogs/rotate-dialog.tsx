import { useState } from 'react'
import { useRotateSecret } from '../../../api/mutations.ts'
import { announce } from '../../../app/announce.tsx'
import { Button } from '../../../components/button.tsx'
import { Dialog } from '../../../components/dialog.tsx'
import { Field } from '../../../components/field.tsx'
import { Problem } from '../../../components/problem.tsx'
import { SecretDialog } from '../../../components/secret-dialog.tsx'
import type { HookDialogProps } from '../hook-dialog.tsx'

const HOUR = 3_600_000

const OVERLAPS = [
  [0, 'Not at all: it is known to others'],
  [HOUR, '1 hour'],
  [24 * HOUR, '1 day'],
  [7 * 24 * HOUR, '7 days'],
  [30 * 24 * HOUR, '30 days'],
] as const

export function RotateDialog({ hook, onClose }: HookDialogProps) {
  const [overlap, setOverlap] = useState<number>(24 * HOUR)
  const rotate = useRotateSecret(hook.id)
  if (rotate.data !== undefined) {
    return (
      <SecretDialog
        title="The new secret"
        secret={rotate.data.secret}
        words={
          overlap === 0
            ? 'From now on this secret alone signs deliveries.'
            : 'From now on deliveries bear a signature of this secret, and for the overlap one of the secret before.'
        }
        onClose={() => {
          announce('Secret rotated')
          onClose()
        }}
      />
    )
  }
  return (
    <Dialog title="Rotate the secret" onClose={onClose}>
      <form
        onSubmit={(event) => {
          event.preventDefault()
          rotate.mutate({ overlap_ms: overlap })
        }}
      >
        <p>
          The hook gets a new secret, which is shown once. Until the overlap is over, either secret verifies.
        </p>
        <Field label="The secret before goes on signing for" name="overlap_ms">
          {(attributes) => (
            <select
              {...attributes}
              value={overlap}
              onChange={({ target }) => setOverlap(Number(target.value))}
            >
              {OVERLAPS.map(([ms, words]) => (
                <option key={ms} value={ms}>
                  {words}
                </option>
              ))}
            </select>
          )}
        </Field>
        {rotate.error !== null && <Problem what="It was not rotated." error={rotate.error} />}
        <div className="dialog-foot">
          <Button look="primary" type="submit" busy={rotate.isPending}>
            Rotate secret
          </Button>
          <Button onClick={onClose}>Cancel</Button>
        </div>
      </form>
    </Dialog>
  )
}
