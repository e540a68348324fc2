import { SEAMS, type Seams } from '../../src/operations/index.ts'

/** The clock, network and dispatcher of what createHooks made: a test may put its own in their places. */
export function seamsOf(hooks: object): Seams {
  return (hooks as { [SEAMS]: Seams })[SEAMS]
}
