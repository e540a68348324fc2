import { describe, expect, it } from 'vitest'
import { postgres } from './index.ts'

describe('postgres', () => {
  it('does not show what stands under an option that there is not', () => {
    const options = { password: 's3cr3t' } as object
    expect(() => postgres('postgres://app@db.internal/shop', options)).toThrow(
      /^postgres\.password(?!.*s3cr3t)/,
    )
  })
})
