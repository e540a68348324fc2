/**
 * A shop whose webhooks are watched over: `node --import ./scripts/source.ts examples/observability/main.ts` serves metrics on
 * http://127.0.0.1:9464/metrics (or METRICS_PORT) for docs/observability/prometheus.yml, until it is stopped.
 */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setInterval as every } from 'node:timers/promises'
import { PrometheusExporter } from '@opentelemetry/exporter-prometheus'
import { MeterProvider } from '@opentelemetry/sdk-metrics'
import { createHooks } from 'hookwright'
import { openTelemetry } from 'hookwright/opentelemetry'
import { sqlite } from 'hookwright/sqlite'
import { pino } from 'pino'
import { startReceivers } from './receivers.ts'

const port = Number(process.env.METRICS_PORT ?? 9464)
const folder = mkdtempSync(join(tmpdir(), 'observability-'))
const meterProvider = new MeterProvider({ readers: [new PrometheusExporter({ host: '127.0.0.1', port })] })

const hooks = createHooks({
  database: sqlite(join(folder, 'shop.db')),
  events: { 'order.paid': null, 'order.shipped': null },
  telemetry: openTelemetry({ meterProvider }),
  logger: pino({ level: 'warn' }),
  // The receivers are on this machine.
  allow: ['127.0.0.1/32'],
  // Impatient, so that there is something to see: what fails for good, and then the breaker.
  dispatch: { retry: { delaysMs: [200] }, breaker: { failures: 6, openMs: 2_000 } },
})

await hooks.migrate()
const receivers = await startReceivers()
for (const path of ['/well', '/slow', '/moody', '/broken']) {
  const events = ['order.paid', 'order.shipped'] as const
  await hooks.create({ owner: 1, events, target: `${receivers.origin}${path}` })
}
const closed = await hooks.create({ owner: 1, event: 'order.paid', target: `${receivers.origin}/closed` })
await hooks.disable(closed.id, 'it moved away')
await hooks.start()
console.log(`metrics on http://127.0.0.1:${port}/metrics`)

const ending = new AbortController()
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => ending.abort())
let number = 0
try {
  for await (const _ of every(100, undefined, { signal: ending.signal })) {
    number += 1
    await hooks.send(number % 3 === 0 ? 'order.shipped' : 'order.paid', { number }, { owner: 1 })
  }
} catch (error) {
  if (!ending.signal.aborted) throw error
}
await hooks.close()
receivers.close()
await meterProvider.shutdown()
rmSync(folder, { recursive: true, force: true })
