import { execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it, vi } from 'vitest'
import { root } from '../../scripts/entries.ts'
import { withoutService } from '../support/postgres.ts'
import { freePort } from '../support/postgres-server.ts'
import { type Prometheus, startPrometheus, whyNoPrometheus } from '../support/prometheus.ts'

const folder = join(root, 'docs/observability')
const LONGEST_MS = 45_000

interface Panel {
  type: string
  title: string
  gridPos: { x: number; y: number; w: number; h: number }
  targets?: { expr: string; datasource: { uid: string } }[]
}

const dashboard = JSON.parse(readFileSync(join(folder, 'grafana-dashboard.json'), 'utf8')) as {
  panels: Panel[]
  templating: { list: { name: string; type: string }[] }
}
const panels = dashboard.panels.filter(({ type }) => type !== 'row')
const alerts = readFileSync(join(folder, 'prometheus-alerts.yml'), 'utf8')

/** As Grafana fills in its variables. */
const filled = (expression: string) =>
  expression
    .replaceAll(/\$(job|event)\b/g, '.*')
    .replaceAll('$__rate_interval', '10s')
    .replaceAll(/\[\d+[mh]\]/g, '[10s]')

/** `expr` of each alert: on its line, or folded over the lines below. */
function alertExpressions(): string[] {
  const found = [...alerts.matchAll(/^ +expr: (?:>-\n((?: {10}.*\n)+)|(.*)\n)/gm)]
  return found.map(([, folded, plain]) => (folded ?? plain ?? '').replaceAll(/\s+/g, ' ').trim())
}

it('the dashboard lays its panels out without overlaps, each with queries to a data source that can be chosen', () => {
  expect(dashboard.templating.list[0]).toMatchObject({ name: 'datasource', type: 'datasource' })
  for (const { title, gridPos, targets } of panels) {
    expect(targets?.length, title).toBeGreaterThan(0)
    for (const { datasource } of targets ?? []) expect(datasource.uid, title).toBe('$' + '{datasource}')
    expect(gridPos.x + gridPos.w, title).toBeLessThanOrEqual(24)
    const over = dashboard.panels.filter(
      ({ title: other, gridPos: at }) =>
        other !== title &&
        at.x < gridPos.x + gridPos.w &&
        gridPos.x < at.x + at.w &&
        at.y < gridPos.y + gridPos.h &&
        gridPos.y < at.y + at.h,
    )
    expect(over.map(({ title: other }) => `${title} over ${other}`)).toEqual([])
  }
})

const missing = whyNoPrometheus()
if (missing !== undefined) {
  withoutService('Prometheus', missing)
} else {
  let prometheus: Prometheus
  let example: ReturnType<typeof spawn>

  beforeAll(async () => {
    const port = await freePort()
    example = spawn(process.execPath, ['--import', './scripts/source.ts', 'examples/observability/main.ts'], {
      cwd: root,
      env: { ...process.env, METRICS_PORT: String(port) },
      stdio: ['ignore', 'ignore', 'inherit'],
    })
    prometheus = await startPrometheus(`127.0.0.1:${port}`)
    const waiting = { timeout: LONGEST_MS, interval: 500 }
    const value = async (expression: string) => Number((await prometheus.query(expression))[0]?.value[1])
    await vi.waitFor(async () => {
      expect(
        await value('sum(hookwright_deliveries_finished_total{hookwright_status="delivered"})'),
      ).toBeGreaterThan(50)
      expect(
        await value('sum(hookwright_deliveries_finished_total{hookwright_status="failed"})'),
      ).toBeGreaterThan(0)
      expect(await value('hookwright_hooks{hookwright_state="waiting"}')).toBe(1)
    }, waiting)
  }, LONGEST_MS + 5_000)

  afterAll(async () => {
    const exited = once(example, 'exit')
    example.kill('SIGTERM')
    expect(await exited).toEqual([0, null])
    await prometheus.close()
  })

  it.each(panels.flatMap(({ title, targets = [] }) => targets.map(({ expr }) => [title, expr] as const)))(
    'the panel "%s" has data: %s',
    async (_, expression) => {
      await vi.waitFor(
        async () => {
          const series = await prometheus.query(filled(expression))
          expect(series.length).toBeGreaterThan(0)
          for (const { value } of series) expect(value[1]).not.toBe('NaN')
        },
        { timeout: LONGEST_MS, interval: 500 },
      )
    },
    LONGEST_MS,
  )

  it.each(alertExpressions().map((expression) => [expression]))(
    'the alert on %s has data to judge',
    async (expression) => {
      const judged = filled(expression)
        .replace(/^absent\((.*)\)$/, '$1')
        .replace(/ > [\d.]+$/, '')
      await vi.waitFor(
        async () => {
          const series = await prometheus.query(judged)
          // Faults of one's own are not to be seen here; that it is understood is enough.
          if (!judged.includes('local|payload')) expect(series.length).toBeGreaterThan(0)
        },
        { timeout: LONGEST_MS, interval: 500 },
      )
      await prometheus.query(expression)
    },
    LONGEST_MS,
  )

  it('there are alerts, and promtool finds nothing wrong with them or the configuration', () => {
    expect(alertExpressions().length).toBe([...alerts.matchAll(/- alert: /g)].length)
    execFileSync('promtool', ['check', 'rules', join(folder, 'prometheus-alerts.yml')], { stdio: 'pipe' })
    execFileSync('promtool', ['check', 'config', join(folder, 'prometheus.yml')], { stdio: 'pipe' })
  })

  it('every metric is in a panel', async () => {
    const names = await prometheus.query('count by (__name__) ({__name__=~"hookwright_.*"})')
    const asked = JSON.stringify(panels)
    for (const { metric } of names) {
      const name = String(metric.__name__).replace(/_(count|sum)$/, '_bucket')
      const base = name.replace(/_bucket$/, '')
      expect(asked, name).toContain(base)
    }
    expect(names.length).toBeGreaterThan(12)
  })
}
