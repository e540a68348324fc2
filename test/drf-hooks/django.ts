import { DatabaseSync } from 'node:sqlite'
import { createHooks, djangoSerializer, type Logger, silentLogger } from 'hookwright'
import { sqlite } from 'hookwright/sqlite'
import { testHooks } from 'hookwright/testing'
import { temporaryDatabase } from '../support/database.ts'

/** What the Django project of the recordings keeps, as far as a recording is about it. */
const SCHEMA = `
  PRAGMA foreign_keys = ON;
  CREATE TABLE user (
    id INTEGER PRIMARY KEY, password TEXT, last_login TEXT, is_superuser INTEGER, username TEXT, first_name TEXT,
    last_name TEXT, email TEXT, is_staff INTEGER, is_active INTEGER, date_joined TEXT
  );
  CREATE TABLE book (
    id INTEGER PRIMARY KEY, user_id INTEGER REFERENCES user(id) ON DELETE CASCADE, title TEXT, pages INTEGER, fiction INTEGER,
    UNIQUE (user_id, title)
  );
  CREATE TABLE everything (id INTEGER PRIMARY KEY, user_id INTEGER, char TEXT);
  CREATE TABLE everything_tags (everything_id INTEGER, tag_id INTEGER);
  CREATE TABLE nouserplus (id INTEGER PRIMARY KEY, name TEXT);
  CREATE TABLE nulluser (id INTEGER PRIMARY KEY, user_id INTEGER, name TEXT);
  CREATE TABLE uuidpk (id TEXT PRIMARY KEY, parent_id INTEGER REFERENCES nulluser(id));
  INSERT INTO user VALUES
    (1, 'pbkdf2_sha256$260000$salt$HASH-OF-ALICE', NULL, 0, 'alice', '', '', 'alice@example.com', 0, 1, '2020-01-02T03:04:05.678Z'),
    (2, 'pbkdf2_sha256$260000$salt$HASH-OF-BOB', NULL, 0, 'bob', '', '', 'bob@example.com', 0, 1, '2020-01-02T03:04:05.678Z');
`

export const ALICE = 1
export const BOB = 2

interface BookRow {
  id: number
  user_id: number
  title: string
  pages: number
  fiction: number
}

interface UserRow {
  id: number
  is_superuser: number
  is_staff: number
  is_active: number
}

/** The serializer of the README of drf-hooks, and what Django has instead of one. */
const bookSerializers = {
  own: ({ id, title, pages, fiction, user_id }: BookRow) => ({
    id,
    title,
    pages,
    fiction: fiction === 1,
    user: user_id,
  }),
  django: djangoSerializer<BookRow>({
    model: 'bookstore.book',
    fields: { user: 'user_id', fiction: ({ fiction }) => fiction === 1 },
  }),
}

const truth = (name: 'is_superuser' | 'is_staff' | 'is_active') => (user: UserRow) => user[name] === 1

/** hookwright in place of drf-hooks, on tables like those of the recordings. */
export async function openDjango(serializer: 'own' | 'django', logger: Logger = silentLogger) {
  const { path, remove } = temporaryDatabase()
  const db = new DatabaseSync(path)
  db.exec(SCHEMA)
  const hooks = createHooks({
    database: sqlite(path),
    owners: { table: 'user', key: 'id' },
    models: {
      'bookstore.Book': { table: 'book', owner: 'user_id', serialize: bookSerializers[serializer] },
      'zoo.Everything': { table: 'everything', owner: 'user_id' },
      'zoo.NoUserPlus': { table: 'nouserplus', serialize: djangoSerializer({ model: 'zoo.nouserplus' }) },
      'zoo.NullUser': { table: 'nulluser', owner: 'user_id' },
      'zoo.UuidPk': {
        table: 'uuidpk',
        owner: { table: 'nulluser', on: 'parent_id', column: 'user_id' },
        serialize: djangoSerializer({ model: 'zoo.uuidpk', fields: { parent: 'parent_id' } }),
      },
      'auth.User': {
        table: 'user',
        owner: 'id',
        serialize: djangoSerializer<UserRow>({
          model: 'auth.user',
          fields: {
            is_superuser: truth('is_superuser'),
            is_staff: truth('is_staff'),
            is_active: truth('is_active'),
            groups: () => [],
            user_permissions: () => [],
          },
        }),
      },
    },
    events: {
      'book.added': 'bookstore.Book.created',
      'book.changed': 'bookstore.Book.updated+',
      'book.removed': 'bookstore.Book.deleted',
      'book.read': 'bookstore.Book.read',
      'every.updated': 'zoo.Everything.updated',
      'nouserplus.created': 'zoo.NoUserPlus.created+',
      'nulluser.created': 'zoo.NullUser.created',
      'uuidpk.created': 'zoo.UuidPk.created',
      'uuidpk.deleted': 'zoo.UuidPk.deleted',
      'user.updated': 'auth.User.updated',
      'user.logged_in': null,
      'raw.plain': null,
    },
    allow: ['sink', '127.0.0.1/32'],
    logger,
  })
  await hooks.migrate()
  const test = testHooks(hooks)
  return {
    db,
    hooks,
    test,
    /** As the code of most recordings does: `Book.objects.create(user=alice, title='The Two Towers', pages=327, fiction=True)`. */
    addBook(title = 'The Two Towers', pages = 327): number {
      const insert = db.prepare('INSERT INTO book (user_id, title, pages, fiction) VALUES (1, ?, ?, 1)')
      return Number(insert.run(title, pages).lastInsertRowid)
    },
    async close() {
      await hooks.close()
      db.close()
      remove()
    },
  }
}

export type Django = Awaited<ReturnType<typeof openDjango>>
