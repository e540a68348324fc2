import { DatabaseSync } from 'node:sqlite'
import { describeSqliteStore } from './store-suite.ts'

describeSqliteStore('node:sqlite', (path) => new DatabaseSync(path))
