import { type Answer, forever } from './test-server.ts'

/** What a server of a test may do with a request, as the pieces of which receivers' tricks are made. */

/** Writes and waits. Without texts it says nothing, and keeps the connection. */
export const say =
  (...texts: (string | Buffer)[]): Answer =>
  (socket) => {
    for (const text of texts) socket.write(text)
  }

export const sayAndClose =
  (text: string | Buffer): Answer =>
  (socket) =>
    socket.end(text)

export const sayAndReset =
  (text: string): Answer =>
  (socket) =>
    socket.write(text, () => setTimeout(() => socket.resetAndDestroy(), 30))

/** Writes `start`, and then the text for ever, as fast as it is read. */
export const flood =
  (start: string, text: string | Buffer): Answer =>
  (socket) => {
    socket.write(start)
    forever(socket, text)
  }

/** Writes `start`, and then the text for ever, a little at a time. */
export const drip =
  (start: string, text: string): Answer =>
  (socket) => {
    socket.write(start)
    forever(socket, text, 20)
  }
