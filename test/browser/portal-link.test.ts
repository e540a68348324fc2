import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { noChromium, startChromium } from './chromium.ts'
import { lookAt } from './looking.ts'
import { type Shop, startShop } from './shop.ts'

/** Whose hooks a page shows, and where its token is, when links are opened in a real browser. */
const reason = noChromium()
if (reason !== undefined) console.warn(`test/browser/portal-link.test.ts is skipped: ${reason}`)

describe.skipIf(reason !== undefined)('a link to the dashboard', () => {
  let browser: Browser
  let shop: Shop

  beforeAll(async () => {
    browser = await startChromium()
    shop = await startShop()
  })
  afterAll(async () => {
    await browser?.close()
    await shop?.close()
  })

  const fragmentFor = async (owner: string) => `#token=${(await shop.hooks.portal({ owner })).token}`
  const whoIn = (page: Pick<Page, 'getByText'>, owner: string) => page.getByText(`Owner ${owner}`).waitFor()

  it('opens for another owner where the page is open already, and leaves no token in the address', async () => {
    const { page, close } = await lookAt(shop, browser)
    await page.goto(shop.ui + (await fragmentFor('alice')))
    await whoIn(page, 'alice')
    // Only what is behind the # is another: the browser loads nothing anew.
    await page.goto(shop.ui + (await fragmentFor('bob')))
    await whoIn(page, 'bob')
    expect(page.url()).toBe(shop.ui)
    await page.reload()
    await whoIn(page, 'bob')
    await close()
  })

  it('opens for its own owner where another is open in a frame beside it', async () => {
    const { page, close } = await lookAt(shop, browser)
    const frames: string[] = []
    for (const owner of ['alice', 'bob'])
      frames.push(`<iframe name="${owner}" src="${shop.ui}${await fragmentFor(owner)}"></iframe>`)
    shop.answer('/frames', (response) => {
      response.writeHead(200, { 'content-type': 'text/html' }).end(`<!doctype html>${frames.join('')}`)
    })
    await page.goto(shop.target('/frames'))
    for (const owner of ['alice', 'bob']) {
      await page
        .frameLocator(`iframe[name=${owner}]`)
        .getByText(`Owner ${owner}`)
        .waitFor({ state: 'attached' })
    }
    const asked: string[] = []
    page.on('request', (request) => {
      if (request.url().includes('/ui/')) return
      const [, said = ''] = /hwp_([\w-]+)\./.exec(request.headers().authorization ?? '') ?? []
      asked.push(
        `${request.frame().name()} as ${JSON.parse(Buffer.from(said, 'base64url').toString() || '{}').owner}`,
      )
    })
    for (const owner of ['alice', 'bob']) {
      const link = page
        .frameLocator(`iframe[name=${owner}]`)
        .getByRole('link', { name: 'Hooks', includeHidden: true })
      await link.first().dispatchEvent('click')
      await expect.poll(() => asked.some((one) => one.startsWith(owner))).toBe(true)
    }
    expect(new Set(asked)).toEqual(new Set(['alice as alice', 'bob as bob']))
    // And nothing of it is left for whoever goes on in this tab.
    await page.goto(shop.ui)
    await page.getByText('Sign in to see your webhooks').waitFor()
    await close()
  })
})
