/**
 * `npm run screenshots -- [folder]`: every page of the dashboard as it is built, at 1280 and 400 pixels, in light and dark, as
 * PNG files to look at. Two of them are those of the README: `npm run screenshots -- docs/images overview delivery`.
 */
import { mkdirSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { node } from 'hookwright/node'
import type { Page } from 'playwright-core'
import { startChromium } from '../../test/browser/chromium.ts'
import { hooks, makeHistory, seed, sendOne } from './hooks.ts'
import { startReceiver } from './receiver.ts'

const [folder = 'screenshots', ...wanted] = process.argv.slice(2)
const SIZES = [
  { width: 1280, height: 800 },
  { width: 400, height: 800 },
]

const receiver = await startReceiver()
await hooks.migrate()
await seed(receiver.url)
await hooks.start()
await makeHistory()
const retried = await untilRetried()
const server = createServer(node(hooks))
await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`

/** The newest delivery that has arrived at its second attempt: the receiver fails now and then. */
async function untilRetried(): Promise<string> {
  for (;;) {
    await sendOne()
    await hooks.drain({ deadlineMs: 1_000 })
    const newest = await hooks.deliveries({
      hookId: 2,
      status: 'delivered',
      since: new Date(Date.now() - 60_000),
    })
    const found = newest.find(({ attempts }) => attempts > 1)
    if (found !== undefined) return found.id
  }
}

const idOf = async (hookId: number) => (await hooks.deliveries({ hookId, limit: 1 }))[0]?.id
const dialog = (name: string) => async (page: Page) => {
  if (name !== 'Send test event') await page.getByRole('button', { name: 'More', exact: true }).click()
  await page.getByRole('button', { name, exact: true }).click()
  await page.getByRole('dialog').waitFor()
}

interface Shot {
  path: string
  as?: string
  /** What is done before. */
  prepare?: (page: Page) => Promise<unknown>
}

const shots: Record<string, Shot> = {
  overview: { path: '', prepare: (page) => page.getByRole('slider').hover() },
  'overview-administrator': { path: '?range=7d', as: 'admin' },
  hooks: { path: 'hooks' },
  'hooks-empty': { path: 'hooks?search=nothing' },
  'hook-new': { path: 'hooks/new' },
  'hook-edit': { path: 'hooks/1/edit' },
  hook: { path: 'hooks/1' },
  'hook-failing': { path: 'hooks/3' },
  'hook-disabled': { path: 'hooks/8' },
  'dialog-test': { path: 'hooks/1', prepare: dialog('Send test event') },
  'dialog-replay': { path: 'hooks/1', prepare: dialog('Replay deliveries') },
  'dialog-rotate': { path: 'hooks/1', prepare: dialog('Rotate secret') },
  deliveries: { path: 'deliveries', as: 'admin' },
  delivery: { path: `deliveries/${retried}` },
  'delivery-at-once': { path: `deliveries/${await idOf(1)}` },
  'delivery-failed': { path: `deliveries/${await idOf(3)}` },
  'delivery-hostile': { path: `deliveries/${await idOf(4)}` },
  events: { path: 'events' },
  event: { path: 'events/order.paid' },
  'signed-out': { path: '', as: 'nobody' },
  'read-only': { path: 'hooks/1', as: 'viewer' },
}

mkdirSync(folder, { recursive: true })
const browser = await startChromium()
for (const viewport of SIZES) {
  for (const colorScheme of ['light', 'dark'] as const) {
    for (const [name, { path, as = '1', prepare }] of Object.entries(shots)) {
      if (wanted.length > 0 && !wanted.includes(name)) continue
      const context = await browser.newContext({ viewport, colorScheme, deviceScaleFactor: 1.5 })
      await context.addCookies([{ name: 'user', value: as, url: origin }])
      const page = await context.newPage()
      await page.goto(`${origin}/ui/${path}`)
      await page.getByRole('heading', { level: 1 }).waitFor()
      await page.waitForFunction(`document.querySelectorAll('[aria-busy="true"]').length === 0`)
      await prepare?.(page)
      const file = `${name}-${viewport.width}-${colorScheme}.png`
      await page.screenshot({
        path: join(folder, file),
        fullPage: wanted.length === 0 && !name.startsWith('dialog'),
      })
      console.log(file)
      await context.close()
    }
  }
}
await browser.close()
await hooks.close()
receiver.close()
server.closeAllConnections()
server.close()
