import { keepPreviousData, useQuery } from '@tanstack/react-query'
import { checkHook, type HookInput } from '../../../api/mutations.ts'
import { ApiProblem } from '../../../api/problem.ts'
import { useSettled } from '../../../components/time.tsx'

const TYPING_MS = 500

export type FieldErrors = Readonly<Record<string, readonly string[]>>

export interface DryRun {
  errors: FieldErrors
  /** Whether these errors are of what stands there now. */
  current: boolean
}

/** What the server would say to this hook, once the typing pauses. It knows addresses that are forbidden, and all limits. */
export function useDryRun(id: number | undefined, input: HookInput, enabled: boolean): DryRun {
  const text = JSON.stringify(input)
  const settled = useSettled(text, TYPING_MS)
  const { data, isPlaceholderData } = useQuery({
    queryKey: ['dry-run', id ?? 'new', settled],
    async queryFn({ signal }): Promise<FieldErrors> {
      try {
        await checkHook(id, JSON.parse(settled) as HookInput, signal)
        return {}
      } catch (error) {
        // What is wrong with the connection is said when it is saved.
        if (error instanceof ApiProblem && error.status === 400) return error.fields
        throw error
      }
    },
    enabled,
    placeholderData: keepPreviousData,
    staleTime: 60_000,
    gcTime: 60_000,
    retry: false,
  })
  return { errors: data ?? {}, current: data !== undefined && !isPlaceholderData && settled === text }
}
