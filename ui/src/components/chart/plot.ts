/** Room for the numbers of the axis at the left, and for times below, in pixels. */
export const LEFT = 40
export const BELOW = 24
export const ABOVE = 8

const step = (width: number, count: number): number => (width - LEFT) / Math.max(1, count)

/** Which bar is at a place. */
export function indexAt(x: number, width: number, count: number): number | null {
  const index = Math.floor((x - LEFT) / step(width, count))
  return index >= 0 && index < count ? index : null
}

export function centreOf(index: number, width: number, count: number): number {
  return LEFT + (index + 0.5) * step(width, count)
}

/** The width of a bar: a gap stays between two of them as long as there is room for it. */
export function barWidth(width: number, count: number): number {
  const whole = step(width, count)
  return Math.max(1, Math.min(whole - 2, whole * 0.78))
}
