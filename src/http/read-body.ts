import { HttpProblem } from './problems.ts'

/** No hook is larger; a body that is, is refused before it is in memory. */
const LARGEST_BODY = 64 * 1024

/**
 * Reads a body to its end.
 *
 * @throws 413 as soon as it is known to be too large, 400 when it breaks off
 */
export async function readBody(request: Request): Promise<Uint8Array<ArrayBuffer>> {
  if (Number(request.headers.get('content-length')) > LARGEST_BODY) throw tooLarge()
  if (request.body === null) return new Uint8Array()
  const reader = request.body.getReader()
  const chunks: Uint8Array[] = []
  let size = 0
  for (let part = await nextPart(reader); !part.done; part = await nextPart(reader)) {
    size += part.value.length
    if (size > LARGEST_BODY) {
      // What it says about being cancelled is of no interest any more.
      reader.cancel().catch(() => {})
      throw tooLarge()
    }
    chunks.push(part.value)
  }
  const body = new Uint8Array(size)
  let offset = 0
  for (const chunk of chunks) {
    body.set(chunk, offset)
    offset += chunk.length
  }
  return body
}

async function nextPart(reader: ReadableStreamDefaultReader<Uint8Array>) {
  try {
    return await reader.read()
  } catch {
    throw new HttpProblem(400, 'The request body broke off.')
  }
}

function tooLarge(): HttpProblem {
  return new HttpProblem(413, `Request body is larger than ${LARGEST_BODY} bytes.`)
}
