/** Lets others have a turn: on a synchronous database a long row of queries, each awaited, would leave them none. */
export function breath(): Promise<void> {
  return new Promise((resolve) => {
    setImmediate(resolve)
  })
}
