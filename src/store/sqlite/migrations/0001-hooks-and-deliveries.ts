export const statements = [
  `CREATE TABLE hookwright_hook (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    owner TEXT NOT NULL,
    target TEXT NOT NULL,
    headers TEXT NOT NULL,
    secret TEXT NOT NULL,
    old_secret TEXT,
    old_secret_until INTEGER,
    created_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL,
    disabled_at INTEGER,
    disabled_reason TEXT,
    deleted_at INTEGER
  )`,
  'CREATE INDEX hookwright_hook_owner ON hookwright_hook (owner) WHERE deleted_at IS NULL',

  // Fan-out to one owner's hooks goes along the primary key, a broadcast along the index.
  `CREATE TABLE hookwright_subscription (
    event TEXT NOT NULL,
    owner TEXT NOT NULL,
    hook_id INTEGER NOT NULL,
    PRIMARY KEY (event, owner, hook_id)
  ) WITHOUT ROWID`,
  'CREATE INDEX hookwright_subscription_broadcast ON hookwright_subscription (event, hook_id)',
  'CREATE INDEX hookwright_subscription_hook ON hookwright_subscription (hook_id)',

  'CREATE TABLE hookwright_listening (event TEXT PRIMARY KEY) WITHOUT ROWID',

  // AUTOINCREMENT: a number that was pruned must not come again, deliveries are keyed by it.
  `CREATE TABLE hookwright_event (
    seq INTEGER PRIMARY KEY AUTOINCREMENT,
    uid TEXT NOT NULL,
    name TEXT NOT NULL,
    owner TEXT,
    broadcast INTEGER NOT NULL DEFAULT 0,
    model TEXT,
    action TEXT,
    row_json TEXT,
    previous_json TEXT,
    data TEXT,
    created_at INTEGER NOT NULL,
    fanout_due_at INTEGER,
    fanout_cursor INTEGER NOT NULL DEFAULT 0,
    fanout_attempts INTEGER NOT NULL DEFAULT 0,
    fanout_error TEXT
  )`,
  'CREATE UNIQUE INDEX hookwright_event_uid ON hookwright_event (uid)',
  'CREATE INDEX hookwright_event_fanout ON hookwright_event (fanout_due_at) WHERE fanout_due_at IS NOT NULL',

  `CREATE TABLE hookwright_delivery (
    hook_id INTEGER NOT NULL,
    event_seq INTEGER NOT NULL,
    status TEXT NOT NULL DEFAULT 'pending',
    reason TEXT,
    due_at INTEGER,
    parked_due_at INTEGER,
    lease TEXT,
    attempts INTEGER NOT NULL DEFAULT 0,
    body TEXT,
    finished_at INTEGER,
    PRIMARY KEY (hook_id, event_seq)
  ) WITHOUT ROWID`,
  'CREATE INDEX hookwright_delivery_due ON hookwright_delivery (due_at) WHERE due_at IS NOT NULL',
  `CREATE INDEX hookwright_delivery_parked ON hookwright_delivery (hook_id, parked_due_at)
    WHERE parked_due_at IS NOT NULL`,

  `CREATE TABLE hookwright_lane (
    hook_id INTEGER PRIMARY KEY,
    next_at INTEGER NOT NULL
  )`,
  'CREATE INDEX hookwright_lane_next ON hookwright_lane (next_at)',

  `CREATE TABLE hookwright_attempt (
    id INTEGER PRIMARY KEY,
    hook_id INTEGER NOT NULL,
    event_seq INTEGER NOT NULL,
    number INTEGER NOT NULL,
    started_at INTEGER NOT NULL,
    duration_ms INTEGER NOT NULL,
    status INTEGER,
    error_code TEXT,
    error TEXT,
    response_headers TEXT,
    response_body TEXT,
    response_truncated INTEGER NOT NULL DEFAULT 0
  )`,
  'CREATE INDEX hookwright_attempt_delivery ON hookwright_attempt (hook_id, event_seq, number)',
] as const
