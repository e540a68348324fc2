import { describe, expect, it } from 'vitest'
import { generateSecret } from '../signature/keys.ts'
import { rotated, type SecretColumns, secretsAt, verificationKeysAt } from './secrets.ts'

const [A, B, C, D] = Array.from({ length: 4 }, () => generateSecret()) as [string, string, string, string]
const only = (secret: string): SecretColumns => ({
  secret,
  old_secret: null,
  old_secret_until: null,
  old_secrets: null,
})

describe('rotations within the overlap', () => {
  it('keep each secret signing until its own time', () => {
    let columns = rotated(only(A), B, 0, 100)
    columns = rotated(columns, C, 10, 20)
    columns = rotated(columns, D, 15, 1_000)
    expect(secretsAt(columns, 15)).toEqual([D, C, B, A])
    expect(secretsAt(columns, 29)).toEqual([D, C, B, A])
    expect(secretsAt(columns, 30)).toEqual([D, C, A])
    expect(secretsAt(columns, 100)).toEqual([D, C])
    expect(secretsAt(columns, 1_015)).toEqual([D])
    expect(rotated(columns, A, 100, 50).old_secrets).toBe(
      JSON.stringify([
        { secret: D, until: 150 },
        { secret: C, until: 1_015 },
      ]),
    )
  })

  it('end all of them with an overlap of 0', () => {
    expect(secretsAt(rotated(rotated(only(A), B, 0, 100), C, 1, 0), 1)).toEqual([C])
  })

  it('keep a secret that a version knew which had one old secret only', () => {
    const before = { secret: B, old_secret: A, old_secret_until: 100, old_secrets: null }
    expect(secretsAt(before, 99)).toEqual([B, A])
    expect(secretsAt(before, 100)).toEqual([B])
    const after = rotated(before, C, 50, 1_000)
    expect(secretsAt(after, 99)).toEqual([C, B, A])
    expect(after).toMatchObject({ old_secret: null, old_secret_until: null })
  })

  it('let no secret sign twice that is valid anew', () => {
    expect(secretsAt(rotated(rotated(only(A), B, 0, 100), A, 1, 100), 2)).toEqual([A, B])
  })

  it('take a private key with its public key for the same as without', () => {
    const pair = generateSecret({ scheme: 'v1a' })
    const alone = `whsk_${Buffer.from(pair.slice(5), 'base64').subarray(0, 32).toString('base64')}`
    expect(secretsAt(rotated(only(pair), alone, 0, 100), 1)).toEqual([pair])
  })

  it('are refused while eight secrets sign beside the present one', () => {
    let columns = only(A)
    for (let count = 0; count < 8; count += 1) columns = rotated(columns, generateSecret(), count, 1_000)
    expect(secretsAt(columns, 8)).toHaveLength(9)
    const once = (now: number, overlapMs: number) => rotated(columns, B, now, overlapMs)
    expect(() => once(8, 1_000)).toThrow(
      expect.objectContaining({ code: 'hook_invalid', field: 'overlapMs' }),
    )
    expect(secretsAt(once(1_000, 1_000), 1_000)).toHaveLength(9)
    expect(secretsAt(once(8, 0), 8)).toEqual([B])
  })

  it('replace a secret that other hands have written, and that signs nothing', () => {
    expect(secretsAt(rotated(only('hunter2'), B, 0, 100), 1)).toEqual([B])
  })
})

it('what a receiver verifies with holds no private key', () => {
  const columns = rotated(only(A), generateSecret({ scheme: 'v1a' }), 0, 100)
  const [key, old] = verificationKeysAt(columns, 1)
  expect(key).toMatch(/^whpk_/)
  expect(old).toBe(A)
})
