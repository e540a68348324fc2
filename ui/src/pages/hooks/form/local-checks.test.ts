import { expect, it } from 'vitest'
import { faultOfFilter, faultOfTarget } from './local-checks.ts'

it.each(['', 'https://example.com/a?b=c', ' HTTPS://example.com ', 'http://[2001:db8::1]:8080/'])(
  'finds nothing in %j',
  (target) => {
    expect(faultOfTarget(target)).toBeUndefined()
  },
)

it.each([
  ['example.com', /begins with/],
  ['javascript:alert(1)', /begins with/],
  ['https://', /valid URL/],
  ['https://exa mple.com/', /valid URL/],
  ['https://ada:secret@example.com/', /password/],
  [`https://example.com/${'a'.repeat(250)}`, /255/],
])('finds a fault in %j', (target, fault) => {
  expect(faultOfTarget(target)).toMatch(fault)
})

it.each([
  ['', undefined],
  ['{"pages": {"$gt": 300}}', undefined],
  ['[1]', /object/],
  ['null', /object/],
  ['{pages: 1}', /no JSON/],
])('says of the filter %j: %s', (text, fault) => {
  const found = faultOfFilter(text)
  if (fault === undefined) expect(found).toBeUndefined()
  else expect(found).toMatch(fault)
})
