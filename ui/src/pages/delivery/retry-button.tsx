import { useRetry } from '../../api/mutations.ts'
import { messageOf } from '../../api/problem.ts'
import type { DeliveryDetail } from '../../api/wire.ts'
import { announce } from '../../app/announce.tsx'
import { useCaller } from '../../app/caller.tsx'
import { Button } from '../../components/button.tsx'

const WORDS: Readonly<Record<DeliveryDetail['status'], string>> = {
  pending: 'Retry now',
  failed: 'Retry',
  cancelled: 'Send after all',
  delivered: 'Send again',
}

export function RetryButton({ delivery }: { delivery: DeliveryDetail }) {
  const { read_only } = useCaller()
  const retry = useRetry(delivery.id)
  if (read_only) return null
  return (
    <Button
      look={delivery.status === 'delivered' ? 'plain' : 'primary'}
      busy={retry.isPending}
      onClick={() =>
        retry.mutate(undefined, {
          onSuccess: ({ retried }) =>
            announce(
              retried
                ? 'It is sent now'
                : 'Not sent again: an attempt is under way, or was asked for less than 5 seconds ago.',
            ),
          onError: (error) => announce(`Not sent again: ${messageOf(error)}`),
        })
      }
    >
      {WORDS[delivery.status]}
    </Button>
  )
}
