import { describe, expect, it } from 'vitest'
import { signatureSettings } from './signature-settings.ts'

describe('the option signature', () => {
  it('is as Standard Webhooks has it unless told', () => {
    const standard = {
      scheme: 'v1',
      headers: { id: 'webhook-id', timestamp: 'webhook-timestamp', signature: 'webhook-signature' },
      names: ['webhook-id', 'webhook-timestamp', 'webhook-signature'],
    }
    expect(signatureSettings()).toEqual(standard)
    expect(signatureSettings({})).toEqual(standard)
  })

  it('takes names of headers, in lower case, and keeps the others', () => {
    const { headers } = signatureSettings({ headers: { id: 'Svix-Id', signature: 'X-Signature' } })
    expect(headers).toEqual({ id: 'svix-id', timestamp: 'webhook-timestamp', signature: 'x-signature' })
  })

  it.each<[option: unknown, field: string]>([
    [{ scheme: 'v2' }, 'signature.scheme'],
    [{ header: {} }, 'signature.header'],
    [{ headers: { ids: 'x' } }, 'signature.headers.ids'],
    [{ headers: { id: '' } }, 'signature.headers.id'],
    [{ headers: { id: 'svix id' } }, 'signature.headers.id'],
    [{ headers: { id: 'x'.repeat(65) } }, 'signature.headers.id'],
    [{ headers: { id: 5 } }, 'signature.headers.id'],
    [{ headers: { id: 'X-Same', timestamp: 'x-same' } }, 'signature.headers.timestamp'],
    [{ headers: { id: 'webhook-signature' } }, 'signature.headers.signature'],
    ...[
      'Host',
      'Content-Length',
      'Transfer_Encoding',
      'content-type',
      'Content-Encoding',
      'Authorization',
      'User-Agent',
      'proxy-id',
      'traceparent',
    ].map((name): [unknown, string] => [{ headers: { signature: name } }, 'signature.headers.signature']),
    [null, 'signature'],
    ['v1a', 'signature'],
  ])('refuses %o, and names %s', (option, field) => {
    expect(() => signatureSettings(option)).toThrow(
      expect.objectContaining({ code: 'option_invalid', field }),
    )
  })
})
