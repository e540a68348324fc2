import type { Command } from './command.ts'
import { doctorCommand } from './commands/doctor.ts'
import { initCommand } from './commands/init.ts'
import { listenCommand } from './commands/listen.ts'
import type { Section } from './help.ts'

/** What `hookwright` can do, as its overview shows it. */
export const sections: readonly Section[] = [
  { title: 'Run', commands: [doctorCommand] },
  { title: 'Develop', commands: [initCommand, listenCommand] },
]

export const commands: readonly Command[] = sections.flatMap((section) => section.commands)
