import { randomUUID } from 'node:crypto'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { describePostgres } from '../../../test/support/postgres.ts'
import { type App, openTestCapture, type TestCapture, type TestCaptureOptions } from './test-postgres.ts'

let test: TestCapture
let role: string
let mallory: App

/** The application's role owns its table, and has no right on anything of ours. */
async function open(options: TestCaptureOptions = {}): Promise<void> {
  test = await openTestCapture(options)
  const { app } = test
  role = `hw_bare_${randomUUID().slice(0, 8)}`
  await app.run(`CREATE ROLE ${role} LOGIN; GRANT CREATE ON SCHEMA public TO ${role}`)
  const [database] = await app.run('SELECT current_database() AS name')
  await app.run(
    `GRANT CREATE, TEMP ON DATABASE ${database?.name} TO ${role}; ALTER TABLE book OWNER TO ${role}`,
  )
  await test.capture.install()
  mallory = await test.connect(role)
}

beforeEach(() => open())
afterEach(async () => {
  await mallory.close().catch(() => {})
  await test.app.run(`DROP OWNED BY ${role} CASCADE; DROP ROLE ${role}`)
  await test.close()
})

const functions = () =>
  test.app.run(`SELECT oid::regprocedure::text AS signature, oid::regproc::text AS name FROM pg_proc
    WHERE pronamespace = 'hookwright'::regnamespace AND prorettype = 'trigger'::regtype ORDER BY 1`)

