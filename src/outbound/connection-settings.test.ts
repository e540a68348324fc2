import { describe, expect, it } from 'vitest'
import { HookwrightError } from '../core/errors.ts'
import { connectionSettings } from './connection-settings.ts'
import { testCertificate } from './test-certificate.ts'

/** What is wrong with it: field and message. */
function faultOf(option: object): { field: unknown; message: string } {
  try {
    connectionSettings(option)
  } catch (error) {
    if (!(error instanceof HookwrightError)) throw error
    expect(error.code).toBe('option_invalid')
    return { field: error.field, message: error.message }
  }
  throw new Error('it is accepted')
}

describe('the option connection', () => {
  it('may be left out, as each of its parts', () => {
    const standard = {
      httpsOnly: false,
      http2: false,
      secureContext: undefined,
      proxy: undefined,
      userAgent: 'hookwright',
    }
    expect(connectionSettings()).toEqual(standard)
    expect(connectionSettings({})).toEqual(standard)
  })

  it.each([
    'http://webhooks:s3cr3t@proxy.internal',
    { proxyUrl: 'http://webhooks:s3cr3t@proxy.internal' },
    { key: '-----BEGIN PRIVATE KEY-----s3cr3t' },
  ])('does not show what may be a password or a key: %j', (option) => {
    expect(faultOf(option as object).message).not.toContain('s3cr3t')
  })

  it.each([
    ['connection.htpsOnly', { htpsOnly: true }],
    ['connection.httpsOnly', { httpsOnly: 'yes' }],
    ['connection.http2', { http2: 1 }],
    ['connection.userAgent', { userAgent: '' }],
    ['connection.userAgent', { userAgent: ' a' }],
    ['connection.userAgent', { userAgent: 'a\r\nx: y' }],
    ['connection.userAgent', { userAgent: '书店' }],
    ['connection.userAgent', { userAgent: 'a'.repeat(513) }],
    ['connection.userAgent', { userAgent: 7 }],
    ['connection.ca', { ca: 7 }],
    ['connection.ca', { ca: 'ca.pem' }],
    ['connection.ca[1]', { ca: [testCertificate.cert, testCertificate.key] }],
    ['connection.ca[0]', { ca: [testCertificate.cert.replace('MIIB', 'AAAA')] }],
    ['connection.proxy', { proxy: 4750 }],
    ['connection.proxy', { proxy: 'proxy.internal:4750' }],
    ['connection.proxy', { proxy: 'socks5://proxy.internal' }],
    ['connection.proxy', { proxy: 'http://proxy.internal/path' }],
    ['connection.proxy', { proxy: 'http://a%3Ab:c@proxy.internal' }],
    ['connection.proxy', { proxy: 'http://a:%zz@proxy.internal' }],
  ])('names what is wrong: %s', (field, option) => {
    expect(faultOf(option).field).toBe(field)
  })

  it('shows neither a password nor a key', () => {
    const { message } = faultOf({ proxy: 'http://alice:hunter2@proxy.internal/path' })
    expect(message).not.toMatch(/hunter2|alice/)
    expect(faultOf({ ca: testCertificate.key }).message).not.toContain('MIGH')
  })

  it('trusts several certificates of one text, and says which of them cannot be read', () => {
    expect(
      connectionSettings({ ca: `${testCertificate.cert}\n${testCertificate.cert}` }).secureContext,
    ).toBeDefined()
    const broken = `${testCertificate.cert}\n${testCertificate.cert.replace('MIIB', 'AAAA')}`
    expect(faultOf({ ca: broken }).message).toContain('certificate 2 of 2')
  })

  it('reads a proxy: name, port and credentials', () => {
    expect(connectionSettings({ proxy: 'http://u%40x:p%3A%2F@proxy.internal:4750' }).proxy).toMatchObject({
      hostname: 'proxy.internal',
      port: 4750,
      host: 'proxy.internal:4750',
      secure: false,
      authorization: `Basic ${btoa('u@x:p:/')}`,
    })
    expect(connectionSettings({ proxy: 'https://[::1]' }).proxy).toMatchObject({
      hostname: '::1',
      port: 443,
      secure: true,
      authorization: undefined,
    })
  })
})
