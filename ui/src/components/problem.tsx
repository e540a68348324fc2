import { messageOf } from '../api/problem.ts'
import { Button } from './button.tsx'

interface ProblemProps {
  what: string
  error: unknown
  onRetry?: () => void
  busy?: boolean
}

/** What could not be loaded or done, and a way to try again. */
export function Problem({ what, error, onRetry, busy = false }: ProblemProps) {
  return (
    <div className="problem" role="alert">
      <p>
        <strong>{what}</strong> {messageOf(error)}
      </p>
      {onRetry !== undefined && (
        <Button onClick={onRetry} busy={busy}>
          Try again
        </Button>
      )}
    </div>
  )
}
