/** In percent. What is not all is never shown as 100. */
export function successRate({ attempts, delivered }: { attempts: number; delivered: number }): string {
  if (attempts === 0) return '–'
  const rate = Math.floor((delivered / attempts) * 1_000) / 10
  return `${rate.toFixed(rate === 100 ? 0 : 1)} %`
}
