import { defineConfig } from 'vitest/config'
import { entries } from './scripts/entries.ts'

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
          globalSetup: './test/support/postgres-setup.ts',
          include: ['{src,scripts}/**/*.test.ts'],
          testTimeout: 10_000,
          hookTimeout: 10_000,
        },
      },
      {
        extends: true,
        // What crosses rooms: real processes, real sockets, whole systems.
        test: {
          name: 'system',
          globalSetup: './test/support/postgres-setup.ts',
          include: ['{test,examples}/**/*.test.ts'],
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
