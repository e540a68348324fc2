import { mkdirSync, statSync, writeFileSync } from 'node:fs'
import { dirname, join, relative, resolve } from 'node:path'
import { type Command, type CommandContext, CommandError } from '../command.ts'
import { findHooksFile } from '../find-hooks-file.ts'
import { detectStack } from '../init/detect.ts'
import { hooksFile } from '../init/hooks-file.ts'
import { mountOf, type Paste, renamedForRequire } from '../init/paste.ts'
import { openProject, type Project } from '../init/project.ts'
import { ignoreFilter, schemaAdvice } from '../init/schema-tool.ts'
import { DATABASES, FRAMEWORKS, ORMS, type Stack } from '../init/stack.ts'
import type { Output } from '../output.ts'
import { choiceOf, flagOf, textOf } from '../values.ts'

/** Writes a hooks file for the stack that it finds, and says what to do next. */
export const init: Command = {
  name: 'init',
  summary: 'Write a hooks file for the framework, the ORM and the database that your project has',
  usage:
    'hookwright init [--dir <folder>] [--framework <name>] [--orm <name>] [--database <name>] [--force] [--dry-run]',
  examples: [
    ['npx hookwright init', 'Look at package.json and write hooks.ts'],
    ['npx hookwright init --dry-run', 'Print what would be written, and write nothing'],
    [
      'npx hookwright init --dir apps/api --database postgres',
      'In a workspace, for a database that it does not find by itself',
    ],
  ],
  options: {
    dir: {
      type: 'string',
      placeholder: '<folder>',
      help: 'The folder with package.json; this one unless told',
    },
    framework: { type: 'string', placeholder: '<name>', help: FRAMEWORKS.join(', ') },
    orm: { type: 'string', placeholder: '<name>', help: ORMS.join(', ') },
    database: {
      type: 'string',
      placeholder: '<name>',
      help: ['sqlite', ...DATABASES.slice(0, 3)].join(', '),
    },
    force: { type: 'boolean', help: 'Write over a file that is there' },
    'dry-run': { type: 'boolean', help: 'Write nothing, and print it' },
  },
  notes: [
    'It reads package.json, tsconfig.json, .env, drizzle.config and the Prisma schema, runs nothing of them, and changes no file of yours: what belongs into those is printed, to be pasted.',
  ],
  async run(context) {
    const { values, out } = context
    const folder = resolve(context.cwd, textOf(values, 'dir') ?? '.')
    const project = openProject(folder)
    const stack = detectStack(project, {
      framework: choiceOf(values, 'framework', FRAMEWORKS),
      orm: choiceOf(values, 'orm', ORMS),
      database: choiceOf(values, 'database', ['sqlite', ...DATABASES]),
    })
    if (stack.database === 'mysql') throw noMysql()
    const isDry = flagOf(values, 'dry-run')
    const name = nameFor(project, stack)
    const file = join(stack.folder, `${name}.${stack.language}`)
    const text = hooksFile(stack)
    if (!isDry) write(folder, file, text, flagOf(values, 'force'), context)
    const plan = planOf(stack, name, file)
    const written = { file, text, written: !isDry }
    out.print({ stack: shown(stack), ...written, ...plan }, () => report(stack, { ...written, plan }, out))
    return 0
  },
}

function noMysql(): CommandError {
  return new CommandError(
    'database_unsupported',
    'This project is on MySQL or MariaDB, which hookwright cannot use yet: there are SQLite and PostgreSQL. Nothing was written. ' +
      'If it has one of these too: --database postgres, or --database sqlite.',
  )
}

/** React projects have a folder of that name: two things under one name are one too many. */
function nameFor(project: Project, { folder }: Stack): string {
  return project.hasFolder(folder, 'hooks') ? 'webhooks' : 'hooks'
}

