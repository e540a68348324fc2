export { type Capture, type CaptureReport, createCapture } from './capture.ts'
export type { OwnersTable } from './dialect.ts'
export type { CaptureDrift, DriftKind } from './drift.ts'
export { decodeRow } from './row.ts'