describePostgres('a role without rights on PostgreSQL', () => {
  it('writes its own table, and the events are there', async () => {
    await mallory.run(
      `INSERT INTO book VALUES (1, 7, 'Dune', 1); UPDATE book SET pages = 2; DELETE FROM book`,
    )
    expect((await test.events()).map(({ name }) => name)).toEqual([
      'book.added',
      'book.changed',
      'book.removed',
    ])
  })

  it('can neither read nor write what is ours', async () => {
    for (const sql of [
      'SELECT * FROM hookwright.event',
      'SELECT * FROM hookwright.listening',
      `INSERT INTO hookwright.listening VALUES ('x')`,
      'CREATE TABLE hookwright.mine (id int)',
    ])
      await expect(mallory.run(sql)).rejects.toThrow(/permission denied/)
  })

  it.each([false, true])(
    'can neither attach nor call nor change a function of ours, even with USAGE on the schema: %s',
    async (usage) => {
      if (usage) await test.app.run(`GRANT USAGE ON SCHEMA hookwright TO ${role}`)
      await mallory.run('CREATE TABLE mine (id int, user_id int)')
      const found = await functions()
      expect(found).toHaveLength(4)
      for (const { name, signature } of found) {
        await expect(
          mallory.run(
            `CREATE TRIGGER forge AFTER INSERT ON mine REFERENCING NEW TABLE AS hookwright_new EXECUTE FUNCTION ${signature}`,
          ),
        ).rejects.toThrow(/permission denied/)
        await expect(mallory.run(`SELECT ${signature}`)).rejects.toThrow(/permission denied/)
        for (const change of [
          `ALTER FUNCTION ${signature} SECURITY INVOKER`,
          `DROP FUNCTION ${signature}`,
          `ALTER FUNCTION ${signature} SET search_path = public`,
          `CREATE OR REPLACE FUNCTION ${name}() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NULL; END'`,
        ])
          await expect(mallory.run(change)).rejects.toThrow(/permission denied|must be owner/)
      }
      await expect(mallory.run('SET ROLE hookwright_capture')).rejects.toThrow(/permission denied/)
    },
  )

  it('does not reach the functions by what it puts into its search path, or its temporary schema', async () => {
    await mallory.run(`CREATE TABLE stolen (what text); GRANT ALL ON stolen TO PUBLIC; CREATE SCHEMA evil; GRANT ALL ON SCHEMA evil TO PUBLIC;
      CREATE FUNCTION evil.steal() RETURNS text LANGUAGE plpgsql AS $$ BEGIN INSERT INTO public.stolen VALUES (current_user); RETURN 'x'; END $$`)
    for (const schema of ['evil', 'pg_temp']) {
      await mallory.run(`
        CREATE FUNCTION ${schema}.row_to_json(record) RETURNS json LANGUAGE plpgsql AS $$ BEGIN RETURN to_json(evil.steal()); END $$;
        CREATE FUNCTION ${schema}.replace(text, text, text) RETURNS text LANGUAGE sql AS $$ SELECT evil.steal() $$;
        CREATE FUNCTION ${schema}.gen_random_uuid() RETURNS uuid LANGUAGE sql AS $$ SELECT evil.steal()::uuid $$;
        CREATE FUNCTION ${schema}.array_agg(text) RETURNS text[] LANGUAGE sql AS $$ SELECT ARRAY[evil.steal()] $$;
        CREATE FUNCTION ${schema}.format(text, text) RETURNS text LANGUAGE sql AS $$ SELECT evil.steal() $$;
        CREATE FUNCTION ${schema}.different(record, record) RETURNS boolean LANGUAGE plpgsql AS $$ BEGIN RETURN evil.steal() IS NOT NULL; END $$;
        CREATE OPERATOR ${schema}.*<> (FUNCTION = ${schema}.different, LEFTARG = record, RIGHTARG = record);
        CREATE FUNCTION ${schema}.same(text, text) RETURNS boolean LANGUAGE sql AS $$ SELECT evil.steal() = 'x' $$;
        CREATE OPERATOR ${schema}.= (FUNCTION = ${schema}.same, LEFTARG = text, RIGHTARG = text);
        CREATE TABLE ${schema}.event (LIKE public.stolen); CREATE TABLE ${schema}.listening (event text); CREATE TABLE ${schema}.hookwright_new (LIKE book);
        CREATE TABLE ${schema}.hookwright_old (LIKE book); CREATE TABLE ${schema}.pg_attribute (attrelid oid); CREATE TABLE ${schema}.pg_proc (oid oid)`)
    }
    await mallory.run(
      `SET search_path = evil, pg_temp, pg_catalog, public; INSERT INTO book VALUES (1, 7, 'Dune', 1); UPDATE book SET pages = 2; DELETE FROM book`,
    )
    await mallory.run(`INSERT INTO book SELECT i, 7, 'Dune', 1 FROM generate_series(1, 1500) AS i`)
    expect(await test.app.run('SELECT what FROM stolen')).toEqual([])
    expect((await test.events()).slice(0, 4)).toMatchObject([
      { name: 'book.added', owner: '7', row: { id: 1 } },
      { name: 'book.changed' },
      { name: 'book.removed' },
      { name: 'book.added' },
    ])
    expect(await test.events()).toHaveLength(1_503)
  })

  it('does not run casts of its own with our rights, in a column or as an owner', async () => {
    await mallory.run(`CREATE TABLE stolen (what text); GRANT ALL ON stolen TO PUBLIC; CREATE TYPE trap AS ENUM ('a', 'b'); CREATE TYPE box_of_trap AS (inside trap);
      CREATE DOMAIN checked AS text CHECK (true);
      CREATE FUNCTION steal(trap) RETURNS text LANGUAGE plpgsql AS $$ BEGIN INSERT INTO public.stolen VALUES (current_user); RETURN '"x"'; END $$;
      CREATE FUNCTION steal_json(trap) RETURNS json LANGUAGE plpgsql AS $$ BEGIN INSERT INTO public.stolen VALUES (current_user); RETURN '"x"'; END $$;
      CREATE CAST (trap AS json) WITH FUNCTION steal_json(trap) AS IMPLICIT; CREATE CAST (trap AS text) WITH FUNCTION steal(trap) AS IMPLICIT;
      ALTER TABLE book ADD COLUMN trap trap, ADD COLUMN traps trap[], ADD COLUMN boxed box_of_trap, ADD COLUMN checked checked;
      ALTER TABLE book DROP COLUMN user_id, ADD COLUMN user_id trap`)
    await mallory.run(
      `INSERT INTO book VALUES (1, 'Dune', 1, 'a', '{a,b}', '(b)', 'x', 'b'); UPDATE book SET pages = 2; DELETE FROM book`,
    )
    await mallory.run(
      `INSERT INTO book SELECT i, 'Dune', 1, 'a', '{a,b}', '(b)', 'x', 'b' FROM generate_series(1, 1500) AS i`,
    )
    expect(await test.app.run('SELECT what FROM stolen')).toEqual([])
    expect(await test.events()).toHaveLength(1_503)
    expect((await test.events())[0]).toMatchObject({
      owner: 'b',
      row: { id: 1, trap: 'a', traps: '{a,b}', boxed: '(b)', checked: 'x' },
    })
  })

  it('is not stopped by a value that cannot become JSON', async () => {
    await mallory.run(`CREATE TYPE bad AS ENUM ('a'); ALTER TABLE book ADD COLUMN bad bad`)
    // The cast of a superuser, as an extension has them.
    await test.app.run(
      `CREATE FUNCTION fails(bad) RETURNS json LANGUAGE plpgsql AS $$ BEGIN RAISE 'no JSON today'; END $$; CREATE CAST (bad AS json) WITH FUNCTION fails(bad)`,
    )
    await mallory.run(
      `INSERT INTO book VALUES (1, 7, 'Dune', 1, 'a'), (2, 7, 'Emma', 1, NULL); UPDATE book SET pages = 2; DELETE FROM book`,
    )
    const rows = (await test.events()).map(({ row }) => [row.title, row.bad])
    expect(rows).toHaveLength(6)
    expect(rows.slice(0, 2)).toEqual([
      ['Dune', 'a'],
      ['Emma', null],
    ])
  })
})

