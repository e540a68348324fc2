import { expect, it } from 'vitest'
import { differences } from './event-data.ts'

it.each([
  ['{"a":1,"b":2}', '{"a":1,"b":3}', '{"b":2}'],
  ['{"a":1}', '{"a":1}', '{}'],
  ['{"a":1}', '{"b":1}', '{"b":null,"a":1}'],
  ['{"a":null}', '{}', '{"a":null}'],
  ['{"a":{"x":1,"y":[1]}}', '{"a":{"y":[1],"x":1}}', '{}'],
  ['{"a":{"x":1,"y":[1]}}', '{"a":{"x":1,"y":[2]}}', '{"a":{"x":1,"y":[1]}}'],
  ['{"id":9007199254740993}', '{"id":9007199254740992}', '{"id":9007199254740993}'],
  ['{"__proto__":1}', '{"__proto__":2}', '{"__proto__":1}'],
  ['{"toString":1}', '{}', '{"toString":1}'],
  ['[1]', '[2]', '[1]'],
  ['"text"', '{"a":1}', '"text"'],
  ['null', 'null', 'null'],
])('of %s and then %s, %s was before', (before, now, previous) => {
  expect(differences(before, now)).toBe(previous)
})
