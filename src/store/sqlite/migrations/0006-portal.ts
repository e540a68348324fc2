export const statements = [
  // What portal links are signed with: one row, made at the first use.
  `CREATE TABLE hookwright_portal (
    id INTEGER PRIMARY KEY CHECK (id = 1),
    key TEXT NOT NULL,
    created_at INTEGER NOT NULL
  )`,
] as const
