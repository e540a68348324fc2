import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { noChromium, startChromium } from './chromium.ts'
import { lookAt, violationsOf } from './looking.ts'
import { type Shop, startShop } from './shop.ts'

/** The dashboard for those who do not see it, or have no mouse. */
const reason = noChromium()
if (reason !== undefined) console.warn(`test/browser/accessibility.test.ts is skipped: ${reason}`)

describe.skipIf(reason !== undefined)('every page', () => {
  let browser: Browser
  let shop: Shop
  let paths: string[]

  beforeAll(async () => {
    browser = await startChromium()
    shop = await startShop()
    shop.answer('/broken', (response) => void response.writeHead(500).end('<h1>Broken</h1>'))
    for (const path of ['/well', '/broken']) {
      await shop.hooks.create({
        owner: 'alice',
        events: ['book.added', 'book.sold'],
        target: shop.target(path),
        filter: { pages: { $gt: 3 } },
      })
    }
    const { id } = await shop.hooks.send(
      'book.added',
      { title: 'Silent Spring', pages: 368 },
      { owner: 'alice' },
    )
    await vi.waitFor(async () => expect((await shop.hooks.stats()).total.attempts).toBe(2), 10_000)
    await shop.hooks.disable(1)
    paths = [
      '',
      'hooks',
      'hooks/new',
      'hooks/1',
      'hooks/2',
      'hooks/2/edit',
      'deliveries',
      `deliveries/${id}_1`,
    ]
    paths.push(
      `deliveries/${id}_2`,
      'events',
      'events/book.added',
      'hooks?search=none',
      'nowhere',
      'hooks/99',
    )
  })
  afterAll(async () => {
    await browser?.close()
    await shop?.close()
  })

  for (const width of [1280, 400]) {
    it(`has nothing that axe finds, in light and dark at ${width} pixels`, async () => {
      const { page, go, close } = await lookAt(shop, browser, {
        as: 'root',
        viewport: { width, height: 900 },
      })
      const found: Record<string, string[]> = {}
      for (const path of paths) {
        await go(path)
        await expect.poll(() => page.locator('[aria-busy="true"]').count()).toBe(0)
        for (const colorScheme of ['light', 'dark'] as const) {
          await page.emulateMedia({ colorScheme })
          const violations = await violationsOf(page)
          if (violations.length > 0) found[`${path} in ${colorScheme}`] = violations
        }
      }
      expect(found).toEqual({})
      await close()
    })
  }

  it('has nothing that axe finds in its dialogs, nor for those who are not let in', async () => {
    const { page, go, close } = await lookAt(shop, browser, { as: 'alice' })
    await go('hooks/2')
    const open = async (name: string) => {
      if (name !== 'Send test event') await page.getByRole('button', { name: 'More', exact: true }).click()
      await page.getByRole('button', { name, exact: true }).click()
      await page.getByRole('dialog').waitFor()
    }
    for (const name of ['Send test event', 'Replay deliveries', 'Rotate secret', 'Disable', 'Delete']) {
      await open(name)
      expect([name, await violationsOf(page)]).toEqual([name, []])
      await page.keyboard.press('Escape')
      await page.getByRole('dialog').waitFor({ state: 'detached' })
    }
    const stranger = await lookAt(shop, browser)
    await stranger.go('')
    expect(await violationsOf(stranger.page)).toEqual([])
    await stranger.close()
    await close()
  })

  it('is reached and used by the keyboard alone', async () => {
    const { page, go, close } = await lookAt(shop, browser, { as: 'alice' })
    await go('')
    await page.keyboard.press('Tab')
    expect(await focused(page)).toBe('Skip to content')
    await page.keyboard.press('Enter')
    expect(await page.evaluate('document.activeElement.id')).toBe('content')
    await page.getByRole('link', { name: 'Hooks', exact: true }).focus()
    await page.keyboard.press('Enter')
    await page.getByRole('heading', { level: 1, name: 'Hooks' }).waitFor()
    // Whoever does not see that the page is another hears it: the focus is at its heading.
    await expect.poll(() => focused(page)).toBe('Hooks')
    await page.getByRole('link', { name: shop.target('/broken') }).focus()
    await page.keyboard.press('Enter')
    await page.getByRole('button', { name: 'More', exact: true }).focus()
    await page.keyboard.press('Enter')
    await page.keyboard.press('Tab')
    await page.keyboard.press('Enter')
    await page.getByRole('dialog', { name: 'Replay deliveries' }).waitFor()
    await page.keyboard.press('Escape')
    await page.getByRole('dialog').waitFor({ state: 'detached' })
    expect(await focused(page)).toBe('More')
    await close()
  })

  it('tells the chart by arrow keys, and as a table', async () => {
    const { page, go, close } = await lookAt(shop, browser, { as: 'alice' })
    await go('?range=1h')
    const chart = page.getByRole('slider', { name: 'Attempts over time' })
    await chart.focus()
    await page.keyboard.press('End')
    const sums = { delivered: 0, failed: 0 }
    // What has happened just now stands in the last of its 60 parts, or in a few before.
    for (let part = 0; part < 20; part++) {
      const told = (await chart.getAttribute('aria-valuetext')) ?? ''
      const [, delivered, failed] = /: (\d+) delivered, (\d+) failed$/.exec(told) ?? []
      sums.delivered += Number(delivered)
      sums.failed += Number(failed)
      await page.keyboard.press('ArrowLeft')
    }
    expect(sums).toEqual({ delivered: 1, failed: 1 })
    await page.getByRole('table', { name: 'Attempts over time' }).getByRole('row').nth(1).waitFor()
    await close()
  })
})

function focused(page: Page): Promise<string> {
  return page.evaluate('document.activeElement.textContent.trim()')
}
