import { useId } from 'react'
import { Button } from '../../../components/button.tsx'
import type { HeaderRow } from './draft.ts'

interface HeadersEditorProps {
  /** Null to leave those that there are. */
  rows: readonly HeaderRow[] | null
  /** Whether the hook exists, and so may have some. */
  exists: boolean
  onChange: (rows: readonly HeaderRow[] | null) => void
  errors?: readonly string[] | undefined
}

let lastKey = 0
const row = (): HeaderRow => ({ key: ++lastKey, name: '', value: '' })

/** Headers that go with each delivery. Those of a hook are never shown: they may be passwords. */
export function HeadersEditor({ rows, exists, onChange, errors = [] }: HeadersEditorProps) {
  const id = useId()
  const change = (key: number, changes: Partial<HeaderRow>) =>
    onChange((rows ?? []).map((one) => (one.key === key ? { ...one, ...changes } : one)))
  return (
    <fieldset className="field" aria-describedby={`${id}-more`}>
      <legend>Headers</legend>
      {rows === null ? (
        <div className="headers-kept">
          <p>
            The hook’s headers are kept as they are. They are never shown, because they may hold passwords.
          </p>
          <Button onClick={() => onChange([row()])}>Replace all headers</Button>
        </div>
      ) : (
        <>
          {rows.map(({ key, name, value }, index) => (
            <div className="header-row" key={key}>
              <input
                aria-label={`Name of header ${index + 1}`}
                aria-invalid={errors.length > 0 || undefined}
                name={index === 0 ? 'headers' : undefined}
                className="mono"
                placeholder="X-Token"
                value={name}
                onChange={({ target }) => change(key, { name: target.value })}
                autoComplete="off"
                spellCheck={false}
              />
              <input
                aria-label={`Value of header ${index + 1}`}
                className="mono"
                placeholder="value"
                value={value}
                onChange={({ target }) => change(key, { value: target.value })}
                autoComplete="off"
                spellCheck={false}
              />
              <Button
                look="quiet"
                onClick={() => onChange(rows.filter((one) => one.key !== key))}
                aria-label={`Remove header ${index + 1}`}
              >
                Remove
              </Button>
            </div>
          ))}
          <div className="header-foot">
            <Button onClick={() => onChange([...rows, row()])}>Add header</Button>
            {exists && (
              <Button look="quiet" onClick={() => onChange(null)}>
                Keep the headers as they were
              </Button>
            )}
          </div>
        </>
      )}
      <div className="field-more" id={`${id}-more`}>
        {errors.map((message) => (
          <p className="field-error" key={message}>
            {message}
          </p>
        ))}
        {rows !== null && (
          <p className="hint">
            {exists
              ? 'These replace all headers that the hook has; with none, it has none any more.'
              : 'Sent with each delivery, such as a token that the receiver asks for. Nobody is shown their values again.'}
          </p>
        )}
      </div>
    </fieldset>
  )
}
