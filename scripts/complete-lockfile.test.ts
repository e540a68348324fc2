import { describe, expect, it } from 'vitest'
import { complete } from './complete-lockfile.ts'

describe('complete', () => {
  it('adds the optional packages of other platforms that are missing', () => {
    const tool = {
      version: '1.2.3',
      dev: true,
      optionalDependencies: {
        '@tool/linux-x64': '1.2.3',
        '@tool/binding-linux-x64-musl': '1.2.3',
        '@tool/darwin-arm64': '1.2.3',
      },
    }
    const linux = { version: '1.2.3', os: ['linux'], cpu: ['x64'] }
    expect(complete({ 'node_modules/tool': tool, 'node_modules/@tool/linux-x64': linux })).toEqual({
      'node_modules/@tool/binding-linux-x64-musl': {
        version: '1.2.3',
        os: ['linux'],
        cpu: ['x64'],
        libc: ['musl'],
        dev: true,
        optional: true,
      },
      'node_modules/@tool/darwin-arm64': {
        version: '1.2.3',
        os: ['darwin'],
        cpu: ['arm64'],
        dev: true,
        optional: true,
      },
      'node_modules/@tool/linux-x64': linux,
      'node_modules/tool': tool,
    })
  })

  it('leaves alone what is nested, and what is of no platform', () => {
    const packages = {
      'node_modules/tool': {
        version: '1.0.0',
        optionalDependencies: { '@tool/linux-x64': '1.0.0', extras: '2.0.0' },
      },
      'node_modules/tool/node_modules/@tool/linux-x64': { version: '1.0.0' },
    }
    expect(complete(packages)).toEqual(packages)
  })
})
