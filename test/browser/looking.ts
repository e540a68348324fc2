import axe from 'axe-core'
import type { Browser, Page, ViewportSize } from 'playwright-core'
import type { Shop } from './shop.ts'

export interface Looking {
  page: Page
  /** What the browser complained of: errors of scripts, what the policy has refused, and dialogs, which nobody has asked for. */
  complaints: string[]
  /** Goes to a path of the dashboard, by its address. */
  go(path: string): Promise<void>
  close(): Promise<void>
}

export interface LookingOptions {
  /** Whose cookie goes along; nobody's if left out. */
  as?: string
  viewport?: ViewportSize
  colorScheme?: 'light' | 'dark'
}

/** Somebody who looks at the dashboard, in a browser that knows nothing of others. */
export async function lookAt(shop: Shop, browser: Browser, options: LookingOptions = {}): Promise<Looking> {
  const { as, viewport = { width: 1280, height: 900 }, colorScheme = 'light' } = options
  const context = await browser.newContext({ viewport, colorScheme, reducedMotion: 'reduce' })
  // Whatever a page does not come to is told long before the test ends.
  context.setDefaultTimeout(15_000)
  if (as !== undefined) await context.addCookies([shop.cookieOf(as)])
  const page = await context.newPage()
  const complaints = complaintsOf(page)
  return {
    page,
    complaints,
    async go(path) {
      await page.goto(`${shop.ui}${path}`)
      await page.getByRole('heading', { level: 1 }).waitFor()
    },
    close: () => context.close(),
  }
}

/** Answers of 4xx are of the dashboard's own doing, such as what a form would be refused for; a script that fails is not. */
function complaintsOf(page: Page): string[] {
  const complaints: string[] = []
  page.on('pageerror', (error) => complaints.push(String(error)))
  page.on('dialog', (dialog) => {
    complaints.push(`dialog: ${dialog.message()}`)
    void dialog.dismiss()
  })
  page.on('console', (message) => {
    if (message.type() !== 'error' || /status of 4\d\d/.test(message.text())) return
    complaints.push(message.text())
  })
  return complaints
}

/** What axe finds wrong with a page, by WCAG 2.2 AA and good practice. */
export async function violationsOf(page: Page): Promise<string[]> {
  await page.evaluate(axe.source)
  return await page.evaluate(async () => {
    const { violations } = await (
      globalThis as unknown as { axe: { run(): Promise<{ violations: Violation[] }> } }
    ).axe.run()
    return violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(' ')}`)
  })
}

interface Violation {
  id: string
  nodes: { html: string }[]
}
