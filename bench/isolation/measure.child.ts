import { measureIsolation } from './measure.ts'

const [database = '', options = '{}'] = process.argv.slice(2)
const result = await measureIsolation(database, {
  ...JSON.parse(options),
  progress: (progress: string) => void process.send?.({ progress }),
})
process.send?.({ result })
