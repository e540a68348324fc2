import Database from 'better-sqlite3'
import { describeSqliteStore } from '../../../test/conformance/sqlite-store.suite.ts'

describeSqliteStore('better-sqlite3', (path) => new Database(path))
