export type { ByKey, CapturedRow, InsertByKey } from './by-key.ts'
export { type Capture, type CaptureOptions, type CaptureReport, createCapture } from './capture.ts'
export type { CaptureDrift, DriftKind } from './drift.ts'
export { decodeRow } from './row.ts'
