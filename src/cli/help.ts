import { commonOptions } from './arguments.ts'
import type { Command, CommandOption } from './command.ts'
import type { Output } from './output.ts'

/** Commands under a heading of the overview. */
export interface Section {
  readonly title: string
  readonly commands: readonly Command[]
}

const WIDEST = 100
const NARROWEST = 40

/** What there is, and how to begin. */
export function overview(sections: readonly Section[], out: Output): string {
  const width = widthFor(out)
  const longest = Math.max(...sections.flatMap(({ commands }) => commands.map(({ name }) => name.length)))
  return [
    'Webhooks of your application, from the terminal.',
    '',
    `${out.style('bold', 'Usage')}  hookwright <command> [options]`,
    ...sections.flatMap(({ title, commands }) => [
      '',
      out.style('bold', title),
      ...commands.map(({ name, summary }) =>
        entry(out.style('cyan', name), name.length, summary, longest, width),
      ),
    ]),
    '',
    out.style('bold', 'Options of every command'),
    ...optionLines(commonOptions, out, width),
    '',
    ...wrapped('`hookwright help <command>` shows what a command takes, with examples.', width),
  ].join('\n')
}

/** Commands of one word: `hookwright hooks`. */
export function groupHelp(words: readonly string[], commands: readonly Command[], out: Output): string {
  const own = commands.filter(({ name }) => name.startsWith(`${words.join(' ')} `))
  const longest = Math.max(...own.map(({ name }) => name.length))
  return [
    `${out.style('bold', 'Usage')}  hookwright ${words.join(' ')} <command> [options]`,
    '',
    ...own.map(({ name, summary }) =>
      entry(out.style('cyan', name), name.length, summary, longest, widthFor(out)),
    ),
  ].join('\n')
}

/** All about one command, the examples first. */
export function commandHelp(command: Command, out: Output): string {
  const width = widthFor(out)
  const { name, summary, usage, examples, options, positionals = [], notes = [] } = command
  const lines = [
    // Wrapped before it is styled: what styles it takes no columns.
    ...wrapped(`hookwright ${name}: ${firstSmall(summary)}.`, width).map((line, index) =>
      index === 0 ? line.replace(`hookwright ${name}`, out.style('bold', `hookwright ${name}`)) : line,
    ),
    '',
    out.style('bold', 'Examples'),
  ]
  for (const [line, what] of examples) {
    lines.push(...wrapped(`# ${what}`, width - 2).map((text) => `  ${out.style('dim', text)}`), `  ${line}`)
  }
  lines.push('', out.style('bold', 'Usage'), ...wrapped(usage, width - 2, 4).map((text) => `  ${text}`))
  if (positionals.length > 0) {
    const longest = Math.max(...positionals.map((each) => each.name.length + 2))
    lines.push(
      '',
      ...positionals.map((each) => entry(`<${each.name}>`, each.name.length + 2, each.help, longest, width)),
    )
  }
  if (Object.keys(options).length > 0)
    lines.push('', out.style('bold', 'Options'), ...optionLines(options, out, width))
  lines.push('', out.style('bold', 'Options of every command'), ...optionLines(commonOptions, out, width))
  for (const note of notes) lines.push('', ...wrapped(note, width))
  return lines.join('\n')
}

function optionLines(options: Readonly<Record<string, CommandOption>>, out: Output, width: number): string[] {
  const names = Object.entries(options).map(([long, { short, placeholder, type }]) => {
    const value = type === 'string' ? ` ${placeholder ?? '<value>'}` : ''
    return `${short === undefined ? '' : `-${short}, `}--${long}${value}`
  })
  const longest = Math.max(...names.map(({ length }) => length))
  return Object.values(options).map(({ help }, index) => {
    const name = names[index] ?? ''
    return entry(out.style('cyan', name), name.length, help, longest, width)
  })
}

/** A name, and what it is in a column beside it. */
function entry(styled: string, length: number, text: string, longest: number, width: number): string {
  const indent = longest + 4
  const [first = '', ...more] = wrapped(text, Math.max(width - indent, 20))
  const padding = ' '.repeat(longest - length)
  return [`  ${styled}${padding}  ${first}`, ...more.map((line) => ' '.repeat(indent) + line)].join('\n')
}

/** @param hanging columns by which all lines but the first are indented */
export function wrapped(text: string, width: number, hanging = 0): string[] {
  const lines: string[] = []
  let line = ''
  for (const word of text.split(' ')) {
    const indent = lines.length > 0 ? hanging : 0
    if (line !== '' && indent + line.length + 1 + word.length > width) {
      lines.push(' '.repeat(indent) + line)
      line = word
    } else line = line === '' ? word : `${line} ${word}`
  }
  return [...lines, ' '.repeat(lines.length > 0 ? hanging : 0) + line]
}

function widthFor({ width }: Output): number {
  return Math.max(Math.min(width, WIDEST), NARROWEST)
}

function firstSmall(text: string): string {
  return /^[A-Z][a-z]/.test(text) ? text.charAt(0).toLowerCase() + text.slice(1) : text
}
