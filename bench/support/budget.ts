/**
 * Divides time among parts that come one after the other: what one leaves over is for those behind it.
 *
 * @param ms for all of them together, from now on
 * @returns to be called as each part begins: how long it may take, in milliseconds
 */
export function budget(ms: number, parts: number): () => number {
  const end = performance.now() + ms
  let left = parts
  return () => {
    const share = Math.max(0, end - performance.now()) / Math.max(left, 1)
    left -= 1
    return share
  }
}
