import { config } from '../api/config.ts'
import { Button } from './button.tsx'
import { CopyButton } from './copy-button.tsx'
import { Dialog } from './dialog.tsx'
import { Link } from './link.tsx'

interface SecretDialogProps {
  title: string
  secret: string
  words: string
  onClose: () => void
}

/** A secret, shown once. No Escape closes it: what is lost here is lost. */
export function SecretDialog({ title, secret, words, onClose }: SecretDialogProps) {
  return (
    <Dialog title={title} onClose={onClose} closable={false}>
      <p>{words}</p>
      <div className="secret">
        <code>{secret}</code>
        <CopyButton text={secret} what="Copy secret" />
      </div>
      <p className="warning">
        It is shown now and never again. Keep it where the receiver finds it; whoever knows it can forge
        deliveries.
      </p>
      <p className="soft">
        The receiver verifies <code>{config.signature.signature}</code> with it.{' '}
        <Link to="/events">Code in several languages</Link> is with the events.
      </p>
      <div className="dialog-foot">
        <Button look="primary" onClick={onClose}>
          I have kept it
        </Button>
      </div>
    </Dialog>
  )
}
