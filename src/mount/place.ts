/**
 * The part of a path that a route's pattern has before its wildcard. Segments are counted and not compared: the framework has
 * matched them, by rules of its own about parameters, upper case and encodings.
 *
 * @example
 * ```ts
 * basePathOf('/t/5/hooks/1', '/t/:tenant/hooks/*') // '/t/5/hooks'
 * ```
 */
export function basePathOf(pathname: string, pattern: string): string {
  const segments = pattern.split('/')
  const wildcard = segments.findIndex((segment) => /^\{?\/?\*/.test(segment))
  const fixed = wildcard === -1 ? segments : segments.slice(0, wildcard)
  // A pattern may begin with a slash or not, and may end with one.
  const count = fixed.filter((segment) => segment !== '').length
  return pathname
    .split('/')
    .slice(0, count + 1)
    .join('/')
}

/** What frameworks made like connect say of a request that they pass to a mount. */
interface Mounted {
  url?: string | undefined
  /** As it came, where `url` has lost the path of the mount. */
  originalUrl?: unknown
  /** Express: the path of the mount. */
  baseUrl?: unknown
}

/** The whole URL of a request, and where the mount is in it, if that can be known. */
export function placeOf({ url = '/', originalUrl, baseUrl }: Mounted): { url: string; basePath?: string } {
  if (typeof originalUrl !== 'string') return { url }
  if (typeof baseUrl === 'string' && baseUrl !== '') {
    // Somebody may have written the URL anew, for the router to go by.
    return { url: originalUrl.startsWith(baseUrl) ? originalUrl : baseUrl + url, basePath: baseUrl }
  }
  const whole = pathOf(originalUrl)
  const below = pathOf(url)
  // connect writes `/` for what is left of `/api/hooks`.
  const mount = below === '/' ? withoutSlash(whole) : whole.slice(0, -below.length)
  return mount !== '' && (below === '/' || whole.endsWith(below))
    ? { url: originalUrl, basePath: mount }
    : { url }
}

function pathOf(url: string): string {
  return url.split(/[?#]/, 1)[0] ?? ''
}

function withoutSlash(path: string): string {
  return path.endsWith('/') ? path.slice(0, -1) : path
}
