import { describe, expect, it } from 'vitest'
import { retentionSettings } from './settings.ts'

describe('retentionSettings', () => {
  it('keeps for thirty days, for as long as it is told, or for ever', () => {
    expect(retentionSettings()).toEqual({ days: 30, keepMs: 30 * 86_400_000, everyMs: 3_600_000 })
    expect(retentionSettings({ days: 0.5, everyMs: 60_000 })).toEqual({
      days: 0.5,
      keepMs: 43_200_000,
      everyMs: 60_000,
    })
    expect(retentionSettings(false)).toBe(false)
  })

  it.each([
    [{ days: 0 }, 'retention.days'],
    [{ days: -1 }, 'retention.days'],
    [{ days: Number.NaN }, 'retention.days'],
    [{ days: Number.POSITIVE_INFINITY }, 'retention.days'],
    [{ days: '30' }, 'retention.days'],
    [{ everyMs: 10 }, 'retention.everyMs'],
    [{ everyMs: 1_000.5 }, 'retention.everyMs'],
    [{ day: 30 }, 'retention.day'],
    [30, 'retention'],
    [null, 'retention'],
    [true, 'retention'],
  ])('refuses %o', (options, field) => {
    expect(() => retentionSettings(options as never)).toThrow(
      expect.objectContaining({ code: 'option_invalid', field }),
    )
  })
})
