import type { Cipher } from '../core/cipher.ts'
import type { HookRow } from './hook.ts'

/**
 * What is encrypted of a hook, where the application gives a key. Its target is not, because hooks are found by it; nor is
 * `old_secret`, which is of rows from before.
 */
export type SealedColumns = Pick<HookRow, 'headers' | 'secret' | 'old_secrets'>

const SEALED = ['headers', 'secret', 'old_secrets'] as const satisfies readonly (keyof SealedColumns)[]

/**
 * A row that can be read. It is for the moment of its use: nothing of it is written or told.
 *
 * @throws `decryption_failed`
 */
export function opened<Row extends SealedColumns & { readonly owner: string }>(
  cipher: Cipher,
  row: Row,
): Row {
  const columns: Partial<SealedColumns> = {}
  for (const column of SEALED) {
    const stored = row[column]
    if (stored === null) continue
    const text = cipher.decrypt(stored, { column, owner: row.owner })
    if (text !== stored) columns[column] = text
  }
  return Object.keys(columns).length === 0 ? row : { ...row, ...columns }
}

/** Columns as they are written. */
export function sealed<Columns extends object>(cipher: Cipher, owner: string, columns: Columns): Columns {
  if (!cipher.isOn) return columns
  const result = { ...columns } as Record<string, unknown>
  for (const column of SEALED) {
    const text = result[column]
    if (typeof text === 'string') result[column] = cipher.encrypt(text, { column, owner })
  }
  return result as Columns
}

/** Whether a row is as it would be written now. */
export function isSealed(cipher: Cipher, row: SealedColumns & Pick<HookRow, 'old_secret'>): boolean {
  if (cipher.isOn && row.old_secret !== null) return false
  return SEALED.every((column) => row[column] === null || cipher.isCurrent(row[column]))
}