describePostgres('who owns the functions on PostgreSQL', () => {
  it('is a role that can do nothing but note events', async () => {
    const rows =
      await test.app.run(`SELECT table_schema || '.' || table_name AS table, privilege_type AS right FROM information_schema.role_table_grants
      WHERE grantee = 'hookwright_capture' ORDER BY 1, 2`)
    expect(rows.map(({ table, right }) => `${right} ${table}`)).toEqual([
      'INSERT hookwright.departed',
      'SELECT hookwright.departed',
      'UPDATE hookwright.departed',
      'INSERT hookwright.event',
      'SELECT hookwright.listening',
    ])
    const [facts] = await test.app.run(`SELECT rolcanlogin, rolsuper, rolinherit, rolcreaterole, rolbypassrls,
      has_schema_privilege('hookwright_capture', 'hookwright', 'CREATE') AS creates FROM pg_roles WHERE rolname = 'hookwright_capture'`)
    expect(facts).toMatchObject({
      rolcanlogin: 'f',
      rolsuper: 'f',
      rolcreaterole: 'f',
      rolbypassrls: 'f',
      creates: 'f',
    })
    const owners = await test.app.run(`SELECT DISTINCT proowner::regrole::text AS owner FROM pg_proc
      WHERE pronamespace = 'hookwright'::regnamespace AND prorettype = 'trigger'::regtype AND proname <> 'wake_idle'`)
    expect(owners).toEqual([{ owner: 'hookwright_capture' }])
  })
})

describePostgres('a role that migrates without being a superuser', () => {
  async function migrateAs(attributes: string, captureRole: string | false) {
    const migrating = `hw_migrate_${randomUUID().slice(0, 8)}`
    await test.app.run(`CREATE ROLE ${migrating} LOGIN ${attributes}`)
    const [database] = await test.app.run('SELECT current_database() AS name')
    await test.app.run(
      `GRANT CREATE ON DATABASE ${database?.name} TO ${migrating}; DROP SCHEMA hookwright CASCADE; ALTER TABLE book OWNER TO ${migrating}`,
    )
    const { postgres } = await import('../../store/postgres/index.ts')
    const { createCapture } = await import('../capture.ts')
    const url = new URL(test.url)
    url.username = migrating
    const store = postgres(String(url), { captureRole })
    const warnings: string[] = []
    const logger = {
      debug() {},
      info() {},
      warn: (_: object, message: string) => void warnings.push(message),
      error() {},
    }
    const capture = createCapture({ store, catalog: test.catalog, logger })
    try {
      await store.migrate()
      await capture.install()
      expect(await capture.check()).toEqual([])
      expect(await capture.plan()).toEqual([])
      await test.listen(['book.added'])
      await test.app.run(`INSERT INTO book VALUES (1, 7, 'Dune', 1)`)
      expect(await test.events()).toHaveLength(1)
      const [owner] = await test.app.run(
        `SELECT proowner::regrole::text AS name FROM pg_proc JOIN pg_trigger ON tgfoid = pg_proc.oid WHERE tgname = 'hookwright_book_created'`,
      )
      return { owner: owner?.name, warnings, migrating }
    } finally {
      await store.close()
      await test.app.run(`ALTER TABLE book OWNER TO ${role}; DROP OWNED BY ${migrating} CASCADE`)
      if (captureRole !== false)
        await test.app.run(
          `DO $$ BEGIN DROP OWNED BY ${captureRole} CASCADE; DROP ROLE ${captureRole}; EXCEPTION WHEN undefined_object THEN END $$`,
        )
      await test.app.run(`DROP ROLE ${migrating}`)
    }
  }

  it('makes the capture role where it may make roles', async () => {
    const captureRole = `hw_own_${randomUUID().slice(0, 8)}`
    const { owner, warnings } = await migrateAs('CREATEROLE', captureRole)
    expect(owner).toBe(captureRole)
    expect(warnings).toEqual([])
  })

  it('owns the functions itself where it may not, and says how to change that', async () => {
    const captureRole = `hw_none_${randomUUID().slice(0, 8)}`
    const { owner, warnings, migrating } = await migrateAs('', captureRole)
    expect(owner).toBe(migrating)
    expect(warnings).toEqual([expect.stringContaining(`CREATE ROLE "${captureRole}" NOLOGIN; GRANT`)])
  })

  it('owns them in silence where it is told to', async () => {
    const { owner, warnings, migrating } = await migrateAs('CREATEROLE', false)
    expect(owner).toBe(migrating)
    expect(warnings).toEqual([])
  })
})
