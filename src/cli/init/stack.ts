export const FRAMEWORKS = ['next', 'nest', 'fastify', 'hono', 'express', 'node'] as const
export type Framework = (typeof FRAMEWORKS)[number]

export const ORMS = [
  'prisma',
  'drizzle',
  'typeorm',
  'mikro-orm',
  'sequelize',
  'objection',
  'kysely',
  'knex',
  'none',
] as const
export type Orm = (typeof ORMS)[number]

/** SQLite by the library that the application uses: hookwright must use the same in one process. */
export const DATABASES = ['postgres', 'better-sqlite3', 'node-sqlite', 'mysql'] as const
export type Database = (typeof DATABASES)[number]

/** What a project is made of, as far as its files tell. */
export interface Stack {
  readonly framework: Framework
  readonly orm: Orm
  readonly database: Database
  /** Whether the database was found, or is what one begins with. */
  readonly isDatabaseKnown: boolean
  readonly language: 'ts' | 'js'
  readonly modules: 'esm' | 'cjs'
  /** Where its sources are: 'src' or ''. */
  readonly folder: string
  /** What an import of another file ends with: `.ts`, `.js` or nothing. */
  readonly extension: string
  /** The file of an SQLite database, where it is written down. */
  readonly databaseFile: string | undefined
  /** Tables that can be known without asking the database. */
  readonly models: readonly KnownModel[]
  /** Names of packages that it depends on. */
  readonly packages: ReadonlySet<string>
  /** What the user should know of what was found. */
  readonly remarks: readonly string[]
}

export interface KnownModel {
  readonly name: string
  readonly table: string
  /** The one column that looks as if it says whose a row is. */
  readonly owner: string | undefined
}
