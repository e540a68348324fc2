import type { ReactNode } from 'react'
import { Link as Route } from 'wouter'
import type { Changes } from '../app/query.ts'
import { useHref } from '../app/url-state.ts'

interface LinkProps {
  to: string
  query?: Changes
  className?: string
  children: ReactNode
  current?: boolean
}

/** A link within the dashboard. */
export function Link({ to, query, className, children, current }: LinkProps) {
  const href = useHref()
  return (
    <Route
      href={href(to, query)}
      {...(className === undefined ? {} : { className })}
      {...(current === true ? { 'aria-current': 'page' as const } : {})}
    >
      {children}
    </Route>
  )
}
