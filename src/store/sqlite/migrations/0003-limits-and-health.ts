export const statements = [
  // A hook that must not get everything at once: its deliveries go through its lane.
  'ALTER TABLE hookwright_hook ADD COLUMN ordered INTEGER NOT NULL DEFAULT 0',
  'ALTER TABLE hookwright_hook ADD COLUMN rate_limit REAL',
  'ALTER TABLE hookwright_hook ADD COLUMN disabled_cause TEXT',
  'ALTER TABLE hookwright_subscription ADD COLUMN in_lane INTEGER NOT NULL DEFAULT 0',
  `CREATE INDEX hookwright_subscription_in_lane ON hookwright_subscription (event, hook_id, owner) WHERE in_lane = 1`,

  'ALTER TABLE hookwright_lane ADD COLUMN not_before INTEGER NOT NULL DEFAULT 0',
  'ALTER TABLE hookwright_lane ADD COLUMN tat INTEGER NOT NULL DEFAULT 0',
  'ALTER TABLE hookwright_lane ADD COLUMN held_seq INTEGER',
  `CREATE INDEX hookwright_delivery_in_order ON hookwright_delivery (hook_id, event_seq)
    WHERE parked_due_at IS NOT NULL`,

  'ALTER TABLE hookwright_delivery ADD COLUMN tries INTEGER NOT NULL DEFAULT 0',
  'ALTER TABLE hookwright_delivery ADD COLUMN excused INTEGER NOT NULL DEFAULT 0',
  'ALTER TABLE hookwright_delivery ADD COLUMN manual INTEGER NOT NULL DEFAULT 0',
  'ALTER TABLE hookwright_delivery ADD COLUMN manual_at INTEGER',
  'ALTER TABLE hookwright_attempt ADD COLUMN manual INTEGER NOT NULL DEFAULT 0',
  'ALTER TABLE hookwright_event ADD COLUMN test INTEGER NOT NULL DEFAULT 0',

  `CREATE TABLE hookwright_health (
    hook_id INTEGER PRIMARY KEY,
    failures INTEGER NOT NULL,
    failing_since INTEGER,
    warned INTEGER NOT NULL DEFAULT 0,
    opens INTEGER NOT NULL DEFAULT 0,
    open_until INTEGER,
    recovered_at INTEGER
  )`,

  'CREATE TABLE hookwright_chore (name TEXT PRIMARY KEY, due_at INTEGER NOT NULL) WITHOUT ROWID',
] as const
