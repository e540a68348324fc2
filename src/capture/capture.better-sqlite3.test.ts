import { describeCapture } from './capture-suite.ts'
import { describeRows } from './row-suite.ts'

// A file of its own, and so a process of its own: node:sqlite must not be loaded beside it.
describeCapture('better-sqlite3')
describeRows('better-sqlite3')
