/** Anything that answers requests: `hooks`, for one. */
export interface Handling {
  /**
   * @param native the framework's own request
   * @param basePath where the mount is, if it knows: `/api/hooks`
   */
  handler(request: Request, native?: unknown, basePath?: string): Response | Promise<Response>
}
