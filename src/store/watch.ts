/** What a store does so that its user need not ask it all the time whether there is something new. */
export interface Watch {
  /**
   * Tells whether the last look found something to do.
   *
   * @returns how long to sleep at the most before the next look, unless the listener is called, in milliseconds
   */
  looked(found: boolean): number
  end(): void
}
