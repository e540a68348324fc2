import { config } from '../../api/config.ts'
import { useUrlState } from '../../app/url-state.ts'
import { Code } from '../../components/code.tsx'
import { snippets } from './snippets/index.ts'

/** Receivers know headers by names in small letters. */
const NAMES = {
  id: config.signature.id.toLowerCase(),
  timestamp: config.signature.timestamp.toLowerCase(),
  signature: config.signature.signature.toLowerCase(),
}

/** Code to verify a signature, ready to paste. */
export function Verify() {
  const [params, setParams] = useUrlState()
  const chosen = snippets.find(({ name }) => name === params.get('language')) ?? snippets[0]
  return (
    <section className="section" aria-labelledby="verify">
      <div className="section-head">
        <h2 id="verify">Verify a signature</h2>
        <label>
          <span className="unseen">Language</span>
          <select value={chosen?.name} onChange={({ target }) => setParams({ language: target.value })}>
            {snippets.map(({ name, words }) => (
              <option key={name} value={name}>
                {words}
              </option>
            ))}
          </select>
        </label>
      </div>
      <p className="soft verify-words">
        Every delivery is signed as Standard Webhooks has it. Verify the body exactly as it came, before it is
        parsed, with the secret that was shown when the hook was created.
      </p>
      {chosen !== undefined && (
        <Code text={chosen.code(NAMES)} label={`Code to verify a signature, ${chosen.words}`} />
      )}
    </section>
  )
}
