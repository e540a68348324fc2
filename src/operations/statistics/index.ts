export { BacklogReader } from './backlog.ts'
export type { CurrentStatistics } from './current.ts'
export {
  type AttemptStatistics,
  type Statistics,
  type StatisticsOptions,
  statistics,
} from './statistics.ts'
