import type { Hook } from '../../api/wire.ts'
import { Button } from '../../components/button.tsx'
import { Link } from '../../components/link.tsx'
import { Menu } from '../../components/menu.tsx'
import type { HookDialogName } from './hook-dialog.tsx'

interface HookActionsProps {
  hook: Hook
  disabled: boolean
  onDialog: (name: HookDialogName) => void
}

export function HookActions({ hook, disabled, onDialog }: HookActionsProps) {
  return (
    <>
      {disabled ? (
        <Button look="primary" onClick={() => onDialog('enable')}>
          Enable
        </Button>
      ) : (
        <Button look="primary" onClick={() => onDialog('test')}>
          Send test event
        </Button>
      )}
      <Link to={`/hooks/${hook.id}/edit`} className="button plain">
        Edit
      </Link>
      <Menu label="More">
        <Button look="quiet" onClick={() => onDialog('replay')}>
          Replay deliveries
        </Button>
        <Button look="quiet" onClick={() => onDialog('rotate')}>
          Rotate secret
        </Button>
        {!disabled && (
          <Button look="quiet" onClick={() => onDialog('disable')}>
            Disable
          </Button>
        )}
        <Button look="quiet" className="danger-text" onClick={() => onDialog('delete')}>
          Delete
        </Button>
      </Menu>
    </>
  )
}
