import type { Snippet } from './snippet.ts'

export const ruby: Snippet = {
  name: 'ruby',
  words: 'Ruby',
  code: ({ id, timestamp, signature }) => `require "base64"
require "openssl"

# Headers as a Hash with names in small letters, or what your framework has; the body as it came.
def verify(headers, body, secret)
  id = headers["${id}"].to_s
  timestamp = headers["${timestamp}"].to_s
  unless timestamp.match?(/\\A\\d+\\z/) && (Time.now.to_i - timestamp.to_i).abs <= 300
    raise ArgumentError, "The timestamp is too far from now."
  end

  key = Base64.decode64(secret.delete_prefix("whsec_"))
  content = "#{id}.#{timestamp}.".b + body.b
  expected = "v1," + Base64.strict_encode64(OpenSSL::HMAC.digest("SHA256", key, content))
  # Several while the secret is rotated.
  signatures = headers["${signature}"].to_s.split(" ")
  return if signatures.any? { |one| OpenSSL.secure_compare(one, expected) }

  raise ArgumentError, "The signature is wrong."
end
`,
}
