import { describe, expect, it } from 'vitest'
import { dispatchSettings } from './options.ts'

describe('dispatchSettings', () => {
  it('has something for whatever is left out', () => {
    expect(dispatchSettings()).toMatchObject({
      concurrency: 256,
      concurrencyPerHook: 20,
      connectionsPerOrigin: 256,
      timeoutMs: 15_000,
      leaseMs: 10_000,
    })
  })

  it('takes what is given', () => {
    const options = { concurrency: 10, concurrencyPerHook: 2, timeoutMs: 1_000, leaseMs: 1_001 }
    expect(dispatchSettings(options)).toMatchObject(options)
  })

  it('has connections to an origin for everything, or for one hook at the least', () => {
    expect(dispatchSettings({ concurrency: 10 })).toMatchObject({ connectionsPerOrigin: 10 })
    const few = { concurrency: 10, connectionsPerOrigin: 10 }
    expect(dispatchSettings(few)).toMatchObject(few)
    expect(dispatchSettings({ connectionsPerOrigin: 20 })).toMatchObject({ connectionsPerOrigin: 20 })
  })

  it.each([
    [{ connectionsPerOrigin: 19 }, 'dispatch.connectionsPerOrigin', '19'],
    [{ connectionsPerOrigin: 0 }, 'dispatch.connectionsPerOrigin', '0'],
    [{ concurrency: 0 }, 'dispatch.concurrency', '0'],
    [{ concurrency: 2.5 }, 'dispatch.concurrency', '2.5'],
    [{ concurrencyPerHook: '20' }, 'dispatch.concurrencyPerHook', '"20"'],
    [{ timeoutMs: Number.NaN }, 'dispatch.timeoutMs', 'NaN'],
    [{ timeoutMs: -5 }, 'dispatch.timeoutMs', '-5'],
    [{ leaseMs: 99 }, 'dispatch.leaseMs', '99'],
    [{ timeout: 5 }, 'dispatch.timeout', '5'],
    [{ retry: { tries: 3 } }, 'dispatch.retry.tries', '3'],
    [{ breaker: { failures: 0 } }, 'dispatch.breaker.failures', '0'],
    [{ breaker: { openMs: 1.5 } }, 'dispatch.breaker.openMs', '1.5'],
    [{ breaker: { after: 5 } }, 'dispatch.breaker.after', '5'],
    [{ breaker: true }, 'dispatch.breaker', 'true'],
    [{ disableAfterMs: 0 }, 'dispatch.disableAfterMs', '0'],
    [null, 'dispatch', 'null'],
    ['fast', 'dispatch', '"fast"'],
  ])('refuses %o, and names the option, the value and the cure', (options, field, value) => {
    expect(() => dispatchSettings(options as never)).toThrow(
      expect.objectContaining({
        code: 'option_invalid',
        field,
        message: expect.stringContaining(`(got ${value}). `),
      }),
    )
  })
})
