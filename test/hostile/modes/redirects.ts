import { say } from '../../../src/outbound/test-answers.ts'
import type { Answer } from '../../../src/outbound/test-server.ts'
import { AGAIN, EMPTY, modes } from '../mode.ts'

const redirect = (status: number, location: string) =>
  say(`HTTP/1.1 ${status} Elsewhere\r\nlocation: ${location}\r\n${EMPTY}`)

/** Leads to where it is asked. */
const loop: Answer = (socket) => redirect(302, `http://127.0.0.1:${socket.localPort}/hook`)(socket, '')

/** None is followed: each is a response like any other. */
export const redirects = modes([
  ['redirects by 300', '300', AGAIN, redirect(300, 'http://127.0.0.1/')],
  ['redirects by 301 to a private address', '301', AGAIN, redirect(301, 'http://10.0.0.1/')],
  [
    'redirects by 302 to a metadata service',
    '302',
    AGAIN,
    redirect(302, 'http://169.254.169.254/latest/meta-data'),
  ],
  ['redirects by 303 to a file', '303', AGAIN, redirect(303, 'file:///etc/passwd')],
  ['redirects by 307 to a private address', '307', AGAIN, redirect(307, 'http://10.0.0.1/')],
  ['redirects by 308 to a private address', '308', AGAIN, redirect(308, 'http://[::1]/')],
  ['redirects to itself', '302', AGAIN, loop],
  ['redirects to nowhere', '302', AGAIN, redirect(302, '')],
  [
    'refreshes to a private address',
    '301',
    AGAIN,
    say(`HTTP/1.1 301 X\r\nrefresh: 0; url=http://10.0.0.1/\r\n${EMPTY}`),
  ],
])
