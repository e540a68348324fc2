import {
  createCipheriv,
  createDecipheriv,
  createHash,
  createSecretKey,
  type KeyObject,
  randomBytes,
} from 'node:crypto'
import { problem } from './errors.ts'

/** Where an encrypted value belongs. Elsewhere it cannot be decrypted: a row's text may be copied by other hands. */
export interface Place {
  /** The column, such as `secret`. */
  column: string
  /** Whose hook it is of, as the database keeps it. */
  owner: string
  /** What it is, for errors: `the hook's secret` unless told. */
  what?: string
}

/** Encrypts what must not be read by whoever reads the database. */
export interface Cipher {
  /** Whether it has a key; without one, what it encrypts stays as it is. */
  readonly isOn: boolean
  /** Gives `enc:1:<id of the key>:<base64>`; or the text itself where there is no key. */
  encrypt(text: string, place: Place): string
  /**
   * Gives the text back. One that is not encrypted, such as of a row from before, is given as it is.
   *
   * @throws `decryption_failed` when its key is not among those given, or when it was changed or belongs elsewhere
   */
  decrypt(stored: string, place: Place): string
  /** Whether a text is as `encrypt` would write it now. */
  isCurrent(stored: string): boolean
}

/*
 * AES-256-GCM, NIST SP 800-38D: a new nonce of 96 bits from the machine's source for each value, and a tag of 128 bits. One key
 * must not encrypt more than 2^32 values in this way (8.3). The text: nonce, ciphertext and tag, in base64.
 */
const ALGORITHM = 'aes-256-gcm'
const NONCE = 12
const TAG = 16
const KEY = 32
const MARK = 'enc:'
const VERSION = `${MARK}1:`

const MAKE_ONE = 'Make one with: node -p "crypto.randomBytes(32).toString(\'base64\')"'

/** Leaves everything as it is, and cannot read what is encrypted. */
export const noCipher: Cipher = createCipher(undefined)

/**
 * Makes a cipher from the option `encryptionKey`: the first key encrypts, all of them decrypt.
 *
 * @param option one key or several, each of 32 bytes in base64 or hexadecimal; undefined for none
 * @throws `option_invalid`, which names the option and never shows a key
 * @example
 * ```ts
 * const cipher = createCipher([process.env.NEW_KEY, process.env.OLD_KEY])
 * const stored = cipher.encrypt(secret, { column: 'secret', owner: '1' }) // 'enc:1:5f2c81d04be7a936:…'
 * ```
 */
export function createCipher(option: unknown): Cipher {
  const keys = new Map(option === undefined ? [] : keysOf(option))
  const [first] = keys
  return {
    isOn: first !== undefined,

    encrypt(text, place) {
      if (first === undefined) return text
      const [id, key] = first
      const nonce = randomBytes(NONCE)
      const cipher = createCipheriv(ALGORITHM, key, nonce, { authTagLength: TAG })
      cipher.setAAD(boundTo(id, place))
      const encrypted = [nonce, cipher.update(text, 'utf8'), cipher.final(), cipher.getAuthTag()]
      return `${VERSION}${id}:${Buffer.concat(encrypted).toString('base64')}`
    },

    decrypt(stored, place) {
      if (!stored.startsWith(MARK)) return stored
      const [, id = '', encoded = ''] = /^enc:1:([0-9a-f]+):([A-Za-z0-9+/=]+)$/.exec(stored) ?? []
      if (id === '') throw failed(place, 'it is not in a form that this version knows')
      const key = keys.get(id)
      if (key === undefined) throw failed(place, `its key, ${id}, is not given`, addKey(id))
      const bytes = Buffer.from(encoded, 'base64')
      if (bytes.length < NONCE + TAG) throw failed(place, CHANGED)
      try {
        const decipher = createDecipheriv(ALGORITHM, key, bytes.subarray(0, NONCE), { authTagLength: TAG })
        decipher.setAAD(boundTo(id, place))
        decipher.setAuthTag(bytes.subarray(-TAG))
        return decipher.update(bytes.subarray(NONCE, -TAG), undefined, 'utf8') + decipher.final('utf8')
      } catch {
        throw failed(place, CHANGED)
      }
    },

    isCurrent: (stored) =>
      first === undefined ? !stored.startsWith(MARK) : stored.startsWith(`${VERSION}${first[0]}:`),
  }
}

const CHANGED = 'it was changed, or belongs to another column or owner'

function addKey(id: string): string {
  return `Add the key whose id is ${id} to the option encryptionKey, behind the others`
}

function failed({ column, what = `the hook's ${column}` }: Place, why: string, cure?: string): Error {
  return problem('decryption_failed', {
    field: column,
    problem: `${what} cannot be decrypted: ${why}`,
    ...(cure === undefined ? {} : { cure }),
  })
}

/** No id and no column has a colon, so that each place has a text of its own. */
function boundTo(id: string, { column, owner }: Place): Buffer {
  return Buffer.from(`hookwright:1:${id}:${column}:${owner}`)
}

function keysOf(option: unknown): [id: string, key: KeyObject][] {
  const several = Array.isArray(option)
  const list: unknown[] = several ? option : [option]
  if (list.length === 0)
    throw invalid('encryptionKey', 'it is an empty list', 'Leave it out for no encryption')
  return list.map((given, index) => {
    const bytes = bytesOf(given)
    if (bytes === undefined) {
      throw invalid(
        several ? `encryptionKey[${index}]` : 'encryptionKey',
        'it is not 32 bytes in base64 or hexadecimal',
        MAKE_ONE,
      )
    }
    return [idOf(bytes), createSecretKey(bytes)]
  })
}

/** The value stays out of the message. */
function invalid(field: string, what: string, cure: string): Error {
  return problem('option_invalid', { field, problem: what, cure })
}

function bytesOf(given: unknown): Buffer | undefined {
  if (typeof given !== 'string') return undefined
  // A file with a key often ends with a line break.
  const text = given.trim()
  if (/^[0-9a-f]{64}$/i.test(text)) return Buffer.from(text, 'hex')
  const bytes = Buffer.from(text, 'base64')
  return bytes.length === KEY && bytes.toString('base64') === text ? bytes : undefined
}

/** Of it nothing can be learnt about the key. */
function idOf(bytes: Buffer): string {
  return createHash('sha256').update('hookwright key id').update(bytes).digest('hex').slice(0, 16)
}
