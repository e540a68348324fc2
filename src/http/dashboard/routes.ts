import type { Hono } from 'hono'
import type { SignatureSettings } from '../../hooks/index.ts'
import type { HttpContext, HttpEnv } from '../env.ts'
import { methodNotAllowed, notFound } from '../problems.ts'
import { builtDashboard, Files } from './files.ts'
import type { DashboardSettings } from './options.ts'
import { dashboardPage, wayBack } from './page.ts'

export interface DashboardRoutes {
  /** Undefined where there is to be none. */
  settings: DashboardSettings | undefined
  signature?: SignatureSettings | undefined
  /** Counts a visitor. @throws 429 */
  count: (c: HttpContext) => void
}

/** Where it is. */
const ROOT = '/ui'
const METHODS = 'GET, HEAD'

/**
 * The dashboard: a page for whatever path below `/ui`, and its files below `/ui/assets`. Everybody may have them, because there
 * is nothing in them: all that the page shows comes from the API.
 */
export function addDashboardRoutes(
  app: Hono<HttpEnv>,
  { settings, signature, count }: DashboardRoutes,
): void {
  let loading: ReturnType<typeof load> | undefined

  async function answer(c: HttpContext): Promise<Response> {
    // The page's links are paths below its base, and `//host/ui/hooks` is no path.
    if (settings === undefined || c.env.basePath.startsWith('//')) throw notFound()
    if (c.req.method !== 'GET' && c.req.method !== 'HEAD') throw methodNotAllowed(c.req.method, METHODS)
    count(c)
    loading ??= load()
    const { files, entry, version } = await loading.catch((error: unknown) => {
      // In a checkout somebody may build it now.
      loading = undefined
      throw error
    })
    // With the slash at the end, if it has one: a browser counts it.
    const below = new URL(c.req.url).pathname.slice(c.env.basePath.length + ROOT.length)
    if (/^\/assets(?:\/|$)/.test(below)) {
      const file = await files.answer(below.slice(1), c.req.raw)
      if (file === undefined) throw notFound()
      return file
    }
    const base = wayBack(below)
    if (base === undefined) throw notFound()
    return dashboardPage({ settings, signature, version, entry }, base)
  }

  // It has the first of these too, but whoever looks for the mount reads them one by one.
  app.all(ROOT, answer)
  app.all(`${ROOT}/*`, answer)
}

async function load() {
  const { files, entry, version } = await builtDashboard()
  return { files: new Files(files), entry, version }
}
