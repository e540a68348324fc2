import { useLocation } from 'wouter'
import { useDeleteHook } from '../../../api/mutations.ts'
import { announce } from '../../../app/announce.tsx'
import { useHref } from '../../../app/url-state.ts'
import { Button } from '../../../components/button.tsx'
import { Dialog } from '../../../components/dialog.tsx'
import { Problem } from '../../../components/problem.tsx'
import { visibleLine } from '../../../components/visible-text.ts'
import type { HookDialogProps } from '../hook-dialog.tsx'

export function DeleteDialog({ hook, onClose }: HookDialogProps) {
  const remove = useDeleteHook(hook.id)
  const [, navigate] = useLocation()
  const href = useHref()
  return (
    <Dialog title="Delete this hook?" onClose={onClose}>
      <p>
        Nothing more will be sent to <span className="mono breaking">{visibleLine(hook.target)}</span>. What
        waits for it is cancelled. This cannot be undone.
      </p>
      {remove.error !== null && <Problem what="It was not deleted." error={remove.error} />}
      <div className="dialog-foot">
        <Button
          look="danger"
          busy={remove.isPending}
          onClick={() =>
            remove.mutate(undefined, {
              onSuccess() {
                announce('Hook deleted')
                navigate(href('/hooks'))
              },
            })
          }
        >
          Delete hook
        </Button>
        <Button onClick={onClose}>Cancel</Button>
      </div>
    </Dialog>
  )
}
