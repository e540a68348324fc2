import { MutationCache, QueryCache, QueryClient } from '@tanstack/react-query'
import { ApiProblem } from './problem.ts'

const MOST_RETRIES = 3

/** What is worth another try: nobody answered, too many asked, or the database was busy. */
function isPassing(error: unknown): boolean {
  return error instanceof ApiProblem && (error.status === 0 || error.status === 429 || error.status === 503)
}

export function createQueryClient(): QueryClient {
  /** Whoever is no longer let in is told so by the page around: it asks anew who calls. */
  function onError(error: unknown, query?: { queryKey: readonly unknown[] }): void {
    if (!(error instanceof ApiProblem) || error.status !== 401 || query?.queryKey[0] === 'me') return
    client.invalidateQueries({ queryKey: ['me'] }).catch(() => {})
  }
  const client: QueryClient = new QueryClient({
    queryCache: new QueryCache({ onError }),
    mutationCache: new MutationCache({ onError: (error) => onError(error) }),
    defaultOptions: {
      queries: {
        retry: (failures, error) => failures < MOST_RETRIES && isPassing(error),
        retryDelay: (failures, error) =>
          error instanceof ApiProblem && error.retryAfter !== undefined
            ? error.retryAfter * 1_000
            : Math.min(500 * 2 ** failures, 4_000),
        // The browser's word on being online is wrong where the server is on this machine.
        networkMode: 'always',
        staleTime: 1_000,
      },
      mutations: { networkMode: 'always' },
    },
  })
  return client
}
