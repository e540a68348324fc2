import { existsSync } from 'node:fs'
import { type Browser, chromium } from 'playwright-core'

/** Where a Chromium is that playwright-core drives; of its own it has none. */
const PLACES = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome']

const executablePath = process.env.HOOKWRIGHT_CHROMIUM ?? PLACES.find((place) => existsSync(place))

/** Why the tests in a browser do not run; undefined where they do. */
export function noChromium(): string | undefined {
  if (executablePath !== undefined || process.env.HOOKWRIGHT_REQUIRE_SERVICES === '1') return undefined
  return 'there is no Chromium: install it (Debian: apt-get install chromium), or name one by HOOKWRIGHT_CHROMIUM'
}

/** A real browser. It is asked not to call its maker. */
export async function startChromium(): Promise<Browser> {
  if (executablePath === undefined) {
    throw new Error(
      `No Chromium at any of ${PLACES.join(', ')}: install it, or name one by HOOKWRIGHT_CHROMIUM.`,
    )
  }
  return await chromium.launch({
    executablePath,
    args: [
      '--no-sandbox',
      '--disable-gpu',
      '--disable-quic',
      '--no-first-run',
      '--disable-background-networking',
    ],
  })
}
