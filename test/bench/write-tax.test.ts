import { spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { root } from '../../scripts/entries.ts'

/** A port that nobody listens on. */
const NOWHERE = 'postgres://nobody@127.0.0.1:1/none'

describe('npm run bench', () => {
  const folder = mkdtempSync(join(tmpdir(), 'hookwright-bench-test-'))
  afterAll(() => rmSync(folder, { recursive: true, force: true }))

  function bench(...args: string[]) {
    const flags = ['--import', './scripts/source.ts', 'bench/main.ts', ...args]
    const env = { ...process.env, HOOKWRIGHT_BENCH_POSTGRES_URL: NOWHERE }
    return spawnSync(process.execPath, flags, { cwd: root, env, encoding: 'utf8', timeout: 55_000 })
  }

  it('prints ratios and writes JSON, and says what it skips where there is no PostgreSQL', () => {
    const json = join(folder, 'result.json')
    const short = ['--rounds', '1', '--sample-ms', '2', '--json', json]
    const { status, stdout, stderr } = bench('--only', 'write-tax', ...short)
    expect({ status, stderr: stderr.replace(/^….*\n/gm, '') }).toEqual({ status: 0, stderr: '' })
    expect(stdout).toContain('**better-sqlite3: insert, one row a transaction** (1 round)')
    expect(stdout).toMatch(/^\| no capture +\| +1\.00 \|/m)
    expect(stdout).toMatch(
      /^Skipped: PostgreSQL, because no PostgreSQL at 127\.0\.0\.1:1 \(.*ECONNREFUSED.*\)/m,
    )

    const { machine, sections } = JSON.parse(readFileSync(json, 'utf8'))
    expect(machine).toMatchObject({ node: process.versions.node })
    const [group] = sections['write-tax'].groups
    expect(group.variants.map(({ name }: { name: string }) => name)).toEqual([
      'no capture',
      'captured, nobody listens',
      'captured, nobody listens, dispatcher runs',
      'captured, a hook listens',
      'outbox insert by the application',
    ])
    for (const { perSecond } of group.variants) expect(perSecond).toEqual([expect.any(Number)])
  })

  it.each([
    [['--only', 'nothing'], 'There is no section "nothing". There are: write-tax, retention, explain.'],
    [['--rounds', '0'], '--rounds takes a whole number above 0, not "0"'],
  ])('refuses %j', (args, message) => {
    const { status, stderr } = bench(...args)
    expect({ status, stderr }).toEqual({ status: 1, stderr: `${message}\n` })
  })
})
