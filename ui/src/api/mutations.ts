import { useMutation, useQueryClient } from '@tanstack/react-query'
import { send } from './client.ts'
import type { Delivery, Hook } from './wire.ts'

/** A call that changes something; whatever is shown may be another afterwards. */
function useChange<Input, Output>(change: (input: Input) => Promise<Output>) {
  const client = useQueryClient()
  return useMutation({
    mutationFn: change,
    onSuccess() {
      for (const queryKey of [['hooks'], ['deliveries'], ['delivery'], ['stats']]) {
        client.invalidateQueries({ queryKey }).catch(() => {})
      }
    },
  })
}

export type HookInput = Readonly<Record<string, unknown>>

/** @param id of the hook that is changed; undefined for a new one */
export function useSaveHook(id: number | undefined) {
  return useChange((input: HookInput) =>
    id === undefined ? send<Hook>('POST', '.', input) : send<Hook>('PATCH', `${id}/`, input),
  )
}

/** Whether the server would take this hook: the very errors of the real call, and nothing is written. */
export async function checkHook(
  id: number | undefined,
  input: HookInput,
  signal: AbortSignal,
): Promise<void> {
  const query = { dry_run: true }
  if (id === undefined) await send('POST', '.', input, query, signal)
  else await send('PATCH', `${id}/`, input, query, signal)
}

export const useDeleteHook = (id: number) => useChange(() => send<void>('DELETE', `${id}/`))

export const useTestHook = (id: number) =>
  useChange((input: { event: string; data?: unknown }) => send<Delivery>('POST', `${id}/test/`, input))

export const useEnableHook = (id: number) =>
  useChange((input: { replay_since?: string }) => send<Hook>('POST', `${id}/enable/`, input))

export const useDisableHook = (id: number) =>
  useChange((input: { reason?: string }) => send<Hook>('POST', `${id}/disable/`, input))

export const useRotateSecret = (id: number) =>
  useChange((input: { overlap_ms: number }) =>
    send<{ secret: string }>('POST', `${id}/rotate_secret/`, input),
  )

export interface ReplayInput {
  since: string
  until?: string
  what: 'failed' | 'missed'
  dry_run?: boolean
}

export const useReplay = (id: number) =>
  useChange((input: ReplayInput) => send<{ deliveries: number }>('POST', `${id}/replay/`, input))

export const useRetry = (id: string) =>
  useChange(() =>
    send<{ retried: boolean; status: string }>('POST', `deliveries/${encodeURIComponent(id)}/retry/`),
  )
