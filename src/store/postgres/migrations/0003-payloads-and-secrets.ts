import type { Migration } from './index.ts'

/** @param s the schema, quoted */
export const statements: Migration['statements'] = (s) => [
  // What a hook is sent, and of which events, where it differs from what the application says.
  { makes: 'hook.payload', sql: `ALTER TABLE ${s}.hook ADD COLUMN payload text` },
  { makes: 'hook.filter', sql: `ALTER TABLE ${s}.hook ADD COLUMN filter text` },
  {
    makes: 'subscription.filtered',
    sql: `ALTER TABLE ${s}.subscription ADD COLUMN filtered integer NOT NULL DEFAULT 0`,
  },
  {
    makes: 'subscription_filtered',
    sql: `CREATE INDEX subscription_filtered ON ${s}.subscription (event, hook_id, owner) WHERE filtered = 1`,
  },

  // Several secrets may be on their way out at once.
  { makes: 'hook.old_secrets', sql: `ALTER TABLE ${s}.hook ADD COLUMN old_secrets text` },

  { makes: 'event.key_json', sql: `ALTER TABLE ${s}.event ADD COLUMN key_json text` },
  { makes: 'event.previous_data', sql: `ALTER TABLE ${s}.event ADD COLUMN previous_data text` },
  { makes: 'event.trace_context', sql: `ALTER TABLE ${s}.event ADD COLUMN trace_context text` },
]
