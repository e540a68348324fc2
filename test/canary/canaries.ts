import { randomBytes } from 'node:crypto'

/** A text that must not turn up, in whatever form. */
interface Canary {
  name: string
  forms: string[]
  /** Its bytes, where it stands for some. */
  bytes: Buffer | undefined
}

export interface Find {
  canary: string
  form: string
  around: string
}

/** What must stay secret, and where it was looked for. */
export class Canaries {
  readonly #canaries: Canary[] = []

  /** A text as it is, in base64 and in hexadecimal. */
  addText(name: string, text: string): void {
    const bytes = Buffer.from(text)
    const forms = [text, ...encoded(bytes), bytes.toString('hex')]
    this.#canaries.push({ name, forms: forms.map(half), bytes: undefined })
  }

  /** A signing secret: its bytes, in any form. Of a private key, those that are not the public one's. */
  addSecret(name: string, secret: string): void {
    const bytes = Buffer.from(secret.slice(secret.indexOf('_') + 1), 'base64')
    const own = secret.startsWith('whsk_') ? bytes.subarray(0, 32) : bytes
    const forms = [...encoded(own), own.toString('hex')]
    this.#canaries.push({ name, forms: forms.map(half), bytes: own.subarray(0, 16) })
  }

  /** @param names of the canaries that count here; all unless told */
  inText(text: string, names?: readonly string[]): Find[] {
    return this.#of(names).flatMap(({ name, forms }) =>
      forms.flatMap((form) => {
        const at = text.indexOf(form)
        return at < 0 ? [] : [{ canary: name, form, around: text.slice(Math.max(0, at - 80), at + 80) }]
      }),
    )
  }

  inBytes(bytes: Buffer, names?: readonly string[]): Find[] {
    return this.#of(names).flatMap(({ name, forms, bytes: raw }) =>
      [...forms.map((form) => Buffer.from(form)), ...(raw === undefined ? [] : [raw])].flatMap((form) => {
        const at = bytes.indexOf(form)
        return at < 0
          ? []
          : [
              {
                canary: name,
                form: form.toString('latin1'),
                around: bytes.subarray(Math.max(0, at - 80), at + 80).toString('latin1'),
              },
            ]
      }),
    )
  }

  #of(names: readonly string[] | undefined): Canary[] {
    return this.#canaries.filter(({ name }) => names === undefined || names.includes(name))
  }
}

/** So much gives it away: it may have been cut off. */
function half(form: string): string {
  return form.slice(0, Math.ceil(form.length / 2))
}

/** Without what depends on what stands before or behind, so that a part of a longer text is found too. */
function encoded(bytes: Buffer): string[] {
  const whole = bytes.toString('base64').replace(/=+$/, '')
  const core = whole.slice(0, Math.floor((bytes.length * 8) / 6))
  return [...new Set([core, core.replaceAll('+', '-').replaceAll('/', '_')])]
}

/** Unlike anything else. */
export function unique(name: string): string {
  return `canary-${name}-${randomBytes(12).toString('hex')}`
}
