/**
 * Where in a path the API is mounted, by the routes that there are. Whoever adds a route to the app adds nothing here: the
 * longest ending of the path that is one of `routes` is what lies below the mount, and where none is, the whole path is the
 * mount. A route that begins with a parameter is a hook's, and its first segment begins as a number does (`1`, `01`, `-1`,
 * `1.json`).
 *
 * So a mount that is itself called like a route, `/events` or `/api/2`, is not found: there a framework's mount, or the option
 * `basePath`, has to name it.
 *
 * @param routes as Hono has them: `/`, `/:id`, `/:id/test`, `/events/:name`. What is for every path (`/*`) does not count
 * @example
 * ```ts
 * const findMount = createMountFinder(['/', '/:id', '/:id/test'])
 * findMount('/api/hooks/1/test/') // '/api/hooks'
 * findMount('/api/hooks') // '/api/hooks'
 * ```
 */
export function createMountFinder(routes: readonly string[]): (pathname: string) => string {
  const endings = new Set(routes.filter((route) => !/^\/?\*?$/.test(route)).map(endingOf))
  // The mount is as short as it can be. Each ending begins with a slash, so no segment is cut.
  const whole = new RegExp(`^(.*?)(?:${[...endings].join('|')})$`)
  return (pathname) => {
    const path = withoutSlash(pathname)
    return endings.size === 0 ? path : (whole.exec(path)?.[1] ?? path)
  }
}

function endingOf(route: string): string {
  return route
    .slice(1)
    .split('/')
    .map((segment, index) => {
      if (segment === '*') return '.*'
      if (segment.startsWith(':')) return index === 0 ? '[-\\d][^/]*' : '[^/]+'
      return RegExp.escape(segment)
    })
    .map((segment) => `/${segment}`)
    .join('')
}

/**
 * The path of a request below the place where the API is mounted: `''` for the collection, `/1` for a hook. A slash at the end
 * does not count. Undefined where the request is for something else.
 *
 * @example
 * ```ts
 * pathBelowMount('/api/hooks/1/', '/api/hooks') // '/1'
 * pathBelowMount('/api/books/', '/api/hooks') // undefined
 * ```
 */
export function pathBelowMount(pathname: string, basePath: string): string | undefined {
  const path = withoutSlash(pathname)
  if (path === basePath) return ''
  return path.startsWith(`${basePath}/`) ? path.slice(basePath.length) : undefined
}

/** A base path as it stands in a URL: `'hooks/webhooks/'` is `'/hooks/webhooks'`, `'/höks'` is encoded, the root is `''`. */
export function normalBasePath(basePath: string): string {
  const path = withoutSlash(basePath)
  if (path === '') return ''
  // Appended and not resolved: `//hooks` would be a host.
  const url = URL.parse(`http://localhost${path.startsWith('/') ? path : `/${path}`}`)
  return url === null ? path : withoutSlash(url.pathname)
}

function withoutSlash(path: string): string {
  return path.endsWith('/') ? path.slice(0, -1) : path
}
