import { createHooks, silentLogger } from 'hookwright'
import { sqlite } from 'hookwright/sqlite'
import { expect, it } from 'vitest'
import { ownFieldsOf } from '../../ui/src/api/own-fields.ts'

it('finds the fields that an application has added, in its own document', async () => {
  const hooks = createHooks({
    database: sqlite('never-opened.db'),
    logger: silentLogger,
    events: { 'order.paid': null },
    hook: {
      fields: {
        isActive: { type: 'boolean', default: true },
        priority: { type: 'integer', nullable: true },
        label: { type: 'string' },
        weight: { type: 'number', default: 1.5 },
      },
    },
  })
  expect(ownFieldsOf(await hooks.openapi({ server: 'https://example.com/' }))).toEqual([
    { name: 'isActive', type: 'boolean', nullable: false, default: true, required: false },
    { name: 'priority', type: 'integer', nullable: true, default: null, required: false },
    { name: 'label', type: 'string', nullable: false, default: undefined, required: true },
    { name: 'weight', type: 'number', nullable: false, default: 1.5, required: false },
  ])
  expect([ownFieldsOf(null), ownFieldsOf({ components: 1 })]).toEqual([[], []])
})
