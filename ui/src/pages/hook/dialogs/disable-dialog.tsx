import { useState } from 'react'
import { useDisableHook } from '../../../api/mutations.ts'
import { announce } from '../../../app/announce.tsx'
import { Button } from '../../../components/button.tsx'
import { Dialog } from '../../../components/dialog.tsx'
import { Field } from '../../../components/field.tsx'
import { Problem } from '../../../components/problem.tsx'
import type { HookDialogProps } from '../hook-dialog.tsx'

export function DisableDialog({ hook, onClose }: HookDialogProps) {
  const [reason, setReason] = useState('')
  const disable = useDisableHook(hook.id)
  return (
    <Dialog title="Disable this hook" onClose={onClose}>
      <form
        onSubmit={(event) => {
          event.preventDefault()
          const input = reason.trim() === '' ? {} : { reason: reason.trim() }
          disable.mutate(input, {
            onSuccess() {
              announce('Hook disabled')
              onClose()
            },
          })
        }}
      >
        <p>
          Nothing is sent until it is enabled again. What happens meanwhile is kept, and can be sent then.
        </p>
        <Field label="Reason (optional)" name="reason" hint="Shown with the hook.">
          {(attributes) => (
            <input
              {...attributes}
              value={reason}
              maxLength={1000}
              onChange={({ target }) => setReason(target.value)}
              autoComplete="off"
            />
          )}
        </Field>
        {disable.error !== null && <Problem what="It was not disabled." error={disable.error} />}
        <div className="dialog-foot">
          <Button look="primary" type="submit" busy={disable.isPending}>
            Disable hook
          </Button>
          <Button onClick={onClose}>Cancel</Button>
        </div>
      </form>
    </Dialog>
  )
}
