import type { ReactNode } from 'react'
import { useOwnFields } from '../../api/queries.ts'
import { eventsOf, type Hook } from '../../api/wire.ts'
import { Bone } from '../../components/skeleton.tsx'
import { Exact } from '../../components/time.tsx'
import { visibleLine } from '../../components/visible-text.ts'
import { labelOf } from '../hooks/form/own-field-input.tsx'

function Setting({ label, children }: { label: string; children: ReactNode }) {
  return (
    <div>
      <dt>{label}</dt>
      <dd>{children}</dd>
    </div>
  )
}

/** What a hook is set to. */
export function HookSettings({ hook }: { hook: Hook | undefined }) {
  const { data: fields } = useOwnFields()
  if (hook === undefined) {
    return (
      <dl className="settings" aria-busy="true">
        <Setting label="Events">
          <Bone width="20ch" />
        </Setting>
        <Setting label="Created">
          <Bone width="14ch" />
        </Setting>
      </dl>
    )
  }
  return (
    <dl className="settings">
      <Setting label="Events">
        <ul className="names">
          {eventsOf(hook).map((name) => (
            <li key={name} className="mono">
              {visibleLine(name)}
            </li>
          ))}
        </ul>
      </Setting>
      {hook.owner !== undefined && <Setting label="Owner">{visibleLine(hook.owner)}</Setting>}
      <Setting label="Created">
        <Exact at={hook.created} />
      </Setting>
      {hook.filter !== undefined && (
        <Setting label="Filter">
          <code className="cut">{visibleLine(JSON.stringify(hook.filter))}</code>
        </Setting>
      )}
      {hook.payload !== undefined && <Setting label="Form of the body">{hook.payload}</Setting>}
      {hook.rate_limit !== undefined && <Setting label="Rate limit">{`${hook.rate_limit} a second`}</Setting>}
      {hook.ordered === true && <Setting label="Order">One delivery at a time</Setting>}
      {fields?.map(({ name }) => (
        <Setting key={name} label={labelOf(name)}>
          {ownWords(hook[name])}
        </Setting>
      ))}
    </dl>
  )
}

function ownWords(value: unknown): string {
  if (value === null || value === undefined || value === '') return '–'
  if (typeof value === 'boolean') return value ? 'Yes' : 'No'
  return visibleLine(String(value))
}
