import type { Section } from '../section.ts'
import { inEachDatabase } from '../support/databases.ts'

const DATABASES = { 'node:sqlite': 0.5, postgres: 0.5 }

/** Whether healthy hooks wait longer while very much is pending for one whose target never answers. */
export const isolation: Section = {
  name: 'isolation',
  title: 'Isolation',
  run: (options) => inEachDatabase(new URL('./measure.child.ts', import.meta.url), DATABASES, options, NOTES),
}

const NOTES = [
  'Speed is one divided by the time from `hooks.send` to the arrival at the target of a healthy hook: 0.50 is twice as long. The',
  'dispatcher, the sender and the target share one process. The dead hook has 100,000 deliveries that are due.',
]
