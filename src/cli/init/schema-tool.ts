import { TABLE_PREFIX, tableNames } from '../../store/table-names.ts'
import type { Paste } from './paste.ts'
import type { Stack } from './stack.ts'

/** What keeps the ORM's schema tool away from what is hookwright's; undefined where nothing is to be done. */
export function ignoreFilter({ orm, database }: Stack): Paste | undefined {
  const isSqlite = database !== 'postgres'
  if (orm === 'drizzle') {
    return isSqlite
      ? { where: 'drizzle.config', text: `tablesFilter: ['!hookwright_*'],` }
      : {
          where: 'drizzle.config, only if you have a schemaFilter there: name your own schemas alone',
          text: `schemaFilter: ['public'],`,
        }
  }
  if (orm === 'mikro-orm') {
    const text = isSqlite
      ? 'schemaGenerator: { skipTables: [/^hookwright_/], ignoreTriggers: true },'
      : `schemaGenerator: { ignoreSchema: ['hookwright'], ignoreTriggers: true },`
    return { where: 'the options of MikroORM', text }
  }
  if (orm === 'prisma' && isSqlite) {
    // Prisma wants each by its name.
    const names = [...tableNames].map((name) => `'${TABLE_PREFIX}${name}'`).join(', ')
    return {
      where: 'prisma.config.ts, so that `prisma migrate` does not take the tables for drift',
      text: `experimental: { externalTables: true },\ntables: { external: [${names}] },`,
    }
  }
  return undefined
}

/** What else is to be known of the tool. */
export function schemaAdvice({ orm, database }: Stack): string {
  const after =
    'Run `hookwright migrate` after your own migrations: it puts triggers back that a rebuilt table has lost.'
  if (orm === 'prisma' && database === 'postgres')
    return `hookwright has a schema of its own, "hookwright": leave it out of \`schemas\` in schema.prisma. ${after}`
  if (orm === 'typeorm' && database !== 'postgres')
    return `Never use \`dropSchema: true\` of TypeORM here: it drops hookwright's tables too. ${after}`
  return after
}
