/**
 * The path of a request below the place where the API is mounted: `''` for the collection, `/1` for a hook. Slashes at the
 * end do not count. Undefined where the request is for something else.
 *
 * With `basePath` it is exact. Without, the application has sent the request here, and the path itself must tell where
 * "here" is: a last segment that begins as a number does (`1`, `01`, `-1`, `1.json`) is a hook's id, and what comes before it
 * the mount; otherwise the whole path is the mount.
 *
 * @example
 * ```ts
 * pathBelowMount('/api/hooks/1/', undefined) // '/1'
 * pathBelowMount('/api/hooks/', undefined) // ''
 * pathBelowMount('/api/books/', '/api/hooks') // undefined
 * ```
 */
export function pathBelowMount(pathname: string, basePath: string | undefined): string | undefined {
  const path = withoutSlash(pathname)
  if (basePath === undefined) {
    const known = ENDINGS.exec(path)
    if (known !== null) return known[0]
    const last = path.slice(path.lastIndexOf('/') + 1)
    return /^[-\d]/.test(last) ? `/${last}` : ''
  }
  if (path === basePath) return ''
  return path.startsWith(`${basePath}/`) ? path.slice(basePath.length) : undefined
}

/** What else there is below the mount. A name that is a number would be an event's as well as a hook's id: it is the latter. */
const ENDINGS = /\/(?:events(?:\/[^/]+\/samples|\/(?![-\d])[^/]+)?|openapi\.json|docs)$/

/** The path of the mount, as a request to the API shows it; empty for the root. */
export function mountOf({ url }: Request, basePath: string | undefined): string {
  if (basePath !== undefined) return basePath
  const path = withoutSlash(new URL(url).pathname)
  return path.slice(0, path.length - (pathBelowMount(path, undefined) ?? '').length)
}

/** A base path as it is compared: `'hooks/webhooks/'` is `'/hooks/webhooks'`, and the root is `''`. */
export function normalBasePath(basePath: string): string {
  const path = withoutSlash(basePath)
  return path === '' || path.startsWith('/') ? path : `/${path}`
}

function withoutSlash(path: string): string {
  return path.endsWith('/') ? path.slice(0, -1) : path
}
