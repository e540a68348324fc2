import type { OwnField } from '../../../api/own-fields.ts'
import { Field } from '../../../components/field.tsx'

interface OwnFieldInputProps {
  field: OwnField
  value: string | boolean
  onChange: (value: string | boolean) => void
  errors?: readonly string[] | undefined
}

/** `isActive` and `is_active` as people write it. */
export function labelOf(name: string): string {
  const words = name
    .replaceAll('_', ' ')
    .replace(/([a-z\d])([A-Z])/g, '$1 $2')
    .toLowerCase()
    .trim()
  return words.charAt(0).toUpperCase() + words.slice(1)
}

/** A field that the application has added to hooks. */
export function OwnFieldInput({ field, value, onChange, errors }: OwnFieldInputProps) {
  const { name, type, nullable, required } = field
  const label = labelOf(name)
  if (typeof value === 'boolean') {
    return (
      <label className="check">
        <input
          type="checkbox"
          name={name}
          checked={value}
          onChange={({ target }) => onChange(target.checked)}
        />
        {label}
      </label>
    )
  }
  return (
    <Field label={required ? label : `${label} (optional)`} name={name} errors={errors}>
      {(attributes) =>
        type === 'boolean' ? (
          <select {...attributes} value={value} onChange={({ target }) => onChange(target.value)}>
            {nullable && <option value="">Not set</option>}
            <option value="true">Yes</option>
            <option value="false">No</option>
          </select>
        ) : (
          <input
            {...attributes}
            value={value}
            inputMode={type === 'integer' ? 'numeric' : type === 'number' ? 'decimal' : 'text'}
            onChange={({ target }) => onChange(target.value)}
            autoComplete="off"
          />
        )
      }
    </Field>
  )
}
