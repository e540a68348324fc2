import { useCallback } from 'react'
import { useLocation, useSearch } from 'wouter'

export type Changes = Readonly<Record<string, string | null>>

/** A query with some of it changed; what is null or empty is left out. */
export function changed(search: string, changes: Changes): string {
  const params = new URLSearchParams(search)
  for (const [name, value] of Object.entries(changes)) {
    if (value === null || value === '') params.delete(name)
    else params.set(name, value)
  }
  const text = params.toString()
  return text === '' ? '' : `?${text}`
}

/** The query of the address as a state: what is filtered stays when the page is loaded again, or sent to somebody. */
export function useUrlState(): [params: URLSearchParams, set: (changes: Changes) => void] {
  const search = useSearch()
  const [path, navigate] = useLocation()
  const set = useCallback(
    (changes: Changes) => navigate(`${path}${changed(search, changes)}`, { replace: true }),
    [path, search, navigate],
  )
  return [new URLSearchParams(search), set]
}

/** The owner that an administrator looks at; empty for all. */
export function useOwner(): string {
  return new URLSearchParams(useSearch()).get('owner') ?? ''
}

/** A path of the dashboard that keeps the owner who is looked at. */
export function useHref(): (path: string, query?: Changes) => string {
  const owner = useOwner()
  return useCallback((path, query = {}) => `${path}${changed('', { ...query, owner })}`, [owner])
}
