import { describe, expect, it } from 'vitest'
import { meantAction } from './actions.ts'

describe('meantAction', () => {
  it.each([
    ['crated', 'created'],
    ['craeted', 'created'],
    ['Created', 'created'],
    ['CREATE', 'created'],
    ['create', 'created'],
    ['inserted', 'created'],
    ['udpated', 'updated'],
    ['update', 'updated'],
    ['delted', 'deleted'],
    ['Deletion', 'deleted'],
  ])('takes %s for a slip of %s', (action, meant) => {
    expect(meantAction(action)).toBe(meant)
  })

  it.each(['created', 'updated', 'deleted'])('has nothing to say about %s itself', (action) => {
    expect(meantAction(action)).toBeUndefined()
  })

  it.each([
    'read',
    'rated',
    'curated',
    'delegated',
    'treated',
    'Depleted',
    'delayed',
    'restored',
    'constructor',
  ])('leaves the custom action %s alone', (action) => {
    expect(meantAction(action)).toBeUndefined()
  })
})
