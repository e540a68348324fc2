import type { Attempt, DeliveryDetail } from '../../api/wire.ts'
import { CopyButton } from '../../components/copy-button.tsx'
import { HeaderList } from '../../components/header-list.tsx'
import { visibleLine } from '../../components/visible-text.ts'
import { Body } from './body.tsx'
import { asCurl } from './curl.ts'

interface RequestSectionProps {
  delivery: DeliveryDetail
  /** The attempt that is looked at; its headers are its own. */
  attempt: Attempt | undefined
}

/** The request exactly as it was sent. */
export function RequestSection({ delivery: { body, target }, attempt }: RequestSectionProps) {
  const request = attempt?.request ?? null
  const url = request?.url ?? target ?? undefined
  const hidden =
    request?.url.includes('[hidden]') === true ||
    request?.headers.some(([, value]) => value === '[hidden]') === true
  return (
    <section className="section" aria-labelledby="request">
      <div className="section-head">
        <h2 id="request">{request === null ? 'Request' : `Request of attempt ${attempt?.number}`}</h2>
        {url !== undefined && (
          <CopyButton
            label="Copy as curl"
            text={asCurl(request ?? { url, headers: [['content-type', 'application/json']] }, body)}
          />
        )}
      </div>
      {url !== undefined && (
        <p className="request-line mono breaking">
          <strong>POST</strong> {visibleLine(url)}
        </p>
      )}
      <h3>Headers</h3>
      {request === null ? (
        <p className="soft">
          {attempt === undefined
            ? 'They are made with each attempt.'
            : 'They were not kept for this attempt.'}
        </p>
      ) : (
        <>
          <HeaderList headers={request.headers} label="Headers of the request" />
          {hidden && (
            <p className="hint">
              The values of the hook’s own headers and the target’s query are never shown.
            </p>
          )}
        </>
      )}
      {body === null ? (
        <p className="soft">The body is made with the first attempt.</p>
      ) : (
        <Body text={body} label="Body of the request" />
      )}
    </section>
  )
}
