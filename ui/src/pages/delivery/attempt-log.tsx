import type { Attempt } from '../../api/wire.ts'
import { Code } from '../../components/code.tsx'
import { HeaderList } from '../../components/header-list.tsx'
import { AttemptState } from '../../components/status.tsx'
import { Exact } from '../../components/time.tsx'
import { duration } from '../../components/time-words.ts'
import { visibleLine } from '../../components/visible-text.ts'
import { Body } from './body.tsx'
import { wordsOfError, wordsOfStatus } from './error-words.ts'

interface AttemptLogProps {
  log: readonly Attempt[]
  /** The one that is looked at. */
  chosen: Attempt | undefined
  onChoose: (number: number) => void
}

/** Every attempt; one of them with all that came back. */
export function AttemptLog({ log, chosen, onChoose }: AttemptLogProps) {
  return (
    <section className="section" aria-labelledby="attempts">
      <div className="section-head">
        <h2 id="attempts">Attempts</h2>
      </div>
      {log.length === 0 ? (
        <p className="soft">None yet.</p>
      ) : (
        <div className="attempts">
          <ol className="attempt-list" reversed>
            {log.toReversed().map((attempt) => (
              <li key={attempt.number}>
                <button
                  type="button"
                  aria-pressed={attempt.number === chosen?.number}
                  onClick={() => onChoose(attempt.number)}
                >
                  <span className="attempt-number">{attempt.number}</span>
                  <AttemptState status={attempt.status} error={attempt.error} />
                  <span className="attempt-time">
                    {attempt.duration_ms === null ? '' : duration(attempt.duration_ms)}
                  </span>
                  <span className="attempt-when soft">
                    <Exact at={attempt.started} />
                    {attempt.manual && ' · by hand'}
                  </span>
                </button>
              </li>
            ))}
          </ol>
          {chosen !== undefined && <Answer key={chosen.number} attempt={chosen} />}
        </div>
      )}
    </section>
  )
}

function Answer({ attempt }: { attempt: Attempt }) {
  const { number, status, error, response } = attempt
  const words =
    error === null ? (status === null ? undefined : wordsOfStatus(status)) : wordsOfError(error.code)
  return (
    <div className="answer">
      <h3>{`Answer to attempt ${number}`}</h3>
      {words !== undefined && <p className="answer-words">{words}</p>}
      {error !== null && <Code label="Error" text={`${error.code}: ${visibleLine(error.message)}`} />}
      {response === null ? (
        error === null && <p className="soft">No answer was kept.</p>
      ) : (
        <>
          <h4>Headers</h4>
          <HeaderList headers={response.headers} label="Headers of the answer" />
          <Body text={response.body} label="Body of the answer" />
          {response.truncated && (
            <p className="hint">Only the beginning was kept, or it did not come to its end.</p>
          )}
        </>
      )}
    </div>
  )
}
