export { betterSqlite3 } from './better-sqlite3.ts'
export { drizzle } from './drizzle.ts'
export { nodeSqlite } from './node-sqlite.ts'
export { type Tx, type TxOption, toTx } from './tx.ts'
