/** Where hookwright reports to. pino fits as it is. Fields come first, then a sentence. */
export interface Logger {
  debug(fields: object, message: string): void
  info(fields: object, message: string): void
  warn(fields: object, message: string): void
  error(fields: object, message: string): void
}

function ignore(): void {}

/** Says nothing. */
export const silentLogger: Logger = { debug: ignore, info: ignore, warn: ignore, error: ignore }

/** Warnings and errors on the console: the default, so that trouble is seen without any configuration. */
export const consoleLogger: Logger = {
  debug: ignore,
  info: ignore,
  warn: (fields, message) => console.warn(`hookwright: ${message}`, fields),
  error: (fields, message) => console.error(`hookwright: ${message}`, fields),
}

/** A logger that never throws, whatever the one behind it does: an error in reporting must not stop deliveries. */
export function steadyLogger(logger: Logger): Logger {
  const steady = (level: keyof Logger) => (fields: object, message: string) => {
    try {
      logger[level](fields, message)
    } catch {
      // There is nobody left to tell.
    }
  }
  return { debug: steady('debug'), info: steady('info'), warn: steady('warn'), error: steady('error') }
}
