import { useCallback } from 'react'
import { useLocation, useSearch } from 'wouter'
import { type Changes, changed } from './query.ts'

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
