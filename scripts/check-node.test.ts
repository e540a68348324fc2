import { describe, expect, it } from 'vitest'
import { explain } from './check-node.js'

describe('explain', () => {
  it('is silent on Node 24 and newer', () => {
    expect(explain('24.0.0', '/usr/bin/node')).toBeUndefined()
    expect(explain('26.1.0', '/usr/bin/node')).toBeUndefined()
  })

  it('names the version, the binary and the cures on an older Node', () => {
    const text = explain('20.20.2', '/usr/bin/node')
    expect(text).toContain('runs on Node 20.20.2 (/usr/bin/node)')
    expect(text).toContain('npm rebuild node --ignore-scripts=false')
  })

  it('compares versions as numbers', () => {
    expect(explain('8.17.0', '/usr/bin/node')).toBeDefined()
    expect(explain('100.0.0', '/usr/bin/node')).toBeUndefined()
  })
})
