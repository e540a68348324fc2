import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { root } from '../../scripts/entries.ts'
import { commonOptions } from '../../src/cli/arguments.ts'
import type { Command, CommandOption } from '../../src/cli/command.ts'
import { sections } from '../../src/cli/commands.ts'

const commands = sections.flatMap((section) => section.commands)

describe('the page of the command line', () => {
  it('is made of what the commands say themselves (`npx vitest run test/cli/reference -u` writes it)', async () => {
    await expect(page()).toMatchFileSnapshot(join(root, 'docs/reference/cli.md'))
  })
})

describe('every command', () => {
  it.each(commands.map((command) => [command.name, command] as const))(
    '%s says what it is, how it is called, and shows it',
    (name, { summary, usage, examples, options, positionals = [] }) => {
      expect(summary).toMatch(/^[A-Z].*[^.]$/)
      expect(usage.startsWith(`hookwright ${name}`)).toBe(true)
      expect(examples.length).toBeGreaterThan(0)
      for (const [line, what] of examples) {
        expect(line).toContain(`hookwright ${name}`)
        expect(what).not.toBe('')
      }
      for (const [option, { help, type, placeholder }] of Object.entries(options)) {
        expect(Object.keys(commonOptions)).not.toContain(option)
        expect(
          usage === `hookwright ${name}` || usage.includes(`--${option}`),
          `${option} in the usage`,
        ).toBe(true)
        expect(help).toMatch(/[^.]$/)
        expect(type === 'boolean' || placeholder !== undefined, `${option} has a placeholder`).toBe(true)
      }
      for (const positional of positionals) expect(usage).toContain(`<${positional.name}>`)
    },
  )

  it('has a name of its own, and is not the beginning of another', () => {
    const names = commands.map(({ name }) => name)
    expect(new Set(names).size).toBe(names.length)
    for (const name of names) expect(names.filter((other) => other.startsWith(`${name} `))).toEqual([])
  })
})

function page(): string {
  return [
    '# Command line',
    '',
    '<!-- Written by test/cli/reference.test.ts from what the commands say themselves. -->',
    '',
    '`npx hookwright` in the folder of your application. [The guide](../guides/command-line.md) has it by situations;',
    '`hookwright help <command>` shows what is here.',
    '',
    ...sections.flatMap((section) => [
      `**${section.title}**: ${section.commands.map(({ name }) => `[\`${name}\`](#${anchor(name)})`).join(', ')}`,
      '',
    ]),
    '## Options of every command',
    '',
    ...optionTable(commonOptions),
    '',
    '`help` and `version` beside these.',
    '',
    '## Exit codes',
    '',
    '| code | |',
    '|---|---|',
    '| 0 | done |',
    '| 1 | not done: the error is on stderr, with `--json` as `{"error": {"code", "message", "field"}}` |',
    '| 2 | the command line is wrong, or nobody could be asked |',
    '| 130, 143 | broken off by SIGINT, SIGTERM |',
    '',
    ...sections.flatMap((section) => section.commands.flatMap(commandSection)),
  ]
    .join('\n')
    .trimEnd()
    .concat('\n')
}

function commandSection({
  name,
  summary,
  examples,
  usage,
  options,
  positionals = [],
  notes = [],
}: Command): string[] {
  return [
    `## ${name}`,
    '',
    `${summary}.`,
    '',
    '<!-- test: skip, it wants an application -->',
    '```sh',
    ...examples.flatMap(([line, what]) => [`# ${what}`, line]),
    '```',
    '',
    `\`${usage}\``,
    '',
    ...(positionals.length + Object.keys(options).length > 0
      ? [
          '| | |',
          '|---|---|',
          ...positionals.map((each) => `| \`<${each.name}>\` | ${cell(each.help)} |`),
          ...optionRows(options),
          '',
        ]
      : []),
    ...notes.flatMap((note) => [note, '']),
  ]
}

function optionTable(options: Readonly<Record<string, CommandOption>>): string[] {
  return ['| | |', '|---|---|', ...optionRows(options)]
}

function optionRows(options: Readonly<Record<string, CommandOption>>): string[] {
  return Object.entries(options).map(([name, { short, placeholder, help, multiple }]) => {
    const value = placeholder === undefined ? '' : ` ${placeholder}`
    const written = `${short === undefined ? '' : `-${short}, `}--${name}${value}`
    return `| \`${written}\`${multiple === true ? ' …' : ''} | ${cell(help)} |`
  })
}

function cell(text: string): string {
  return text.replaceAll('|', '\\|').replaceAll('<', '&lt;')
}

function anchor(name: string): string {
  return name.replaceAll(' ', '-')
}
