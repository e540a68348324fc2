import { describe, expect, it } from 'vitest'
import { normalBasePath, pathBelowMount } from './base-path.ts'

describe('pathBelowMount', () => {
  it.each([
    ['/', ''],
    ['/hooks', ''],
    ['/hooks/webhooks/', ''],
    ['/api/v1.0/hooks', ''],
    ['/h%C3%B6%C3%B6ks/', ''],
    ['/1', '/1'],
    ['/hooks/webhooks/12/', '/12'],
    ['/hooks/01', '/01'],
    ['/hooks/-1/', '/-1'],
    ['/hooks/1_0', '/1_0'],
    ['/hooks/1.json', '/1.json'],
    ['/hooks/1%00/', '/1%00'],
  ])('finds the mount of %s by itself: %o is below it', (path, below) => {
    expect(pathBelowMount(path, undefined)).toBe(below)
  })

  it.each([
    ['/api/hooks', ''],
    ['/api/hooks/', ''],
    ['/api/hooks/7/', '/7'],
    ['/api/hooks/abc', '/abc'],
    ['/api/hooks/7/x', '/7/x'],
    ['/api/hooksx', undefined],
    ['/api', undefined],
    ['/', undefined],
  ])('with a base path, %s is %o below it', (path, below) => {
    expect(pathBelowMount(path, '/api/hooks')).toBe(below)
  })

  it('takes a version for a base path', () => {
    expect(pathBelowMount('/api/2/', '/api/2')).toBe('')
    expect(pathBelowMount('/api/2/2', '/api/2')).toBe('/2')
  })
})

it.each([
  ['/api/hooks/', '/api/hooks'],
  ['api/hooks', '/api/hooks'],
  ['/', ''],
  ['', ''],
])('normalBasePath(%o) is %o', (given, normal) => {
  expect(normalBasePath(given)).toBe(normal)
})
