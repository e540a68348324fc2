import { keepPreviousData, queryOptions, useInfiniteQuery, useQueries, useQuery } from '@tanstack/react-query'
import { get, getPage, type Query, urlOf } from './client.ts'
import { ownFieldsOf } from './own-fields.ts'
import { ApiProblem } from './problem.ts'
import type {
  CatalogEvent,
  Delivery,
  DeliveryDetail,
  Health,
  Hook,
  HookState,
  Me,
  Statistics,
} from './wire.ts'

/** How often what may change is asked for again, in milliseconds. The library asks nothing while the tab is hidden. */
const SOON = 2_000
const LATER = 10_000

export function useMe() {
  return useQuery({
    queryKey: ['me'],
    queryFn: ({ signal }) => get<Me>('me/', {}, signal),
    staleTime: 60_000,
  })
}

export function useCatalog() {
  return useQuery({
    queryKey: ['events'],
    queryFn: ({ signal }) => get<CatalogEvent[]>('events/', {}, signal),
    staleTime: 60_000,
  })
}

/** The data of the newest such event, where one has happened and its body has data. Null for none. */
export function useSampleData(name: string, owner: string) {
  return useQuery({
    queryKey: ['samples', name, owner],
    async queryFn({ signal }): Promise<unknown> {
      const [body] = await get<unknown[]>(`events/${encodeURIComponent(name)}/samples/`, { owner }, signal)
      return typeof body === 'object' && body !== null && 'data' in body ? body.data : null
    },
    staleTime: 60_000,
    retry: false,
  })
}

export interface HookFilters {
  search: string
  event: string
  state: string
  owner: string
}

export function useHookPages(filters: HookFilters) {
  return useInfiniteQuery({
    queryKey: ['hooks', 'list', filters],
    queryFn: ({ pageParam, signal }) => getPage<Hook>(pageParam, signal),
    initialPageParam: urlOf('.', { ...filters, limit: 50 }),
    getNextPageParam: (last) => last.next,
    placeholderData: keepPreviousData,
  })
}

/** Which hooks are disabled, and which failing: a hook in a list does not say so itself. */
export function useHookStates(owner: string) {
  return useQuery({
    queryKey: ['hooks', 'states', owner],
    queryFn: async ({ signal }) => {
      const of = async (state: HookState) =>
        (await getPage<Hook>(urlOf('.', { state, limit: 1000, owner }), signal)).items
      const [disabled, failing] = await Promise.all([of('disabled'), of('failing')])
      return {
        disabled,
        failing,
        stateOf(id: number): HookState {
          if (disabled.some((hook) => hook.id === id)) return 'disabled'
          return failing.some((hook) => hook.id === id) ? 'failing' : 'enabled'
        },
      }
    },
    refetchInterval: LATER,
  })
}

export function useHook(id: number) {
  return useQuery({
    queryKey: ['hooks', id],
    queryFn: ({ signal }) => get<Hook>(`${id}/`, {}, signal),
  })
}

const healthOf = (id: number) =>
  queryOptions({
    queryKey: ['hooks', id, 'health'],
    queryFn: ({ signal }) => get<Health>(`${id}/health/`, {}, signal),
    refetchInterval: LATER / 2,
  })

export const useHealth = (id: number) => useQuery(healthOf(id))

/** How several hooks fare; undefined for what is not known yet. */
export function useHealths(ids: readonly number[]): (Health | undefined)[] {
  return useQueries({ queries: ids.map((id) => healthOf(id)) }).map(({ data }) => data)
}

export interface Span {
  since: string
  until: string
  bucketMs: number
}

/** @param span the time that is asked about, made anew for each request */
export function useStatistics(range: string, owner: string, span: () => Span) {
  return useQuery({
    queryKey: ['stats', range, owner],
    queryFn({ signal }) {
      const { since, until, bucketMs } = span()
      return get<Statistics>('stats/', { since, until, bucket_ms: bucketMs, owner }, signal)
    },
    refetchInterval: LATER,
    placeholderData: keepPreviousData,
  })
}

export interface DeliveryFilters {
  status: string
  event: string
  since: string
  until: string
  owner: string
}

/** Anything newer than this, in milliseconds, is recent: more may be about to happen. */
const RECENT_MS = 60_000

function isLively(delivery: Delivery, now: number): boolean {
  if (delivery.manual || now - Date.parse(delivery.finished ?? delivery.created) < RECENT_MS) return true
  return delivery.due !== null && Date.parse(delivery.due) - now < RECENT_MS
}

/** @param hookId of one hook; of all without it */
export function useDeliveryPages(filters: DeliveryFilters, hookId?: number, limit = 50) {
  const query: Query = { ...filters, limit }
  return useInfiniteQuery({
    queryKey: ['deliveries', hookId ?? 'all', filters, limit],
    queryFn: ({ pageParam, signal }) => getPage<Delivery>(pageParam, signal),
    initialPageParam: urlOf(hookId === undefined ? 'deliveries/' : `${hookId}/deliveries/`, query),
    getNextPageParam: (last) => last.next,
    placeholderData: keepPreviousData,
    refetchInterval(found) {
      const pages = found.state.data?.pages ?? []
      const now = Date.now()
      const lively = pages.some(({ items }) => items.some((delivery) => isLively(delivery, now)))
      // All pages that were opened are asked for again.
      return lively ? Math.max(SOON, (pages.length - 1) * SOON) : LATER
    },
  })
}

export function useDelivery(id: string) {
  return useQuery({
    queryKey: ['delivery', id],
    queryFn: ({ signal }) => get<DeliveryDetail>(`deliveries/${encodeURIComponent(id)}/`, {}, signal),
    refetchInterval: ({ state }) =>
      state.data !== undefined && !isLively(state.data, Date.now()) ? LATER : SOON / 2,
  })
}

/** The application's own fields; none where the API has no document of itself. */
export function useOwnFields() {
  return useQuery({
    queryKey: ['own-fields'],
    async queryFn({ signal }) {
      try {
        return ownFieldsOf(await get<unknown>('openapi.json', {}, signal))
      } catch (error) {
        if (error instanceof ApiProblem && error.status === 404) return []
        throw error
      }
    },
    staleTime: Number.POSITIVE_INFINITY,
  })
}
