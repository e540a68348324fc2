import { createServer, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'

const HOSTILE = `<!doctype html><title>Oops</title><script>document.title='run'</script><img src=x onerror="document.title='run'">
\u001b[31mred\u001b[0m \u202Egnp.exe \u200Bzero width\u0000 ${'a very long line without any space '.replaceAll(' ', '_').repeat(60)}`

let flaky = 0

const ANSWERS: Readonly<Record<string, (response: ServerResponse) => void>> = {
  '/ok': (response) => {
    setTimeout(
      () => response.writeHead(200, { 'content-type': 'application/json' }).end('{"received":true}'),
      15 + Math.random() * 60,
    )
  },
  '/flaky': (response) => {
    flaky += 1
    if (flaky % 7 === 0)
      response.writeHead(503, { 'content-type': 'text/plain' }).end('upstream connect error')
    else setTimeout(() => response.writeHead(204).end(), Math.random() * 400)
  },
  '/broken': (response) => {
    const body = JSON.stringify({
      error: 'internal',
      trace: 'c8e1',
      detail: 'relation "orders" does not exist',
    })
    response.writeHead(500, { 'content-type': 'application/json', 'x-request-id': '7f3a' }).end(body)
  },
  '/hostile': (response) => {
    response
      .writeHead(400, { 'content-type': 'text/html', 'x-script': '<script>document.title="run"</script>' })
      .end(HOSTILE)
  },
  '/large': (response) => {
    response
      .writeHead(200, { 'content-type': 'application/json' })
      .end(JSON.stringify(Array.from({ length: 900 }, (_, id) => ({ id, name: `n${id}` }))))
  },
  // Never answers.
  '/slow': () => {},
}

/** Something on this machine for hooks to lead to. */
export async function startReceiver(): Promise<{ url: string; close: () => void }> {
  const server = createServer((request, response) => {
    request.resume()
    const answer = ANSWERS[(request.url ?? '/').split('?', 1)[0] ?? '/']
    if (answer === undefined) response.writeHead(404).end('Not found')
    else answer(response)
  })
  await new Promise<void>((resolve) =>
    server.listen(Number(process.env.RECEIVER_PORT ?? 5174), '127.0.0.1', resolve),
  )
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    close() {
      server.closeAllConnections()
      server.close()
    },
  }
}
