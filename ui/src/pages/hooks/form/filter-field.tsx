import { Button } from '../../../components/button.tsx'
import { Field } from '../../../components/field.tsx'

const EXAMPLES = [
  ['Greater than', { pages: { $gt: 300 } }],
  ['One of', { status: { $in: ['paid', 'refunded'] } }],
  ['Either', { $or: [{ fiction: true }, { 'author.name': 'Tolkien' }] }],
] as const

interface FilterFieldProps {
  value: string
  onChange: (text: string) => void
  errors?: readonly string[] | undefined
}

/** Which events a hook hears of, by their data. */
export function FilterField({ value, onChange, errors }: FilterFieldProps) {
  return (
    <div>
      <Field
        label="Filter (optional)"
        name="filter"
        errors={errors}
        hint={
          <>
            A condition on the event’s data, as JSON. Names are paths, <code>author.name</code>; all
            conditions must hold. There are{' '}
            <code>$eq $ne $gt $gte $lt $lte $in $nin $exists $startsWith $not $and $or</code>.
          </>
        }
      >
        {(attributes) => (
          <textarea
            {...attributes}
            className="mono"
            rows={Math.min(12, Math.max(3, value.split('\n').length + 1))}
            placeholder='{"pages": {"$gt": 300}}'
            value={value}
            onChange={({ target }) => onChange(target.value)}
            spellCheck={false}
          />
        )}
      </Field>
      <div className="examples">
        <span className="soft">Examples:</span>
        {EXAMPLES.map(([words, filter]) => (
          <Button look="quiet" key={words} onClick={() => onChange(JSON.stringify(filter, null, 2))}>
            {words}
          </Button>
        ))}
      </div>
    </div>
  )
}
