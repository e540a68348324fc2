import { type ReactNode, useId } from 'react'

interface FieldProps {
  label: string
  /** Its name on the wire, by which a form finds the first wrong field. */
  name: string
  hint?: ReactNode
  errors?: readonly string[] | undefined
  note?: ReactNode
  children: (attributes: FieldAttributes) => ReactNode
}

export interface FieldAttributes {
  id: string
  name: string
  'aria-describedby': string
  'aria-invalid': boolean | undefined
}

/** A label, what is typed, and beside it what is wrong with that. */
export function Field({ label, name, hint, errors = [], note, children }: FieldProps) {
  const id = useId()
  return (
    <div className="field">
      <label htmlFor={id}>{label}</label>
      {children({
        id,
        name,
        'aria-describedby': `${id}-more`,
        'aria-invalid': errors.length > 0 || undefined,
      })}
      <div id={`${id}-more`} className="field-more">
        {errors.map((error) => (
          <p className="field-error" key={error}>
            {error}
          </p>
        ))}
        {errors.length === 0 && note}
        {hint !== undefined && <p className="hint">{hint}</p>}
      </div>
    </div>
  )
}
