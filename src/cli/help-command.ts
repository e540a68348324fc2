import { unknownCommand } from './arguments.ts'
import type { Command } from './command.ts'
import { commandHelp, groupHelp, overview, type Section } from './help.ts'

/** `hookwright help`: for people, with `--json` too. */
export function helpCommand(sections: readonly Section[]): Command {
  const commands = sections.flatMap((section) => section.commands)
  return {
    name: 'help',
    summary: 'Show what there is, or all about one command',
    usage: 'hookwright help [<command>]',
    examples: [
      ['hookwright help', 'What there is'],
      ['hookwright help hooks create', 'All about one command'],
    ],
    options: {},
    positionals: [{ name: 'command', help: 'The words of a command', many: true }],
    async run({ positionals, out }) {
      const name = positionals.join(' ')
      const command = commands.find((each) => each.name === name)
      if (command !== undefined) out.raw(`${commandHelp(command, out)}\n`)
      else if (name === '') out.raw(`${overview(sections, out)}\n`)
      else if (commands.some((each) => each.name.startsWith(`${name} `)))
        out.raw(`${groupHelp(positionals, commands, out)}\n`)
      else throw unknownCommand(positionals, commands)
      return 0
    },
  }
}

/** `hookwright version`, and `--version`. */
export function versionCommand(version: () => string): Command {
  return {
    name: 'version',
    summary: 'Show the version',
    usage: 'hookwright version',
    examples: [['hookwright version', 'The version of the command line']],
    options: {},
    async run({ out }) {
      out.print({ version: version() }, version)
      return 0
    },
  }
}
