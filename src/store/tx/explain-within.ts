import { HookwrightError, messageOf, problem } from '../../core/errors.ts'
import { identifier } from '../quote.ts'
import type { Store } from '../store.ts'

/**
 * An error out of the caller's transaction: as hookwright says it, where the store knows it, and otherwise as it came, for
 * the caller to handle like the others of their library.
 */
export function explainWithin(store: Explaining, error: unknown): unknown {
  for (const layer of layersOf(error)) {
    const explained = forbidden(store, layer) ?? store.explain(layer)
    if (explained instanceof HookwrightError) return explained
  }
  return error
}

type Explaining = Pick<Store, 'explain' | 'schema'>

const INSUFFICIENT_PRIVILEGE = '42501'

/** The caller's transaction has the caller's rights, which need not reach as far as those of hookwright's own connection. */
function forbidden({ schema }: Explaining, error: object): HookwrightError | undefined {
  if (schema === undefined || (error as { code?: unknown }).code !== INSUFFICIENT_PRIVILEGE) return undefined
  const message = messageOf(error)
  if (!message.includes(schema) && !/\b(event|listening)\b/.test(message)) return undefined
  const quoted = identifier(schema)
  return problem('database_invalid', {
    field: 'tx',
    problem: `the role of this transaction has no right to send events: ${message}`,
    cure:
      `GRANT USAGE ON SCHEMA ${quoted} TO it, and GRANT SELECT, INSERT ON ${quoted}.event and ` +
      `SELECT ON ${quoted}.listening`,
    cause: error,
  })
}

/** Where the libraries keep the driver's error: most of them, TypeORM, Sequelize, Objection, and Prisma below `meta`. */
const INNER = ['cause', 'driverError', 'original', 'nativeError', 'driverAdapterError', 'meta']
const DEEPEST = 8

function* layersOf(error: unknown): Generator<object> {
  let layer = error
  for (let depth = 0; depth < DEEPEST && isObject(layer); depth += 1) {
    yield asDriverError(layer)
    const inner: Record<string, unknown> = layer
    layer = INNER.map((name) => inner[name]).find(isObject)
  }
}

/** Prisma keeps what the driver said, but not its error. */
function asDriverError(layer: Record<string, unknown>): object {
  const { originalCode: code, originalMessage: message } = layer
  if (typeof code !== 'string' || typeof message !== 'string') return layer
  return Object.assign(new Error(message, { cause: layer }), { code })
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null
}
