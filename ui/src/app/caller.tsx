import { createContext, useContext } from 'react'
import type { Me } from '../api/wire.ts'
import { Exact } from '../components/time.tsx'

const CallerContext = createContext<Me | null>(null)

export const CallerProvider = CallerContext.Provider

/** Who looks at the dashboard. */
export function useCaller(): Me {
  const me = useContext(CallerContext)
  if (me === null) throw new Error('It is not known yet who calls.')
  return me
}

/** Who that is, in words. */
export function Who() {
  const { owner, admin, read_only, expires } = useCaller()
  const rights = [admin ? 'Administrator' : undefined, read_only ? 'Read only' : undefined].filter(Boolean)
  return (
    <div className="who">
      {owner !== null && (
        <p className="who-owner" title={owner}>
          Owner {owner}
        </p>
      )}
      {rights.length > 0 && <p className="who-rights">{rights.join(', ')}</p>}
      {expires !== null && (
        <p className="who-rights">
          Until <Exact at={expires} />
        </p>
      )}
    </div>
  )
}
