import { DatabaseSync } from 'node:sqlite'
import { describeSqliteStore } from '../../../test/conformance/sqlite-store.suite.ts'

describeSqliteStore('node:sqlite', (path) => new DatabaseSync(path))
