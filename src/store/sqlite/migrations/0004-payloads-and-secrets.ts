export const statements = [
  // What a hook is sent, and of which events, where it differs from what the application says.
  'ALTER TABLE hookwright_hook ADD COLUMN payload TEXT',
  'ALTER TABLE hookwright_hook ADD COLUMN filter TEXT',
  'ALTER TABLE hookwright_subscription ADD COLUMN filtered INTEGER NOT NULL DEFAULT 0',
  `CREATE INDEX hookwright_subscription_filtered ON hookwright_subscription (event, hook_id, owner) WHERE filtered = 1`,

  // Several secrets may be on their way out at once.
  'ALTER TABLE hookwright_hook ADD COLUMN old_secrets TEXT',

  'ALTER TABLE hookwright_event ADD COLUMN key_json TEXT',
  'ALTER TABLE hookwright_event ADD COLUMN previous_data TEXT',
  'ALTER TABLE hookwright_event ADD COLUMN trace_context TEXT',
] as const
