import { type FormEvent, useEffect, useRef, useState } from 'react'
import { useSaveHook } from '../../../api/mutations.ts'
import type { OwnField } from '../../../api/own-fields.ts'
import { ApiProblem } from '../../../api/problem.ts'
import type { Hook } from '../../../api/wire.ts'
import { useCaller } from '../../../app/caller.tsx'
import { Button } from '../../../components/button.tsx'
import { Field } from '../../../components/field.tsx'
import { Link } from '../../../components/link.tsx'
import { Problem } from '../../../components/problem.tsx'
import { type Draft, inputOf } from './draft.ts'
import { EventPicker } from './event-picker.tsx'
import { FilterField } from './filter-field.tsx'
import { HeadersEditor } from './headers-editor.tsx'
import { faultOfFilter, faultOfTarget } from './local-checks.ts'
import { MoreFields } from './more-fields.tsx'
import { OwnFieldInput } from './own-field-input.tsx'
import { useDryRun } from './use-dry-run.ts'

interface HookFormProps {
  /** The hook that is edited; undefined for a new one. */
  id?: number
  start: Draft
  fields: readonly OwnField[]
  onSaved: (hook: Hook) => void
  cancelTo: string
}

/** A hook to create or to edit. What is wrong is said as one types, beside its field. */
export function HookForm({ id, start, fields, onSaved, cancelTo }: HookFormProps) {
  const { admin, owner } = useCaller()
  const [draft, setDraft] = useState(start)
  const [touched, setTouched] = useState<ReadonlySet<string>>(new Set())
  const save = useSaveHook(id)
  const form = useRef<HTMLFormElement>(null)
  const before = id === undefined ? undefined : start
  const input = inputOf(draft, fields, before)
  const dryRun = useDryRun(id, input, touched.size > 0)
  const refused = save.error instanceof ApiProblem && save.error.status === 400 ? save.error : null

  function change(changes: Partial<Draft>, name: string) {
    setDraft({ ...draft, ...changes })
    setTouched(new Set(touched).add(name))
    if (save.error !== null) save.reset()
  }

  /** What is wrong with a field: what was refused, or what would be, once something was written there. */
  function errorsOf(name: string): readonly string[] {
    if (refused !== null) return refused.fields[name] ?? []
    const local =
      name === 'target'
        ? faultOfTarget(draft.target)
        : name === 'filter'
          ? faultOfFilter(draft.filter)
          : undefined
    if (local !== undefined && touched.has(name)) return [local]
    return touched.has(name) && dryRun.current ? (dryRun.errors[name] ?? []) : []
  }

  const eventErrors = [...errorsOf('events'), ...errorsOf('event')]

  useEffect(() => {
    if (refused !== null) form.current?.querySelector<HTMLElement>('[aria-invalid="true"]')?.focus()
  }, [refused])

  function submit(event: FormEvent) {
    event.preventDefault()
    if (save.isPending) return
    save.mutate(input, { onSuccess: onSaved })
  }

  const targetIsFine =
    dryRun.current && touched.has('target') && draft.target !== '' && !('target' in dryRun.errors)
  return (
    <form className="form" ref={form} onSubmit={submit} noValidate>
      {admin && id === undefined && (
        <Field
          label={owner === null ? 'Owner' : 'Owner (yourself unless told)'}
          name="owner"
          errors={errorsOf('owner')}
          hint="Whose hook it is: as the application names them."
        >
          {(attributes) => (
            <input
              {...attributes}
              value={draft.owner}
              onChange={({ target }) => change({ owner: target.value }, 'owner')}
              autoComplete="off"
            />
          )}
        </Field>
      )}
      <Field
        label="Target URL"
        name="target"
        errors={errorsOf('target')}
        note={
          <p className={targetIsFine ? 'field-good' : 'hint'}>
            {targetIsFine ? 'The server accepts this address.' : 'Where events are posted to.'}
          </p>
        }
      >
        {(attributes) => (
          <input
            {...attributes}
            type="url"
            className="mono"
            placeholder="https://example.com/webhooks"
            value={draft.target}
            onChange={({ target }) => change({ target: target.value }, 'target')}
            autoComplete="off"
            spellCheck={false}
          />
        )}
      </Field>
      <EventPicker
        chosen={draft.events}
        onChange={(events) => change({ events }, 'events')}
        errors={eventErrors}
      />
      <FilterField
        value={draft.filter}
        onChange={(filter) => change({ filter }, 'filter')}
        errors={errorsOf('filter')}
      />
      <HeadersEditor
        rows={draft.headers}
        exists={id !== undefined}
        onChange={(headers) => change({ headers }, 'headers')}
        errors={errorsOf('headers')}
      />
      <MoreFields draft={draft} onChange={change} errorsOf={errorsOf} />
      {fields.map((field) => (
        <OwnFieldInput
          key={field.name}
          field={field}
          value={draft.own[field.name] ?? ''}
          onChange={(value) => change({ own: { ...draft.own, [field.name]: value } }, field.name)}
          errors={errorsOf(field.name)}
        />
      ))}
      {save.error !== null && (refused === null || 'non_field_errors' in refused.fields) && (
        <Problem what="The hook could not be saved." error={save.error} />
      )}
      <div className="form-foot">
        <Button look="primary" type="submit" busy={save.isPending}>
          {id === undefined ? 'Create hook' : 'Save changes'}
        </Button>
        <Link to={cancelTo} className="button quiet">
          Cancel
        </Link>
      </div>
    </form>
  )
}
