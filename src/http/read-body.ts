import { HttpProblem } from './problems.ts'

/** No hook is larger. */
const LARGEST_BODY = 64 * 1024

/**
 * Reads a body to its end. One that is too large is refused before it is in memory.
 *
 * @param most the largest, in bytes
 * @throws 413 as soon as it is known to be too large, 400 when it breaks off
 */
export async function readBody(request: Request, most = LARGEST_BODY): Promise<Uint8Array<ArrayBuffer>> {
  if (Number(request.headers.get('content-length')) > most) throw tooLarge(most)
  if (request.body === null) return new Uint8Array()
  const reader = request.body.getReader()
  const chunks: Uint8Array[] = []
  let size = 0
  for (let part = await nextPart(reader); !part.done; part = await nextPart(reader)) {
    size += part.value.length
    if (size > most) {
      // What it says about being cancelled is of no interest any more.
      reader.cancel().catch(() => {})
      throw tooLarge(most)
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

function tooLarge(most: number): HttpProblem {
  return new HttpProblem(413, `Request body is larger than ${most} bytes.`)
}
