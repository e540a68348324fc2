import type { ReactNode } from 'react'
import { config } from '../api/config.ts'
import { ApiProblem } from '../api/problem.ts'
import { useMe } from '../api/queries.ts'
import { sessionToken } from '../api/session.ts'
import { Problem } from '../components/problem.tsx'
import { CallerProvider } from './caller.tsx'

/** Lets in whom the API knows, and tells everybody else what to do. */
export function Gate({ children }: { children: ReactNode }) {
  const { data, error, refetch, isFetching } = useMe()
  if (error instanceof ApiProblem && error.status === 401) {
    return sessionToken() === null ? <SignedOut /> : <Ended />
  }
  if (data !== undefined) return <CallerProvider value={data}>{children}</CallerProvider>
  if (error === null) return <div className="gate" aria-busy="true" />
  return (
    <main className="gate">
      <Problem
        what="The dashboard cannot be opened."
        error={error}
        onRetry={() => void refetch()}
        busy={isFetching}
      />
    </main>
  )
}

function SignedOut() {
  return (
    <main className="gate">
      <div className="gate-card">
        <p className="gate-brand">{config.title}</p>
        <h1>Sign in to see your webhooks</h1>
        <p>
          Nobody is signed in here. This dashboard shows each person their own hooks, and the application says
          who that is.
        </p>
        {config.signInUrl === null ? (
          <p className="soft">
            Do you run this application? Its option <code>authenticate</code> tells who calls, such as by the
            session’s cookie. For people without an account, <code>hooks.portal()</code> makes a link.
          </p>
        ) : (
          <p>
            <a className="button primary" href={config.signInUrl} target="_top">
              Sign in
            </a>
          </p>
        )}
      </div>
    </main>
  )
}

function Ended() {
  return (
    <main className="gate">
      <div className="gate-card">
        <p className="gate-brand">{config.title}</p>
        <h1>This link has ended</h1>
        <p>Links to the dashboard work for a limited time. Open it anew from where you have got this one.</p>
      </div>
    </main>
  )
}
