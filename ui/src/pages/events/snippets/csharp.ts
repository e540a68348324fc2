import type { Snippet } from './snippet.ts'

export const csharp: Snippet = {
  name: 'csharp',
  words: 'C#',
  code: ({ id, timestamp, signature }) => `using System.Security.Cryptography;
using System.Text;

public static class Webhook
{
    /// <summary>Headers with names in small letters; the body as it came.</summary>
    public static void Verify(IReadOnlyDictionary<string, string> headers, byte[] body, string secret)
    {
        var id = headers.GetValueOrDefault("${id}", "");
        var timestamp = headers.GetValueOrDefault("${timestamp}", "");
        if (!long.TryParse(timestamp, out var seconds)
            || Math.Abs(DateTimeOffset.UtcNow.ToUnixTimeSeconds() - seconds) > 300)
            throw new CryptographicException("The timestamp is too far from now.");

        var key = Convert.FromBase64String(secret.StartsWith("whsec_") ? secret[6..] : secret);
        byte[] content = [.. Encoding.UTF8.GetBytes($"{id}.{timestamp}."), .. body];
        var expected = Encoding.UTF8.GetBytes("v1," + Convert.ToBase64String(HMACSHA256.HashData(key, content)));
        // Several while the secret is rotated.
        foreach (var one in headers.GetValueOrDefault("${signature}", "").Split(' '))
            if (CryptographicOperations.FixedTimeEquals(Encoding.UTF8.GetBytes(one), expected)) return;
        throw new CryptographicException("The signature is wrong.");
    }
}
`,
}
