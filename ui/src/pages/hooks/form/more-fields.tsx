import { Field } from '../../../components/field.tsx'
import type { Draft } from './draft.ts'

const PAYLOADS = [
  ['', 'As the application says'],
  ['envelope', 'Envelope: {"hook": …, "data": …}'],
  ['standard', 'Standard Webhooks: {"type", "timestamp", "data"}'],
  ['thin', 'Thin: the key alone; the receiver fetches the rest'],
] as const

interface MoreFieldsProps {
  draft: Draft
  onChange: (changes: Partial<Draft>, name: string) => void
  errorsOf: (name: string) => readonly string[]
}

/** How deliveries are made, where it is to be another way than for everybody. */
export function MoreFields({ draft, onChange, errorsOf }: MoreFieldsProps) {
  return (
    <>
      <Field label="Form of the body" name="payload" errors={errorsOf('payload')}>
        {(attributes) => (
          <select
            {...attributes}
            value={draft.payload}
            onChange={({ target }) => onChange({ payload: target.value }, 'payload')}
          >
            {PAYLOADS.map(([value, words]) => (
              <option key={value} value={value}>
                {words}
              </option>
            ))}
          </select>
        )}
      </Field>
      <Field
        label="Rate limit (optional)"
        name="rate_limit"
        errors={errorsOf('rate_limit')}
        hint="The most attempts in a second. Without one there is no limit."
      >
        {(attributes) => (
          <input
            {...attributes}
            className="short"
            inputMode="decimal"
            value={draft.rateLimit}
            onChange={({ target }) => onChange({ rateLimit: target.value }, 'rate_limit')}
            autoComplete="off"
          />
        )}
      </Field>
      <label className="check">
        <input
          type="checkbox"
          name="ordered"
          checked={draft.ordered}
          onChange={({ target }) => onChange({ ordered: target.checked }, 'ordered')}
        />
        <span>
          In order
          <span className="hint">One delivery at a time. While one fails, those behind it wait.</span>
        </span>
      </label>
    </>
  )
}
