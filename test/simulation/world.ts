import { Chance } from './chance.ts'
import type { Plan } from './plan.ts'
import { Scheduler } from './scheduler.ts'

/** The date on which a simulation begins. */
const BEGIN = Date.UTC(2030, 0, 1)

/** What all parts of one simulation share. */
export class World {
  readonly plan: Plan
  readonly scheduler: Scheduler
  /** What happened, a line each. */
  readonly trace: string[] = []
  readonly violations: string[] = []
  /** How often each fault has struck. */
  readonly faults = new Map<string, number>()
  /** Whether faults happen still. */
  stormy = true
  /** When they ended, in the scheduler's time. */
  calmSince: number | undefined

  constructor(plan: Plan) {
    this.plan = plan
    this.scheduler = new Scheduler(new Chance(plan.seed, 'order'))
  }

  /** The true time, in milliseconds since the epoch. */
  get now(): number {
    return BEGIN + this.scheduler.now
  }

  log(line: string): void {
    this.trace.push(`${this.scheduler.now.toFixed(2).padStart(10)}  ${line}`)
  }

  fault(kind: string, line: string): void {
    this.faults.set(kind, (this.faults.get(kind) ?? 0) + 1)
    this.log(`FAULT ${kind}: ${line}`)
  }

  /** Notes that an invariant is broken. */
  violated(line: string): void {
    this.log(`BROKEN ${line}`)
    this.violations.push(line)
  }

  require(holds: boolean, line: () => string): void {
    if (!holds) this.violated(line())
  }
}
