import { describe, expect, it } from 'vitest'
import type { HookRow } from '../hooks/index.ts'
import type { SentRequest } from '../outbound/index.ts'
import { keptRequest, requestFromLog } from './sent.ts'

const SIGNING = ['my-id', 'my-timestamp', 'my-signature']
const through = (sent: SentRequest, own: object) =>
  requestFromLog(keptRequest(sent, { headers: JSON.stringify(own) } as HookRow, SIGNING))

describe('the request of an attempt in the log', () => {
  it('is what was sent, in its order', () => {
    const sent: SentRequest = {
      url: 'https://example.com/é#"',
      headers: [
        ['host', 'example.com'],
        ['b', 'ü "\\'],
        ['a', ''],
        ['B', '2'],
      ],
    }
    expect(through(sent, {})).toEqual(sent)
  })

  it('hides the values of the own headers of a hook, however they are written and whatever they are', () => {
    const own = { 'X-Api-Key': 'k', 'user-agent': 'mine', Accept: '*/*' }
    const headers: SentRequest['headers'] = [
      ['x-api-key', 'k'],
      ['User-Agent', 'mine'],
      ['accept', '*/*'],
      ['content-type', 'application/json'],
    ]
    expect(through({ url: 'https://example.com/', headers }, own).headers).toEqual([
      ['x-api-key', '[hidden]'],
      ['User-Agent', '[hidden]'],
      ['accept', '[hidden]'],
      ['content-type', 'application/json'],
    ])
  })

  it('shows the type of a hook that was created without headers, and no other type of its own', () => {
    const typed = (value: string) =>
      through({ url: 'https://example.com/', headers: [['content-type', value]] }, { 'Content-Type': value })
        .headers
    expect(typed('application/json')).toEqual([['content-type', 'application/json']])
    expect(typed('application/json; token=x')).toEqual([['content-type', '[hidden]']])
  })

  it('shows the signature also where the row of a hook has a header of its name, which is not sent', () => {
    const headers: SentRequest['headers'] = [
      ['my-signature', 'v1,abc'],
      ['webhook-id', 'x_1'],
    ]
    const own = { 'My-Signature': 'forged', 'Webhook-Id': 'forged' }
    expect(through({ url: 'https://example.com/', headers }, own).headers).toEqual(headers)
  })

  it('hides the whole query of the target', () => {
    const url = 'https://example.com:8443/a/b?c=d&e=/f?g'
    expect(through({ url, headers: [] }, {}).url).toBe('https://example.com:8443/a/b?[hidden]')
  })
})
