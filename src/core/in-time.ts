/** What a promise gives, or `otherwise` if it takes longer than `ms` milliseconds of real time, whatever the clock. */
export async function inTime<T>(promise: Promise<T>, ms: number, otherwise: T): Promise<T> {
  let timeout: NodeJS.Timeout | undefined
  const late = new Promise<T>((resolve) => {
    timeout = setTimeout(resolve, ms, otherwise)
  })
  try {
    return await Promise.race([promise, late])
  } finally {
    clearTimeout(timeout)
  }
}
