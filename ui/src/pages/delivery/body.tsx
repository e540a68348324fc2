import { useMemo, useState } from 'react'
import { Code } from '../../components/code.tsx'
import { prettyJson } from '../../components/pretty-json.ts'
import { Segmented } from '../../components/segmented.tsx'

/** A body: with a line for each part where it is JSON, or exactly as it is. */
export function Body({ text, label }: { text: string; label: string }) {
  const [raw, setRaw] = useState(false)
  const pretty = useMemo(() => prettyJson(text), [text])
  return (
    <>
      <div className="body-head">
        <h4>Body</h4>
        {pretty !== null && pretty !== text && (
          <Segmented
            label={`Form of: ${label}`}
            value={raw ? 'raw' : 'pretty'}
            options={[
              ['pretty', 'Pretty'],
              ['raw', 'Raw'],
            ]}
            onChange={(form) => setRaw(form === 'raw')}
          />
        )}
      </div>
      {text === '' ? (
        <p className="soft">Empty.</p>
      ) : (
        <Code text={raw ? text : (pretty ?? text)} label={label} />
      )}
    </>
  )
}
