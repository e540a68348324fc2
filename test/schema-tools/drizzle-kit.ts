import { spawn } from 'node:child_process'
import { symlinkSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { text } from 'node:stream/consumers'
import { fileURLToPath } from 'node:url'
import { root } from '../../scripts/entries.ts'

/** The filter that the README gives. */
export const IGNORE_OURS = ['!hookwright_*']

/** A Drizzle project with one table, `book`, in the folder of its database. */
export class DrizzleProject {
  readonly #folder: string
  readonly #database: string

  constructor(database: string) {
    this.#folder = dirname(database)
    this.#database = database
    symlinkSync(join(root, 'node_modules'), join(this.#folder, 'node_modules'), 'junction')
  }

  /** Runs `drizzle-kit push --force`, in a process of its own, as a developer does after a change of the schema. */
  async push({
    tablesFilter,
    columns = '',
  }: {
    tablesFilter?: string[]
    columns?: string
  } = {}): Promise<void> {
    writeFileSync(join(this.#folder, 'schema.ts'), schemaWith(columns))
    writeFileSync(
      join(this.#folder, 'drizzle.config.json'),
      JSON.stringify({
        dialect: 'sqlite',
        schema: './schema.ts',
        dbCredentials: { url: this.#database },
        ...(tablesFilter && { tablesFilter }),
      }),
    )
    // Its program is not among what it exports.
    const program = fileURLToPath(new URL('bin.cjs', import.meta.resolve('drizzle-kit')))
    const child = spawn(process.execPath, [program, 'push', '--force', '--config', 'drizzle.config.json'], {
      cwd: this.#folder,
      stdio: ['ignore', 'pipe', 'pipe'],
      timeout: 60_000,
    })
    const ended = new Promise<number | null>((resolve, reject) => {
      child.on('error', reject)
      child.on('close', resolve)
    })
    const [code, output, errors] = await Promise.all([ended, text(child.stdout), text(child.stderr)])
    // It ends well also when it did nothing.
    if (code !== 0 || !/Changes applied|No changes/.test(output))
      throw new Error(`drizzle-kit push ended with ${code}:\n${errors}${output}`)
  }
}

function schemaWith(columns: string): string {
  return `import { integer, sqliteTable, text } from 'drizzle-orm/sqlite-core'
export const book = sqliteTable('book', {
  id: integer('id').primaryKey(),
  title: text('title').notNull(),
  userId: integer('user_id'),
  ${columns}
})
`
}
