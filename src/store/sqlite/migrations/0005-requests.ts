export const statements = ['ALTER TABLE hookwright_attempt ADD COLUMN request TEXT'] as const
