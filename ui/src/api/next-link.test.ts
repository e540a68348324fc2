import { expect, it } from 'vitest'
import { nextOf } from './next-link.ts'

const ASKED = 'https://app.example.com/api/hooks/1/deliveries/?limit=2&status=failed'

it.each([
  [
    '<?limit=2&status=failed&cursor=YQ>; rel="next"',
    'https://app.example.com/api/hooks/1/deliveries/?limit=2&status=failed&cursor=YQ',
  ],
  ['<?cursor=a>;rel=next', 'https://app.example.com/api/hooks/1/deliveries/?cursor=a'],
  ['<?cursor=a>; rel="prev"', null],
  ['<https://evil.example/api/hooks/1/deliveries/?cursor=a>; rel="next"', null],
  ['<//evil.example/api/hooks/1/deliveries/?cursor=a>; rel="next"', null],
  ['</log?cursor=a>; rel="next"', null],
  ['<../../../../log?cursor=a>; rel="next"', null],
  ['<javascript:alert(1)>; rel="next"', null],
  ['<http://:>; rel="next"', null],
  [null, null],
])('reads %j', (link, next) => {
  expect(nextOf(link, ASKED)).toBe(next)
})
