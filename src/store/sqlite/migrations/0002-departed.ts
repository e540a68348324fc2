export const statements = [
  // Found by what triggers know of a related row, removed by its age.
  `CREATE TABLE hookwright_departed (
    table_name TEXT NOT NULL,
    key TEXT NOT NULL,
    owner TEXT,
    at INTEGER NOT NULL,
    PRIMARY KEY (table_name, key)
  ) WITHOUT ROWID`,
  'CREATE INDEX hookwright_departed_at ON hookwright_departed (at)',
] as const
