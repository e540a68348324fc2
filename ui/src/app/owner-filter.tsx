import { useState } from 'react'
import { useLocation } from 'wouter'
import { changed } from './query.ts'
import { useOwner } from './url-state.ts'

/** Of an administrator: whose hooks are looked at. The address keeps it. */
export function OwnerFilter() {
  const owner = useOwner()
  const [path, navigate] = useLocation()
  const [text, setText] = useState(owner)
  const go = (wanted: string) => navigate(`${path}${changed(location.search, { owner: wanted.trim() })}`)
  return (
    <form
      className="owner-filter"
      key={owner}
      onSubmit={(event) => {
        event.preventDefault()
        go(text)
      }}
    >
      <label>
        <span className="owner-label">Owner</span>
        <input
          name="owner"
          placeholder="All owners"
          value={text}
          onChange={(event) => setText(event.target.value)}
          onBlur={() => text.trim() !== owner && go(text)}
          autoComplete="off"
          spellCheck={false}
        />
      </label>
      {owner !== '' && (
        <button
          type="button"
          className="clear"
          onClick={() => {
            setText('')
            go('')
          }}
        >
          All<span className="unseen"> owners</span>
        </button>
      )}
    </form>
  )
}
