import { describe, expect, it } from 'vitest'
import { createMountFinder, normalBasePath, pathBelowMount } from './base-path.ts'

describe('createMountFinder', () => {
  const findMount = createMountFinder([
    '/*',
    '/',
    '/:id',
    '/:id/deliveries',
    '/:id/test',
    '/deliveries',
    '/deliveries/:id',
    '/deliveries/:id/attempts',
    '/events',
    '/events/:name',
    '/events/:name/samples',
    '/openapi.json',
    '/ui',
    '/ui/*',
  ])

  it.each([
    ['/', ''],
    ['/hooks', '/hooks'],
    ['/hooks/webhooks/', '/hooks/webhooks'],
    ['/api/v1.0/hooks', '/api/v1.0/hooks'],
    ['/h%C3%B6%C3%B6ks/', '/h%C3%B6%C3%B6ks'],
    ['/1', ''],
    ['/hooks/webhooks/12/', '/hooks/webhooks'],
    ['/hooks/01', '/hooks'],
    ['/hooks/-1/', '/hooks'],
    ['/hooks/1_0', '/hooks'],
    ['/hooks/1.json', '/hooks'],
    ['/hooks/1%00/', '/hooks'],
    ['/hooks/1/test', '/hooks'],
    ['/hooks/1/test/', '/hooks'],
    ['/hooks/x/test', '/hooks/x/test'],
    ['/a/1/hooks/1/deliveries', '/a/1/hooks'],
    ['/hooks/deliveries/', '/hooks'],
    ['/hooks/deliveries/7cd7f3db_1', '/hooks'],
    ['/hooks/deliveries/7cd7f3db_1/attempts/', '/hooks'],
    ['/hooks/events/book.added/samples', '/hooks'],
    ['/hooks/events/b%2Fc/', '/hooks'],
    ['/hooks/openapi.json', '/hooks'],
    ['/hooks/openapixjson', '/hooks/openapixjson'],
    ['/hooks/myevents', '/hooks/myevents'],
    ['/hooks/ui/assets/page.js', '/hooks'],
    // The longest ending: these mounts have to be named.
    ['/events/1', ''],
    ['/api/events/', '/api'],
    ['/api/2/', '/api'],
    ['/ui/hooks/1', ''],
  ])('finds the mount of %s by itself: %o', (path, mount) => {
    expect(findMount(path)).toBe(mount)
  })

  it('takes all of the path where there is no other route', () => {
    expect(createMountFinder(['/', '/*'])('/api/hooks/1/')).toBe('/api/hooks/1')
  })

  it('is quick with a long path', () => {
    const path = '/1/deliveries/events/ui'.repeat(3_000)
    const begun = performance.now()
    expect(createMountFinder(['/:id', '/:id/deliveries/:id', '/events/:name/samples'])(path)).toBe(path)
    expect(performance.now() - begun).toBeLessThan(1_000)
  })
})

it.each([
  ['/api/hooks', ''],
  ['/api/hooks/', ''],
  ['/api/hooks/7/', '/7'],
  ['/api/hooks/abc', '/abc'],
  ['/api/hooks/7/x', '/7/x'],
  ['/api/hooks//7', '//7'],
  ['/api/hooksx', undefined],
  ['/api', undefined],
  ['/', undefined],
])('below /api/hooks, %s is %o', (path, below) => {
  expect(pathBelowMount(path, '/api/hooks')).toBe(below)
})

it('takes a version for a base path', () => {
  expect(pathBelowMount('/api/2/', '/api/2')).toBe('')
  expect(pathBelowMount('/api/2/2', '/api/2')).toBe('/2')
})

it.each([
  ['/api/hooks/', '/api/hooks'],
  ['api/hooks', '/api/hooks'],
  ['/', ''],
  ['', ''],
  ['/höks', '/h%C3%B6ks'],
  ['/h%C3%B6ks/', '/h%C3%B6ks'],
  ['//a/hooks', '//a/hooks'],
])('normalBasePath(%o) is %o', (given, normal) => {
  expect(normalBasePath(given)).toBe(normal)
})
