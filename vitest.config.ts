import { defineConfig } from 'vitest/config'
import { buildUi } from './scripts/build-ui.ts'
import { entries } from './scripts/entries.ts'

// Also for `npx vitest`, which begins with no script.
buildUi()

/** Files that run beside each other: much of their time they wait for processes and disks. */
const side = { maxWorkers: '100%', sequence: { groupOrder: 0 } }

const disturbed = 'test/{crash,faults,runtime,schema-tools,workers}/**/*.test.ts'

export default defineConfig({
  resolve: {
    // `hookwright` is the source; see scripts/entries.ts. Exact names, or `hookwright` would also catch `hookwright/sqlite`.
    alias: [...entries].map(([specifier, source]) => ({
      find: new RegExp(`^${specifier}$`),
      replacement: source,
    })),
  },
  test: {
    restoreMocks: true,
    unstubEnvs: true,
    projects: [
      {
        extends: true,
        test: {
          name: 'unit',
          ...side,
          globalSetup: './test/support/postgres-setup.ts',
          include: ['{src,scripts,ui}/**/*.test.{ts,tsx}'],
          testTimeout: 10_000,
          hookTimeout: 10_000,
        },
      },
      {
        extends: true,
        // What crosses rooms: real processes, real sockets, whole systems.
        test: {
          name: 'system',
          ...side,
          globalSetup: './test/support/postgres-setup.ts',
          include: ['{test,examples}/**/*.test.ts'],
          exclude: [disturbed],
          testTimeout: 60_000,
          hookTimeout: 60_000,
        },
      },
      {
        extends: true,
        // What kills, suspends and measures: one file after the other, once nothing else runs.
        test: {
          name: 'faults',
          maxWorkers: 1,
          sequence: { groupOrder: 1 },
          globalSetup: './test/support/postgres-setup.ts',
          include: [disturbed],
          testTimeout: 60_000,
          hookTimeout: 60_000,
        },
      },
      {
        extends: true,
        test: {
          name: 'types',
          include: [],
          // Errors elsewhere are for `npm run check` to find.
          typecheck: { enabled: true, only: true, include: ['**/*.test-d.ts'], ignoreSourceErrors: true },
        },
      },
    ],
  },
})
