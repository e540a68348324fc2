import type { Command } from './command.ts'
import type { Section } from './help.ts'

/** What `hookwright` can do, as its overview shows it. */
export const sections: readonly Section[] = []

export const commands: readonly Command[] = sections.flatMap((section) => section.commands)
