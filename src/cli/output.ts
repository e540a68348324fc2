import { styleText } from 'node:util'
import { escapeJson, escapeText } from './escape.ts'
import { type Cell, type Column, table } from './table.ts'

/** A style of `util.styleText`: 'bold', ['bold', 'red']. */
export type Format = Parameters<typeof styleText>[0]

/** Where a command prints. What it prints to stdout is its result; everything else goes to stderr. */
export interface Output {
  /** `--json`: what is printed is JSON alone. */
  readonly json: boolean
  /** Whether stdout is a terminal. */
  readonly isTerminal: boolean
  /** Columns of the terminal; infinite where stdout is none. */
  readonly width: number
  /** Aborted once nobody reads stdout any more (`| head`): what follows live ends then. */
  readonly gone: AbortSignal
  /** The result: JSON of `value` with `--json`, otherwise what `text` gives. */
  print(value: unknown, text: () => string): void
  /** One of many as they come: JSON of `value` on one line with `--json`, otherwise what `text` gives. */
  live(value: unknown, text: () => string): void
  /** A line on stdout, not with `--json`. */
  line(text: string): void
  /** A line on stderr: progress, hints. */
  note(text: string): void
  /** Text as it is, for what is a file already (SQL, OpenAPI): with and without `--json`. */
  raw(text: string): void
  /** A line on stderr that the next one takes the place of; on a terminal only. The empty text removes it. */
  progress(text: string): void
  /** Text in a style, where stdout is a terminal and NO_COLOR is not set. Control characters in it are shown, not sent. */
  style(format: Format, text: string): string
  /** Text from outside on one line: control characters in it are shown, not sent. */
  escape(text: string): string
  /** Rows under aligned columns, without a newline at the end. Cells are escaped. */
  table(columns: readonly Column[], rows: readonly (readonly Cell[])[]): string
}

/** What an output needs of a stream: stdout and stderr of the process, or a test's. */
export interface OutputStream {
  write(text: string): unknown
  readonly isTTY?: boolean
  readonly columns?: number
}

export interface OutputOptions {
  stdout: OutputStream & NodeJS.WritableStream
  stderr: OutputStream & NodeJS.WritableStream
  json: boolean
  gone: AbortSignal
}

export function createOutput({ stdout, stderr, json, gone }: OutputOptions): Output {
  const isTerminal = stdout.isTTY === true
  const style = (format: Format, text: string) =>
    json ? escapeText(text) : styleText(format, escapeText(text), { stream: stdout })
  const width = () => (isTerminal ? (stdout.columns ?? 80) : Number.POSITIVE_INFINITY)
  const isLive = stderr.isTTY === true && !json
  let shown = false
  const clear = () => {
    if (shown) stderr.write('\r\x1b[2K')
    shown = false
  }
  const write = (stream: OutputStream, text: string) => {
    clear()
    stream.write(text.endsWith('\n') || text === '' ? text : `${text}\n`)
  }
  return {
    json,
    isTerminal,
    get width() {
      return width()
    },
    gone,
    print(value, text) {
      write(stdout, json ? `${escapeJson(value, 2)}\n` : text())
    },
    live(value, text) {
      write(stdout, json ? `${escapeJson(value)}\n` : text())
    },
    line(text) {
      if (!json) write(stdout, text === '' ? '\n' : text)
    },
    note(text) {
      write(stderr, text)
    },
    raw(text) {
      clear()
      stdout.write(text)
    },
    progress(text) {
      if (!isLive) return
      clear()
      if (text === '') return
      stderr.write(escapeText(text).slice(0, (stderr.columns ?? 80) - 1))
      shown = true
    },
    style,
    escape: escapeText,
    table: (columns, rows) => table(columns, rows, { style, width: width() }),
  }
}
