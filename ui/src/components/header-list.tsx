import type { HeaderList as Headers } from '../api/wire.ts'
import { visibleLine } from './visible-text.ts'

/** Headers in the order in which they went over the wire. */
export function HeaderList({ headers, label }: { headers: Headers; label: string }) {
  if (headers.length === 0) return <p className="soft">None.</p>
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reached by the keyboard
    <section className="headers" tabIndex={0} aria-label={label}>
      <dl>
        {headers.map(([name, value], index) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: a name may come twice, and nothing moves
          <div key={index}>
            <dt>{visibleLine(name)}</dt>
            <dd className={value === '[hidden]' ? 'soft' : undefined}>{visibleLine(value)}</dd>
          </div>
        ))}
      </dl>
    </section>
  )
}
