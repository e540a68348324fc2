import { describe, expect, it } from 'vitest'
import type { OwnField } from '../../../api/own-fields.ts'
import { draftOf, emptyDraft, inputOf } from './draft.ts'

const own = (name: string, type: OwnField['type'], more: Partial<OwnField> = {}): OwnField => ({
  name,
  type,
  nullable: false,
  default: undefined,
  required: false,
  ...more,
})
const FIELDS = [
  own('isActive', 'boolean', { default: true }),
  own('priority', 'integer', { nullable: true }),
  own('label', 'string'),
]
const HOOK = {
  id: 5,
  event: 'a',
  events: ['a', 'b'],
  target: 'https://example.com/',
  created: '',
  updated: '',
  filter: { pages: { $gt: 300 } },
  isActive: false,
  priority: 3,
  label: 'x',
}

describe('a new hook', () => {
  it('is sent whole', () => {
    const draft = {
      ...emptyDraft('7', FIELDS),
      target: ' https://example.com/ ',
      events: ['a'],
      headers: [
        { key: 1, name: ' X-Token ', value: ' kept as it is ' },
        { key: 2, name: '', value: '' },
      ],
      filter: '{"a": 1}',
      rateLimit: '2.5',
    }
    expect(inputOf(draft, FIELDS)).toEqual({
      owner: '7',
      target: 'https://example.com/',
      events: ['a'],
      headers: { 'X-Token': ' kept as it is ' },
      payload: null,
      filter: { a: 1 },
      ordered: false,
      rate_limit: '2.5',
      isActive: true,
      priority: null,
      label: '',
    })
  })

  it('goes to the caller where no owner is named, and with a filter that the server will refuse', () => {
    const input = inputOf({ ...emptyDraft('', []), filter: '{a}' }, [])
    expect(input).toMatchObject({ filter: '{a}' })
    expect(input).not.toHaveProperty('owner')
  })
})

describe('a hook that is edited', () => {
  const before = draftOf(HOOK, FIELDS)

  it('sends nothing of what is as it was, and never headers that nobody was shown', () => {
    expect(inputOf(before, FIELDS, before)).toEqual({})
  })

  it('sends what is another', () => {
    const draft = {
      ...before,
      filter: '',
      events: ['b'],
      headers: [],
      own: { ...before.own, priority: '', isActive: true },
    }
    expect(inputOf(draft, FIELDS, before)).toEqual({
      filter: null,
      events: ['b'],
      headers: {},
      priority: null,
      isActive: true,
    })
  })
})
