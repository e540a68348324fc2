import { createHash } from 'node:crypto'
import { promisify } from 'node:util'
import { brotliCompress, constants, gzip } from 'node:zlib'
import { respond } from '../respond.ts'

const inBrotli = promisify(brotliCompress)
const inGzip = promisify(gzip)

/** What was built of ui/. It is loaded when somebody asks for it: an application without visitors does without. */
export async function builtDashboard(): Promise<typeof import('./files.generated.js')> {
  try {
    return await import('./files.generated.js')
  } catch (error) {
    throw new Error('The dashboard is not built. In a checkout of hookwright, run "npm run build:ui".', {
      cause: error,
    })
  }
}

/** A file in the forms that it is sent in. */
interface Forms {
  readonly type: string
  readonly plain: Buffer
  /** Of the content. */
  readonly tag: string
  /** Made once, for whoever asks first. */
  readonly encoded: Map<Encoding, Promise<Buffer>>
}

type Encoding = 'br' | 'gzip'

/** The best comes first. */
const ENCODERS: readonly (readonly [Encoding, (plain: Buffer) => Promise<Buffer>])[] = [
  ['br', (plain) => inBrotli(plain, { params: { [constants.BROTLI_PARAM_QUALITY]: 9 } })],
  ['gzip', (plain) => inGzip(plain, { level: 9 })],
]

/** Those whose names tell their content are never asked for again. */
const HASHED = /-[\w-]{8,}\.\w+$/

/**
 * Answers requests for files: by their names below the root, in the encoding that the client likes best.
 *
 * @example
 * ```ts
 * const files = new Files({ 'assets/index-1f3c5a7b.js': { type: 'text/javascript', text: '…' } })
 * await files.answer('assets/index-1f3c5a7b.js', request)
 * ```
 */
export class Files {
  readonly #forms: ReadonlyMap<string, Forms>

  constructor(files: Readonly<Record<string, { readonly type: string; readonly text: string }>>) {
    this.#forms = new Map(
      Object.entries(files).map(([name, { type, text }]) => {
        const plain = Buffer.from(text)
        const tag = createHash('sha256').update(plain).digest('base64url').slice(0, 22)
        return [name, { type, plain, tag, encoded: new Map() }]
      }),
    )
  }

  /** @returns undefined where there is no such file */
  async answer(name: string, { headers: asked }: Request): Promise<Response | undefined> {
    const forms = this.#forms.get(name)
    if (forms === undefined) return undefined
    const encoding = encodingFor(asked.get('accept-encoding'))
    const tag = `"${forms.tag}${encoding === undefined ? '' : `-${encoding[0]}`}"`
    const headers = {
      'Cache-Control': HASHED.test(name) ? 'public, max-age=31536000, immutable' : 'no-cache',
      ETag: tag,
      Vary: 'Accept-Encoding',
    }
    if (isNoneMatch(asked.get('if-none-match'), tag)) return respond(304, undefined, headers)
    const bytes = encoding === undefined ? forms.plain : await encoded(forms, encoding)
    // Its own memory: a buffer of Node's may be part of a larger one.
    const response = respond(200, undefined, {
      ...headers,
      'Content-Type': forms.type,
      'Content-Length': String(bytes.length),
      ...(encoding === undefined ? {} : { 'Content-Encoding': encoding[0] }),
    })
    return new Response(new Uint8Array(bytes), response)
  }
}

function encoded(forms: Forms, [name, encode]: (typeof ENCODERS)[number]): Promise<Buffer> {
  const known = forms.encoded.get(name)
  if (known !== undefined) return known
  const made = encode(forms.plain)
  forms.encoded.set(name, made)
  return made
}

/** The first of ours that the client takes. What it prefers among them is of no matter: the smallest is the best. */
function encodingFor(accepted: string | null): (typeof ENCODERS)[number] | undefined {
  const taken = new Map(
    (accepted ?? '').split(',').map((part) => {
      const [name = '', ...parameters] = part.split(';').map((text) => text.trim().toLowerCase())
      const refused = parameters.some((parameter) => /^q\s*=\s*0(?:\.0*)?$/.test(parameter))
      return [name, !refused] as const
    }),
  )
  return ENCODERS.find(([name]) => taken.get(name) ?? taken.get('*'))
}

function isNoneMatch(given: string | null, tag: string): boolean {
  if (given === null) return false
  // A cache that has weakened it means the same.
  return given === '*' || given.split(',').some((one) => one.trim().replace(/^W\//, '') === tag)
}
