import type { Snippet } from './snippet.ts'

export const python: Snippet = {
  name: 'python',
  words: 'Python',
  code: ({ id, timestamp, signature }) => `import base64
import hashlib
import hmac
import time


def verify(headers, body: bytes, secret: str) -> None:
    """Headers as a dict with names in small letters, or what your framework has; the body as it came."""
    message_id = headers.get("${id}") or ""
    timestamp = headers.get("${timestamp}") or ""
    if not (timestamp.isascii() and timestamp.isdigit()) or abs(time.time() - int(timestamp)) > 300:
        raise ValueError("The timestamp is too far from now.")

    key = base64.b64decode(secret.removeprefix("whsec_"))
    content = f"{message_id}.{timestamp}.".encode() + body
    expected = b"v1," + base64.b64encode(hmac.new(key, content, hashlib.sha256).digest())
    # Several while the secret is rotated.
    signatures = (headers.get("${signature}") or "").split(" ")
    if not any(hmac.compare_digest(expected, one.encode()) for one in signatures):
        raise ValueError("The signature is wrong.")
`,
}
