import type { Finding, FindingState } from '../../operations/index.ts'
import { type Command, CommandError } from '../command.ts'
import { wrapped } from '../help.ts'
import type { Format, Output } from '../output.ts'
import { flagOf } from '../values.ts'

const MARKS: Readonly<Record<FindingState, readonly [mark: string, word: string, format: Format]>> = {
  ok: ['✓', 'ok', 'green'],
  warning: ['!', 'warning', 'yellow'],
  error: ['✗', 'error', 'red'],
}
const WIDEST = 110
/** `✗ error    database  ` */
const INDENT = 21

/** Prints what `hooks.doctor()` finds. */
export const doctor: Command = {
  name: 'doctor',
  summary: 'Examine database, triggers, clock, workers, failing hooks and settings, each fault with its cure',
  usage: 'hookwright doctor [--strict]',
  examples: [
    ['hookwright doctor', 'Look what is wrong, and what to do about it'],
    ['hookwright doctor --strict', 'In a deployment: end with 1 for warnings too'],
    [
      `hookwright doctor --json | jq '.findings[] | select(.state != "ok")'`,
      'What is not well, for a script',
    ],
  ],
  options: {
    strict: { type: 'boolean', help: 'Warnings count as errors: the exit code is 1 for them too' },
  },
  notes: [
    'It changes nothing, and ends within some seconds. The exit code is 0 where all is well or there are warnings only, and 1 where there is an error. Run it where your workers run: it compares the clock of the machine that it is on.',
  ],
  async run({ values, out, loadHooks }) {
    const { hooks, file } = await loadHooks()
    // They may be of an older copy of this package.
    if (typeof (hooks as { doctor?: unknown }).doctor !== 'function')
      throw new CommandError(
        'hooks_outdated',
        `The hookwright that ${file} imports is older than this program, and cannot examine itself. Run \`npm install hookwright\` there.`,
      )
    const findings = await hooks.doctor()
    const count = (state: FindingState) => findings.filter((each) => each.state === state).length
    const summary = { ok: count('ok'), warnings: count('warning'), errors: count('error') }
    out.print({ ...summary, findings }, () => report(findings, summary, out))
    return summary.errors > 0 || (flagOf(values, 'strict') && summary.warnings > 0) ? 1 : 0
  },
}

interface Summary {
  warnings: number
  errors: number
}

function report(findings: readonly Finding[], { warnings, errors }: Summary, out: Output): string {
  const width = Math.max(40, Math.min(out.width, WIDEST) - INDENT)
  let before = ''
  const lines = findings.flatMap(({ check, state, message, cure }) => {
    const [mark, word, format] = MARKS[state]
    const head = `${out.style(format, `${mark} ${word.padEnd(7)}`)}  ${(check === before ? '' : check).padEnd(9)} `
    before = check
    const text = wrapped(out.escape(message), width)
    // A finding that is well and has a cure is a hint.
    const advice = cure === undefined ? [] : wrapped(`→ ${out.escape(cure)}`, width, 2)
    return [
      head + (text[0] ?? ''),
      ...[...text.slice(1), ...advice.map((line) => (state === 'ok' ? out.style('dim', line) : line))].map(
        (line) => ' '.repeat(INDENT) + line,
      ),
    ]
  })
  return [...lines, '', conclusion(warnings, errors, out)].join('\n')
}

function conclusion(warnings: number, errors: number, out: Output): string {
  if (errors + warnings === 0) return out.style('green', 'All is well.')
  const parts = [
    ...(errors > 0 ? [out.style('red', `${errors} ${errors === 1 ? 'error' : 'errors'}`)] : []),
    ...(warnings > 0 ? [out.style('yellow', `${warnings} ${warnings === 1 ? 'warning' : 'warnings'}`)] : []),
  ]
  return `${parts.join(', ')}.`
}
