export const statements = [
  // What portal links are signed with: one row, made at the first use. There is no CHECK that it is one: drizzle-kit takes a
  // CHECK of any table for a change of every other, and rebuilds the application's tables, without their triggers.
  `CREATE TABLE hookwright_portal (
    id INTEGER PRIMARY KEY,
    key TEXT NOT NULL,
    created_at INTEGER NOT NULL
  )`,
] as const
