import type { JsonSchema } from '../../api/wire.ts'
import { visibleLine } from '../../components/visible-text.ts'
import { schemaRows } from './schema-rows.ts'

/** A schema as people read one. */
export function SchemaTable({ schema }: { schema: JsonSchema }) {
  const rows = schemaRows(schema)
  if (rows.length === 0) return <p className="soft">It has no fields that are known.</p>
  const described = rows.some(({ description }) => description !== '')
  return (
    <table className="list schema" aria-label="Fields">
      <thead>
        <tr>
          <th scope="col">Field</th>
          <th scope="col">Type</th>
          <th scope="col" className="wide">
            Always there
          </th>
          {described && (
            <th scope="col" className="wide">
              Description
            </th>
          )}
        </tr>
      </thead>
      <tbody>
        {rows.map(({ path, depth, type, required, description }) => (
          <tr key={path}>
            <th scope="row" className="mono" style={{ paddingInlineStart: `${depth * 1.25}rem` }}>
              {visibleLine(path)}
            </th>
            <td>{visibleLine(type)}</td>
            <td className="wide soft">{required ? 'Yes' : 'No'}</td>
            {described && <td className="wide">{visibleLine(description)}</td>}
          </tr>
        ))}
      </tbody>
    </table>
  )
}
