import type { Hook } from '../../api/wire.ts'
import { DeleteDialog } from './dialogs/delete-dialog.tsx'
import { DisableDialog } from './dialogs/disable-dialog.tsx'
import { EnableDialog } from './dialogs/enable-dialog.tsx'
import { ReplayDialog } from './dialogs/replay-dialog.tsx'
import { RotateDialog } from './dialogs/rotate-dialog.tsx'
import { TestDialog } from './dialogs/test-dialog.tsx'

export interface HookDialogProps {
  hook: Hook
  onClose: () => void
}

const DIALOGS = {
  test: TestDialog,
  enable: EnableDialog,
  disable: DisableDialog,
  rotate: RotateDialog,
  replay: ReplayDialog,
  delete: DeleteDialog,
} as const

export type HookDialogName = keyof typeof DIALOGS

export function HookDialog({ name, ...props }: HookDialogProps & { name: HookDialogName }) {
  const Shown = DIALOGS[name]
  return <Shown {...props} />
}
