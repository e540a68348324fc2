import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'

/** Other people's servers: one that is well, one that is slow, one that fails now and then, and one that always does. */
export async function startReceivers(): Promise<{ origin: string; close(): void }> {
  const server = createServer((request, response) => {
    request.resume()
    const answer = (status: number, afterMs = 0) =>
      setTimeout(() => response.writeHead(status).end(), afterMs)
    if (request.url === '/slow') answer(200, 300 + Math.random() * 700)
    else if (request.url === '/moody') answer(Math.random() < 0.3 ? 503 : 200, 20)
    else if (request.url === '/broken') answer(500)
    else answer(204, Math.random() * 20)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    close() {
      server.closeAllConnections()
      server.close()
    },
  }
}
