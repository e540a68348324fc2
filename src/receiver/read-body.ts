import { problem } from '../core/errors.ts'

/**
 * Reads the body of a request as text, and no more of it than it may have: whoever sends it is not known yet.
 *
 * @throws `message_invalid`
 */
export async function readText(request: Request, mostBytes: number): Promise<string> {
  if (request.bodyUsed) {
    throw problem('message_invalid', {
      field: 'body',
      problem: 'it has been read already',
      cure: 'Receive the request before anything parses its body: the signature is over the bytes as they came',
    })
  }
  if (request.body === null) return ''
  // Text is verified as it is encoded again, so bytes that are no UTF-8 must not pass for others.
  const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })
  const reader = request.body.getReader()
  let text = ''
  let size = 0
  try {
    for (let part = await reader.read(); !part.done; part = await reader.read()) {
      size += part.value.length
      if (size > mostBytes) break
      text += decoder.decode(part.value, { stream: true })
    }
    if (size <= mostBytes) return text + decoder.decode()
  } catch (cause) {
    // Runtimes have various errors for a sender that went away.
    throw problem('message_invalid', { field: 'body', problem: 'it is no UTF-8, or broke off', cause })
  }
  reader.cancel().catch(() => {})
  throw tooLarge(mostBytes)
}

function tooLarge(mostBytes: number): Error {
  return problem('message_invalid', {
    field: 'body',
    problem: `it has more than ${mostBytes} bytes`,
    cure: 'Set `maxBodyBytes` where the sender sends as much',
  })
}
