import { describeCapture } from './capture-suite.ts'
import { describeRows } from './row-suite.ts'

describeCapture('node:sqlite')
describeRows('node:sqlite')
