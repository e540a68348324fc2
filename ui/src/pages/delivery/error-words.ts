/** What the code of an attempt's error means, and what to look at. */
const WORDS: Readonly<Record<string, string>> = {
  dns: 'The name of the target does not resolve. Is the domain right, and its DNS record still there?',
  connect: 'No connection could be opened. Is the receiver running, and reachable from the internet?',
  tls: 'The TLS handshake failed, or the certificate is not the host’s. Look at the certificate of the receiver.',
  timeout: 'The receiver did not answer in time. Let it answer at once, and do its work afterwards.',
  refused_address: 'The target leads to an address that must not be called, so nothing was sent to it.',
  protocol:
    'The receiver was reached, but what came was no HTTP answer: the connection was closed, or garbage came.',
  local: 'A fault on the sender’s side. It is not held against the hook.',
  payload: 'The application could not make the body.',
}

export const wordsOfError = (code: string): string | undefined => WORDS[code]

/** What an HTTP status that is no success tells. */
export function wordsOfStatus(status: number): string | undefined {
  if (status >= 200 && status < 300) return undefined
  if (status >= 300 && status < 400)
    return 'Redirects are not followed. Enter the address that it leads to as the target.'
  if (status === 401 || status === 403) {
    return 'The receiver does not let this request in. Does it want a header, or is the secret another one?'
  }
  if (status === 404) return 'There is nothing at this address. Is the path of the target right?'
  if (status === 405) return 'The receiver takes no POST there.'
  if (status === 410) return 'Gone: the receiver asks never to be called again, so the hook was disabled.'
  if (status === 413) return 'The body is too large for the receiver. A thin payload is small.'
  if (status === 429) return 'The receiver gets too many requests. A rate limit of the hook helps.'
  if (status >= 500) return 'The receiver has failed. Its own log says why.'
  return 'Only an answer of 2xx is a success.'
}
