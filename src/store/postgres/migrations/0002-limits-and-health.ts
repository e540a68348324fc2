import type { Migration } from './index.ts'

/** @param s the schema, quoted */
export const statements: Migration['statements'] = (s) => [
  // A hook that must not get everything at once: its deliveries go through its lane.
  { makes: 'hook.ordered', sql: `ALTER TABLE ${s}.hook ADD COLUMN ordered integer NOT NULL DEFAULT 0` },
  { makes: 'hook.rate_limit', sql: `ALTER TABLE ${s}.hook ADD COLUMN rate_limit double precision` },
  { makes: 'hook.disabled_cause', sql: `ALTER TABLE ${s}.hook ADD COLUMN disabled_cause text` },
  {
    makes: 'subscription.in_lane',
    sql: `ALTER TABLE ${s}.subscription ADD COLUMN in_lane integer NOT NULL DEFAULT 0`,
  },
  {
    makes: 'subscription_in_lane',
    sql: `CREATE INDEX subscription_in_lane ON ${s}.subscription (event, hook_id, owner) WHERE in_lane = 1`,
  },

  { makes: 'lane.not_before', sql: `ALTER TABLE ${s}.lane ADD COLUMN not_before bigint NOT NULL DEFAULT 0` },
  { makes: 'lane.tat', sql: `ALTER TABLE ${s}.lane ADD COLUMN tat bigint NOT NULL DEFAULT 0` },
  { makes: 'lane.held_seq', sql: `ALTER TABLE ${s}.lane ADD COLUMN held_seq bigint` },
  {
    makes: 'delivery_in_order',
    sql: `CREATE INDEX delivery_in_order ON ${s}.delivery (hook_id, event_seq) WHERE parked_due_at IS NOT NULL`,
  },

  { makes: 'delivery.tries', sql: `ALTER TABLE ${s}.delivery ADD COLUMN tries integer NOT NULL DEFAULT 0` },
  {
    makes: 'delivery.excused',
    sql: `ALTER TABLE ${s}.delivery ADD COLUMN excused integer NOT NULL DEFAULT 0`,
  },
  { makes: 'delivery.manual', sql: `ALTER TABLE ${s}.delivery ADD COLUMN manual integer NOT NULL DEFAULT 0` },
  { makes: 'delivery.manual_at', sql: `ALTER TABLE ${s}.delivery ADD COLUMN manual_at bigint` },
  { makes: 'attempt.manual', sql: `ALTER TABLE ${s}.attempt ADD COLUMN manual integer NOT NULL DEFAULT 0` },
  { makes: 'event.test', sql: `ALTER TABLE ${s}.event ADD COLUMN test integer NOT NULL DEFAULT 0` },

  {
    makes: 'health',
    sql: `CREATE TABLE ${s}.health (
      hook_id bigint PRIMARY KEY,
      failures integer NOT NULL,
      failing_since bigint,
      warned integer NOT NULL DEFAULT 0,
      opens integer NOT NULL DEFAULT 0,
      open_until bigint,
      recovered_at bigint
    ) WITH (fillfactor = 70)`,
  },

  {
    makes: 'chore',
    sql: `CREATE TABLE ${s}.chore (name text COLLATE "C" PRIMARY KEY, due_at bigint NOT NULL)`,
  },
]
