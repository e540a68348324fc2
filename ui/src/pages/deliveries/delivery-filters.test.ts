import { expect, it } from 'vitest'
import { isFiltered, localInput, readDeliveryQuery } from './delivery-filters.ts'

const NOW = Date.parse('2026-11-25T12:00:42Z')
const read = (search: string) => readDeliveryQuery(new URLSearchParams(search), NOW)
const NONE = { status: '', event: '', since: '', until: '' }

it.each([
  ['', NONE],
  ['status=failed,pending&event=a.b', { ...NONE, status: 'failed,pending', event: 'a.b' }],
  ['age=1h', { ...NONE, since: '2026-11-25T11:00:00.000Z' }],
  ['age=1h&until=2026-11-25', { ...NONE, since: '2026-11-25T11:00:00.000Z' }],
  [
    'since=2026-11-24T10:00:00Z&until=2026-11-25',
    { ...NONE, since: '2026-11-24T10:00:00.000Z', until: '2026-11-25T00:00:00.000Z' },
  ],
])('reads %j', (search, expected) => {
  expect(read(search)).toEqual(expected)
})

it('leaves out what the API would refuse', () => {
  expect(read('status=lost,failed&age=constructor&since=yesterday')).toEqual({ ...NONE, status: 'failed' })
})

it('knows a list with filters from one without', () => {
  expect(
    ['owner=1', 'status=failed', 'until=2026-11-25'].map((search) => isFiltered(new URLSearchParams(search))),
  ).toEqual([false, true, true])
})

it('shows a time as the clocks here do, and the same time when it is read', () => {
  const shown = localInput('2026-11-25T12:30:00.000Z')
  expect(shown).toMatch(/^2026-11-2[456]T\d\d:[03]0$/)
  expect(new Date(shown).toISOString()).toBe('2026-11-25T12:30:00.000Z')
  expect([localInput(null), localInput('junk')]).toEqual(['', ''])
})
