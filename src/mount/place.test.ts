import { expect, it } from 'vitest'
import { basePathOf, placeOf } from './place.ts'

it.each([
  ['/api/hooks/1', '/api/hooks/*', '/api/hooks'],
  ['/api/hooks', '/api/hooks/*', '/api/hooks'],
  ['/api/hooks/', '/api/hooks', '/api/hooks'],
  ['/api/hooks/1/', '/api/hooks/*path', '/api/hooks'],
  ['/api/hooks/1/', '/api/hooks{/*path}', '/api/hooks'],
  ['/t/%2F/hooks/1', '/t/:tenant/hooks', '/t/%2F/hooks'],
  ['/API/Hooks/1', 'api/hooks/*', '/API/Hooks'],
  ['/1', '', ''],
  ['/1', '/*', ''],
])('basePathOf(%o, %o) is %o', (pathname, pattern, basePath) => {
  expect(basePathOf(pathname, pattern)).toBe(basePath)
})

it.each([
  [{}, { url: '/' }],
  [{ url: '/api/hooks/1' }, { url: '/api/hooks/1' }],
  // Express
  [
    { url: '/1?x=/a', baseUrl: '/api/hooks', originalUrl: '/api/hooks/1?x=/a' },
    { url: '/api/hooks/1?x=/a', basePath: '/api/hooks' },
  ],
  [
    { url: '/1', baseUrl: '/api/hooks', originalUrl: '/v1/hooks/1' },
    { url: '/api/hooks/1', basePath: '/api/hooks' },
  ],
  [{ url: '/hooks/1', baseUrl: '', originalUrl: '/hooks/1' }, { url: '/hooks/1' }],
  // connect
  [
    { url: '/1?x', originalUrl: '/hooks/1?x' },
    { url: '/hooks/1?x', basePath: '/hooks' },
  ],
  [
    { url: '/?x=/a', originalUrl: '/hooks?x=/a' },
    { url: '/hooks?x=/a', basePath: '/hooks' },
  ],
  [
    { url: '/', originalUrl: '/hooks/' },
    { url: '/hooks/', basePath: '/hooks' },
  ],
  [{ url: '/1', originalUrl: '/1' }, { url: '/1' }],
  [{ url: '/hooks/1', originalUrl: '/old/2' }, { url: '/hooks/1' }],
])('placeOf(%o) is %o', (mounted, place) => {
  expect(placeOf(mounted)).toEqual(place)
})
