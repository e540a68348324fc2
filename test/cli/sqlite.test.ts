import { databaseSuite } from './database.suite.ts'
import { sqliteDatabase } from './shop.ts'

databaseSuite('SQLite', sqliteDatabase)
