import pg from 'pg'
import { beforeAll, describe, expect, it, onTestFinished } from 'vitest'
import { findingsOf } from '../../bench/explain/findings.ts'
import { Recorder } from '../../bench/explain/recorder.ts'
import { pageOfDeliveries } from '../../src/dispatch/index.ts'
import { countAttempts } from '../../src/operations/statistics/attempt-counts.ts'
import { postgres } from '../../src/store/postgres/index.ts'
import { createTestDatabase } from '../support/postgres.ts'

const HOOKS = 30
const EVENTS = 2_000
const ATTEMPTS = HOOKS * EVENTS

/** What PostgreSQL does for the questions that a page asks every few seconds, with as many rows as make a difference. */
export function postgresPlansSuite(): void {
  describe('the plans of PostgreSQL', () => {
    let url = ''

    beforeAll(async () => {
      const { url: created, drop } = await createTestDatabase()
      url = created
      const store = postgres(url)
      await store.migrate()
      await store.close()
      const client = new pg.Client({ connectionString: url })
      await client.connect()
      await client.query(`INSERT INTO hookwright.hook (owner, target, headers, secret, created_at, updated_at)
        SELECT '1', 'https://example.com/' || n, '{}', '', 0, 0 FROM generate_series(1, ${HOOKS}) AS n`)
      await client.query(`INSERT INTO hookwright.event (uid, name, broadcast, data, created_at)
        SELECT lpad(to_hex(n), 32, '0'), 'a', 0, '{}', n * 1000 FROM generate_series(1, ${EVENTS}) AS n`)
      await client.query(`INSERT INTO hookwright.delivery (hook_id, event_seq, status, finished_at)
        SELECT id, seq, 'delivered', 0 FROM hookwright.event CROSS JOIN hookwright.hook`)
      await client.query(`INSERT INTO hookwright.attempt (hook_id, event_seq, number, started_at, duration_ms, status, response_body)
        SELECT id, seq, 1, seq * 1000, 10, 200, repeat('x', 600) FROM hookwright.event CROSS JOIN hookwright.hook ORDER BY seq`)
      await client.query('ANALYZE')
      await client.end()
      return drop
    })

    function open() {
      const store = postgres(url)
      onTestFinished(() => store.close())
      return new Recorder(store)
    }

    const findings = (recorder: Recorder) => {
      const found = recorder.take().flatMap(({ plan }) => findingsOf(plan))
      // Of some hooks, PostgreSQL rightly reads the whole table.
      return found.filter((one) => one !== 'sequential scan of `hook`')
    }

    it('read of a list that is filtered what is looked at, and not all that each hook has', async () => {
      const recorder = open()
      const since = new Date(1)
      for (const options of [{}, { since }]) {
        const { deliveries } = await pageOfDeliveries(
          recorder.store,
          { status: 'cancelled', limit: 25, ...options },
          3_000,
        )
        expect(deliveries).toEqual([])
        const [keys] = recorder.queries.filter(({ sql }) => /lateral/.test(sql))
        expect(keys?.times).toBeGreaterThan(0)
        expect(findings(recorder)).toEqual([])
      }
    })

    it('take the sample of the figures along the primary key', async () => {
      const recorder = open()
      const week = { since: 0, until: EVENTS * 1_000 + 1, bucketMs: 100_000 }
      const { looked, complete } = await countAttempts(recorder.store, week, undefined)
      expect({ looked, complete }).toEqual({ looked: 50_000, complete: false })
      expect(ATTEMPTS).toBeGreaterThan(looked)
      expect(findings(recorder)).toEqual([])
    })
  })
}