function write(folder: string, file: string, text: string, force: boolean, { env }: CommandContext): void {
  const path = join(folder, file)
  const other = force ? undefined : existing(folder, env)
  if (!force && (other !== undefined || statSync(path, { throwIfNoEntry: false }) !== undefined)) {
    const there = relative(folder, other ?? path)
    throw new CommandError(
      'file_exists',
      `${there} is there already, and stays as it is. --force writes over ${file}; --dry-run prints what would be in it.`,
    )
  }
  mkdirSync(dirname(path), { recursive: true })
  // Not even if it has come about in this moment.
  writeFileSync(path, text, { flag: force ? 'w' : 'wx' })
}

/** The hooks file that the other commands would find. */
function existing(folder: string, env: NodeJS.ProcessEnv): string | undefined {
  try {
    return findHooksFile({ cwd: folder, env: { ...env, HOOKWRIGHT_HOOKS: '' } })
  } catch {
    return undefined
  }
}

interface Plan {
  mount: Paste[]
  filter: Paste | null
  steps: string[]
}

function planOf(stack: Stack, name: string, file: string): Plan {
  const install = [
    ...(stack.packages.has('hookwright') ? [] : ['hookwright']),
    ...(stack.database === 'postgres' && !stack.packages.has('pg') ? ['pg'] : []),
    ...(stack.database === 'better-sqlite3' && !stack.packages.has('better-sqlite3')
      ? ['better-sqlite3']
      : []),
  ]
  return {
    mount: mountOf(stack, name).map((paste) =>
      stack.modules === 'cjs' ? { ...paste, text: renamedForRequire(paste.text) } : paste,
    ),
    filter: ignoreFilter(stack) ?? null,
    steps: [
      ...(install.length > 0 ? [`npm install ${install.join(' ')}`] : []),
      `Name your tables and events in ${file}.`,
      `npx hookwright migrate: makes hookwright's tables and the triggers. ${schemaAdvice(stack)}`,
      'npx hookwright doctor: looks whether all is well.',
      'Take `allow` out of its comment, and look what a subscriber gets: npx hookwright listen --event user.logged_in --owner 1 --deliver',
      `Meanwhile, in another terminal: npx hookwright send user.logged_in '{"username":"ada"}' --owner 1`,
    ],
  }
}

const DATABASE_NAMES: Readonly<Record<string, string>> = {
  postgres: 'PostgreSQL',
  'better-sqlite3': 'SQLite by better-sqlite3',
  'node-sqlite': 'SQLite by node:sqlite',
}

function shown({ framework, orm, database, isDatabaseKnown, language, modules, remarks }: Stack): object {
  return { framework, orm, database, isDatabaseKnown, language, modules, remarks }
}

function report(
  stack: Stack,
  { file, text, written, plan }: { file: string; text: string; written: boolean; plan: Plan },
  out: Output,
): string {
  const heading = (title: string) => ['', out.style('bold', title)]
  const indented = (block: string) =>
    block.split('\n').map((line) => (line === '' ? '' : `    ${out.escape(line)}`))
  const database = `${DATABASE_NAMES[stack.database]}${stack.isDatabaseKnown ? '' : ' (none was found; --database postgres for another)'}`
  const lines = [
    `Found: ${stack.framework === 'node' ? 'plain Node' : stack.framework}, ${stack.orm === 'none' ? 'no ORM' : stack.orm}, ${database}.`,
    ...stack.remarks.map((remark) => out.style('yellow', remark)),
    written
      ? `${out.style('green', '✓')} Written: ${out.escape(file)}`
      : `Would be written: ${out.escape(file)}`,
    ...(written ? [] : ['', ...indented(text.trimEnd())]),
  ]
  for (const { where, text: paste } of plan.mount)
    lines.push(...heading(`To paste: ${where}`), '', ...indented(paste))
  if (plan.filter !== null)
    lines.push(...heading(`To paste: ${plan.filter.where}`), '', ...indented(plan.filter.text))
  lines.push(...heading('Next'), ...plan.steps.map((step, index) => `  ${index + 1}. ${out.escape(step)}`))
  return lines.join('\n')
}
