import { DatabaseSync } from 'node:sqlite'

export interface Failure {
  /** Milliseconds. */
  at: number
  message: string
}

/** The application, which goes on adding books while its tables are changed. */
export class Application {
  readonly database: DatabaseSync
  readonly failures: Failure[] = []
  added = 0
  #timer: NodeJS.Timeout | undefined

  constructor(path: string) {
    this.database = new DatabaseSync(path, { timeout: 5_000 })
  }

  /** Reads and writes as applications do, and goes on after a failure. */
  addBook(title: string): void {
    this.database.prepare('SELECT count(*) FROM book').get()
    this.database.prepare('INSERT INTO book (title, user_id) VALUES (?, 1)').run(title)
  }

  startAdding(): void {
    let count = 0
    this.#timer = setInterval(() => {
      count += 1
      try {
        this.addBook(`Book ${count}`)
        this.added += 1
      } catch (error) {
        this.failures.push({ at: performance.now(), message: String(error) })
      }
    }, 10)
  }

  /** For how long, in milliseconds, its writes failed. */
  get brokenFor(): number {
    return (this.failures.at(-1)?.at ?? 0) - (this.failures[0]?.at ?? 0)
  }

  /** What hookwright has in the database: `table hookwright_hook`, and so on. */
  ours(): string[] {
    return this.database
      .prepare(
        "SELECT type || ' ' || name AS thing FROM sqlite_schema WHERE name LIKE 'hookwright%' ORDER BY 1",
      )
      .all()
      .map(({ thing }) => String(thing))
  }

  hookColumns(): string[] {
    return this.database
      .prepare("SELECT name FROM pragma_table_info('hookwright_hook')")
      .all()
      .map(({ name }) => String(name))
  }

  close(): void {
    clearInterval(this.#timer)
    this.database.close()
  }
}
