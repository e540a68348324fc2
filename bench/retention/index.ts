import type { Section } from '../section.ts'
import { inEachDatabase } from '../support/databases.ts'

const DATABASES = { 'node:sqlite': 0.5, postgres: 0.5 }

/** Whether deliveries take longer while a sweep removes what is too old from a database with a million of it. */
export const retention: Section = {
  name: 'retention',
  title: 'Retention',
  run: (options) => inEachDatabase(new URL('./measure.child.ts', import.meta.url), DATABASES, options, NOTES),
}

const NOTES = [
  'Speed is one divided by the time from `hooks.send` to the arrival at the target: 0.90 is a tenth longer. The sweep, the',
  'dispatcher, the sender and the target share one process, which is the worst case.',
]
