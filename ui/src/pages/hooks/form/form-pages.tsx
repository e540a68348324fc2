import { useState } from 'react'
import { useLocation, useSearch } from 'wouter'
import { useHook, useOwnFields } from '../../../api/queries.ts'
import type { Hook } from '../../../api/wire.ts'
import { announce } from '../../../app/announce.tsx'
import { Page } from '../../../app/page.tsx'
import { useHref, useOwner } from '../../../app/url-state.ts'
import { Link } from '../../../components/link.tsx'
import { Problem } from '../../../components/problem.tsx'
import { SecretDialog } from '../../../components/secret-dialog.tsx'
import { Bone } from '../../../components/skeleton.tsx'
import { draftOf, emptyDraft } from './draft.ts'
import { HookForm } from './hook-form.tsx'

export function NewHookPage() {
  const owner = useOwner()
  const [, navigate] = useLocation()
  const href = useHref()
  const fields = useOwnFields()
  // Of whoever comes from an event's page.
  const wanted = new URLSearchParams(useSearch()).getAll('event')
  const [created, setCreated] = useState<Hook | null>(null)
  const go = (hook: Hook) => navigate(href(`/hooks/${hook.id}`))

  function saved(hook: Hook) {
    announce(hook.secret === undefined ? 'There was such a hook already; this is it' : 'Hook created')
    if (hook.secret === undefined) go(hook)
    else setCreated(hook)
  }

  return (
    <Page title="New hook" above={<Link to="/hooks">Hooks</Link>}>
      {fields.isPending ? (
        <FormPlace />
      ) : (
        <HookForm
          start={{ ...emptyDraft(owner, fields.data ?? []), events: wanted }}
          fields={fields.data ?? []}
          onSaved={saved}
          cancelTo="/hooks"
        />
      )}
      {created?.secret !== undefined && (
        <SecretDialog
          title="The hook’s secret"
          secret={created.secret}
          words="Every delivery of this hook is signed. The receiver verifies it with this secret."
          onClose={() => go(created)}
        />
      )}
    </Page>
  )
}

export function EditHookPage({ id }: { id: number }) {
  const [, navigate] = useLocation()
  const href = useHref()
  const fields = useOwnFields()
  const { data: hook, error, refetch, isFetching } = useHook(id)
  // What comes later must not undo what is being typed.
  const [start, setStart] = useState<Hook | null>(null)
  if (start === null && hook !== undefined && !fields.isPending) setStart(hook)
  return (
    <Page
      title="Edit hook"
      above={
        <>
          <Link to="/hooks">Hooks</Link> / <Link to={`/hooks/${id}`}>{`Hook ${id}`}</Link>
        </>
      }
    >
      {start !== null ? (
        <HookForm
          id={id}
          start={draftOf(start, fields.data ?? [])}
          fields={fields.data ?? []}
          onSaved={() => {
            announce('Changes saved')
            navigate(href(`/hooks/${id}`))
          }}
          cancelTo={`/hooks/${id}`}
        />
      ) : error !== null ? (
        <Problem
          what="The hook could not be loaded."
          error={error}
          onRetry={() => void refetch()}
          busy={isFetching}
        />
      ) : (
        <FormPlace />
      )}
    </Page>
  )
}

function FormPlace() {
  return (
    <div className="form" aria-busy="true">
      <Bone width="100%" />
      <Bone width="100%" />
      <Bone width="60%" />
    </div>
  )
}
