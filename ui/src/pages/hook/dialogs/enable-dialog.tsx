import { useState } from 'react'
import { useEnableHook } from '../../../api/mutations.ts'
import { useHealth } from '../../../api/queries.ts'
import { announce } from '../../../app/announce.tsx'
import { Button } from '../../../components/button.tsx'
import { Dialog } from '../../../components/dialog.tsx'
import { Field } from '../../../components/field.tsx'
import { Problem } from '../../../components/problem.tsx'
import { localInput } from '../../deliveries/delivery-filters.ts'
import type { HookDialogProps } from '../hook-dialog.tsx'

export function EnableDialog({ hook, onClose }: HookDialogProps) {
  const { data: health } = useHealth(hook.id)
  const [replay, setReplay] = useState(false)
  const [since, setSince] = useState(() => localInput(health?.disabled ?? null))
  const enable = useEnableHook(hook.id)
  return (
    <Dialog title="Enable this hook" onClose={onClose}>
      <form
        onSubmit={(event) => {
          event.preventDefault()
          const time = Date.parse(since)
          const input = replay && !Number.isNaN(time) ? { replay_since: new Date(time).toISOString() } : {}
          enable.mutate(input, {
            onSuccess() {
              announce('Hook enabled')
              onClose()
            },
          })
        }}
      >
        <p>Deliveries that were waiting for the hook when it was disabled are sent now.</p>
        <label className="check">
          <input type="checkbox" checked={replay} onChange={({ target }) => setReplay(target.checked)} />
          <span>Also send what it has missed</span>
        </label>
        {replay && (
          <Field label="Missed since" name="replay_since" hint="Events of the last 30 days.">
            {(attributes) => (
              <input
                {...attributes}
                type="datetime-local"
                value={since}
                onChange={({ target }) => setSince(target.value)}
                required
              />
            )}
          </Field>
        )}
        {enable.error !== null && <Problem what="It was not enabled." error={enable.error} />}
        <div className="dialog-foot">
          <Button look="primary" type="submit" busy={enable.isPending}>
            Enable hook
          </Button>
          <Button onClick={onClose}>Cancel</Button>
        </div>
      </form>
    </Dialog>
  )
}
