import {
  type Compilable,
  DummyDriver,
  Kysely,
  SqliteAdapter,
  SqliteIntrospector,
  SqliteQueryCompiler,
  sql,
} from 'kysely'
import { describe, expect, it } from 'vitest'
import { TableNamesPlugin, withPrefix } from './table-names-plugin.ts'
import type { Tables } from './tables.ts'

const db = new Kysely<Tables>({
  dialect: {
    createAdapter: () => new SqliteAdapter(),
    createDriver: () => new DummyDriver(),
    createIntrospector: (kysely) => new SqliteIntrospector(kysely),
    createQueryCompiler: () => new SqliteQueryCompiler(),
  },
  plugins: [new TableNamesPlugin(withPrefix)],
})

const sqlOf = (query: Compilable<unknown>) => query.compile().sql

describe('the prefix of the tables', () => {
  it.each<[string, Compilable<unknown>, string]>([
    [
      'a table and its columns',
      db.selectFrom('hook').select(['hook.id', 'owner']).where('hook.deleted_at', 'is', null),
      'select "hookwright_hook"."id", "owner" from "hookwright_hook" where "hookwright_hook"."deleted_at" is null',
    ],
    [
      'all columns of a table',
      db.selectFrom('event').selectAll('event').orderBy('event.seq').groupBy('event.name'),
      'select "hookwright_event".* from "hookwright_event" group by "hookwright_event"."name" order by "hookwright_event"."seq"',
    ],
    [
      'joined tables',
      db
        .selectFrom('delivery')
        .innerJoin('event', 'event.seq', 'delivery.event_seq')
        .leftJoin('hook as owner_of', 'owner_of.id', 'delivery.hook_id')
        .select(['event.uid', 'owner_of.owner as event']),
      'select "hookwright_event"."uid", "owner_of"."owner" as "event" from "hookwright_delivery" inner join "hookwright_event" on "hookwright_event"."seq" = "hookwright_delivery"."event_seq" left join "hookwright_hook" as "owner_of" on "owner_of"."id" = "hookwright_delivery"."hook_id"',
    ],
    [
      'subqueries',
      db
        .selectFrom(db.selectFrom('hook').select('id').as('found'))
        .select('found.id')
        .where('found.id', 'in', (eb) => eb.selectFrom('subscription').select('subscription.hook_id')),
      'select "found"."id" from (select "id" from "hookwright_hook") as "found" where "found"."id" in (select "hookwright_subscription"."hook_id" from "hookwright_subscription")',
    ],
    [
      'common table expressions',
      db
        .with('due', (qc) => qc.selectFrom('delivery').select('hook_id').where('delivery.due_at', '<', 1))
        .selectFrom('due')
        .innerJoin('hook', 'hook.id', 'due.hook_id')
        .select('due.hook_id'),
      'with "due" as (select "hook_id" from "hookwright_delivery" where "hookwright_delivery"."due_at" < ?) select "due"."hook_id" from "due" inner join "hookwright_hook" on "hookwright_hook"."id" = "due"."hook_id"',
    ],
    [
      'insert from select, on conflict',
      db
        .insertInto('listening')
        .columns(['event'])
        .expression((eb) => eb.selectFrom('subscription').select('subscription.event'))
        .onConflict((conflict) => conflict.column('event').doNothing()),
      'insert into "hookwright_listening" ("event") select "hookwright_subscription"."event" from "hookwright_subscription" on conflict ("event") do nothing',
    ],
    [
      'insert with update on conflict and returning',
      db
        .insertInto('lane')
        .values({ hook_id: 1, next_at: 2 })
        .onConflict((conflict) =>
          conflict.column('hook_id').doUpdateSet((eb) => ({ next_at: eb.ref('excluded.next_at') })),
        )
        .returning('lane.hook_id'),
      'insert into "hookwright_lane" ("hook_id", "next_at") values (?, ?) on conflict ("hook_id") do update set "next_at" = "excluded"."next_at" returning "hookwright_lane"."hook_id"',
    ],
    [
      'update from another table',
      db
        .updateTable('delivery')
        .from('hook')
        .set((eb) => ({ reason: eb.ref('hook.disabled_reason') }))
        .whereRef('hook.id', '=', 'delivery.hook_id'),
      'update "hookwright_delivery" set "reason" = "hookwright_hook"."disabled_reason" from "hookwright_hook" where "hookwright_hook"."id" = "hookwright_delivery"."hook_id"',
    ],
    [
      'delete',
      db
        .deleteFrom('attempt')
        .where(({ not, exists, selectFrom }) =>
          not(exists(selectFrom('event').select('seq').whereRef('event.seq', '=', 'attempt.event_seq'))),
        ),
      'delete from "hookwright_attempt" where not exists (select "seq" from "hookwright_event" where "hookwright_event"."seq" = "hookwright_attempt"."event_seq")',
    ],
    [
      'sql.table and sql.ref',
      db.selectNoFrom(
        sql<number>`(select max(${sql.ref('event.seq')}) from ${sql.table('event')})`.as('last'),
      ),
      'select (select max("hookwright_event"."seq") from "hookwright_event") as "last"',
    ],
    [
      'the schema builder',
      db.schema.alterTable('hook').addColumn('note', 'text'),
      'alter table "hookwright_hook" add column "note" text',
    ],
  ])('is given to %s', (_, query, expected) => {
    expect(sqlOf(query)).toBe(expected)
  })

  it.each<[string, Compilable<unknown>, string]>([
    [
      'columns of the same name',
      db.selectFrom('subscription').select(['event', 'subscription.event as hook']),
      'select "event", "hookwright_subscription"."event" as "hook" from "hookwright_subscription"',
    ],
    [
      'tables of the application, also in raw SQL',
      db.selectNoFrom(sql`(select 1 from ${sql.table('book')} join event)`.as('x')),
      'select (select 1 from "book" join event) as "x"',
    ],
    [
      'a table that is named with its schema',
      db.selectNoFrom(sql`(select 1 from ${sql.table('main.event')})`.as('x')),
      'select (select 1 from "main"."event") as "x"',
    ],
    [
      'queries without the plugin, as a program needs them that reads its own table "event"',
      db.withoutPlugins().selectFrom('event').select('name'),
      'select "name" from "event"',
    ],
  ])('is kept from %s', (_, query, expected) => {
    expect(sqlOf(query)).toBe(expected)
  })
})
