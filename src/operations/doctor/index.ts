export { type DoctorOptions, examine } from './doctor.ts'
export type { CheckName, Finding, FindingState } from './finding.ts'
