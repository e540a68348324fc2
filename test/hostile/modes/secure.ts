import type { Socket } from 'node:net'
import { drip, flood, say } from '../../../src/outbound/test-answers.ts'
import { testCertificate } from '../../../src/outbound/test-certificate.ts'
import { forever, ok } from '../../../src/outbound/test-server.ts'
import { expiredCertificate, strangerCertificate } from '../certificates.ts'
import { AGAIN, CHUNKED, DELIVERED, HEAD, modes, type Play } from '../mode.ts'

const greeted = (greet: (socket: Socket) => void): Play => ({
  scheme: 'https',
  connect: (socket) => void socket.once('data', () => greet(socket)),
})

/** Tricks with TLS. */
export const secure = modes([
  ['answers over TLS', '200', DELIVERED, { tls: testCertificate, answer: ok }],
  ['never begins its handshake', 'timeout', AGAIN, { scheme: 'https' }],
  [
    'drips its handshake',
    'timeout',
    AGAIN,
    greeted((socket) => {
      socket.write(Buffer.from('160303400002003ffc0303', 'hex'))
      forever(socket, 'x', 20)
    }),
  ],
  ['closes amid the handshake', 'tls', AGAIN, greeted((socket) => socket.end())],
  ['resets amid the handshake', 'tls', AGAIN, greeted((socket) => socket.resetAndDestroy())],
  [
    'refuses the handshake by an alert',
    'tls',
    AGAIN,
    greeted((socket) => socket.end(Buffer.from('15030300020228', 'hex'))),
  ],
  [
    'floods garbage into the handshake',
    'tls',
    AGAIN,
    greeted((socket) => forever(socket, 'x'.repeat(10_000))),
  ],
  ['speaks plain HTTP on a port of https', 'tls', AGAIN, greeted((socket) => ok(socket, ''))],
  ['shows an expired certificate', 'tls', AGAIN, { tls: expiredCertificate, answer: ok }],
  ['shows a certificate that nobody vouches for', 'tls', AGAIN, { tls: strangerCertificate, answer: ok }],
  [
    'shows a certificate of another name',
    'tls',
    AGAIN,
    { tls: testCertificate, host: 'localhost', answer: ok },
  ],
  [
    'speaks TLS 1.1 at the most',
    'tls',
    AGAIN,
    {
      tls: { ...testCertificate, minVersion: 'TLSv1', maxVersion: 'TLSv1.1', ciphers: 'DEFAULT@SECLEVEL=0' },
      answer: ok,
    },
  ],
  [
    'wants a certificate of the client',
    'protocol',
    AGAIN,
    { tls: { ...testCertificate, requestCert: true, rejectUnauthorized: true }, answer: ok },
  ],
  ['never answers over TLS', 'timeout', AGAIN, { tls: testCertificate, answer: say() }],
  [
    'drips its body over TLS',
    '200 cut',
    DELIVERED,
    { tls: testCertificate, answer: drip(`${HEAD}content-length: 9999\r\n\r\n`, 'z') },
  ],
  [
    'sends chunks without end over TLS',
    '200 cut',
    DELIVERED,
    { tls: testCertificate, answer: flood(CHUNKED, `2710\r\n${'x'.repeat(10_000)}\r\n`) },
  ],
])
