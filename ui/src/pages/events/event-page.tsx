import { useState } from 'react'
import { useCatalog } from '../../api/queries.ts'
import type { CatalogEvent } from '../../api/wire.ts'
import { useCaller } from '../../app/caller.tsx'
import { Page } from '../../app/page.tsx'
import { Code } from '../../components/code.tsx'
import { Empty } from '../../components/empty.tsx'
import { Link } from '../../components/link.tsx'
import { Problem } from '../../components/problem.tsx'
import { Segmented } from '../../components/segmented.tsx'
import { Bone } from '../../components/skeleton.tsx'
import { originOf } from './events-page.tsx'
import { SchemaTable } from './schema-table.tsx'

export function EventPage({ name }: { name: string }) {
  const { data: catalog, error, refetch, isFetching } = useCatalog()
  const { read_only } = useCaller()
  const event = catalog?.find((one) => one.name === name)
  return (
    <Page
      title={name}
      heading={<span className="mono">{name}</span>}
      above={<Link to="/events">Events</Link>}
      actions={
        event !== undefined &&
        !read_only && (
          <Link to="/hooks/new" query={{ event: name }} className="button primary">
            New hook
          </Link>
        )
      }
    >
      {event !== undefined ? (
        <Described event={event} />
      ) : catalog !== undefined ? (
        <Empty title="There is no such event" />
      ) : error !== null ? (
        <Problem
          what="The event could not be loaded."
          error={error}
          onRetry={() => void refetch()}
          busy={isFetching}
        />
      ) : (
        <p aria-busy="true">
          <Bone width="40ch" />
        </p>
      )}
    </Page>
  )
}

const SOURCES: Readonly<Record<NonNullable<CatalogEvent['schema_from']>, string>> = {
  schema: 'Declared by the application.',
  columns: 'The columns of the table, as they are now.',
  example: 'A guess, from what the application makes of made-up rows.',
  events: 'A guess, from the newest events of this name.',
}

function Described({ event }: { event: CatalogEvent }) {
  const [raw, setRaw] = useState(false)
  const { description, model, action, everyone, schema, schema_from, example } = event
  return (
    <>
      <p className="event-words">
        {description ?? originOf(model, action)}
        {description !== null && model !== null && <span className="soft"> ({originOf(model, action)})</span>}
      </p>
      {everyone && <p className="soft">The hooks of every owner hear of it.</p>}
      <section className="section" aria-labelledby="schema">
        <div className="section-head">
          <h2 id="schema">Data</h2>
          {schema_from !== null && (
            <Segmented
              label="Form of the schema"
              value={raw ? 'raw' : 'table'}
              options={[
                ['table', 'Fields'],
                ['raw', 'JSON Schema'],
              ]}
              onChange={(form) => setRaw(form === 'raw')}
            />
          )}
        </div>
        {schema_from === null ? (
          <p className="soft">Nothing is known of its data yet.</p>
        ) : raw ? (
          <Code text={JSON.stringify(schema, null, 2)} label="JSON Schema" />
        ) : (
          <SchemaTable schema={schema} />
        )}
        {schema_from !== null && <p className="hint">{SOURCES[schema_from]}</p>}
      </section>
      {example !== null && (
        <section className="section" aria-labelledby="example">
          <div className="section-head">
            <h2 id="example">Example</h2>
          </div>
          <Code text={JSON.stringify(example, null, 2)} label="Example of the data" />
        </section>
      )}
    </>
  )
}
