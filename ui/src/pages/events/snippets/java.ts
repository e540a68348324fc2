import type { Snippet } from './snippet.ts'

export const java: Snippet = {
  name: 'java',
  words: 'Java',
  code: ({ id, timestamp, signature }) => `import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.time.Instant;
import java.util.Base64;
import java.util.Map;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

public final class Webhook {
    /** Headers with names in small letters; the body as it came. */
    public static void verify(Map<String, String> headers, byte[] body, String secret)
            throws GeneralSecurityException {
        String id = headers.getOrDefault("${id}", "");
        String timestamp = headers.getOrDefault("${timestamp}", "");
        if (!timestamp.matches("[0-9]{1,15}")
                || Math.abs(Instant.now().getEpochSecond() - Long.parseLong(timestamp)) > 300) {
            throw new GeneralSecurityException("The timestamp is too far from now.");
        }

        byte[] key = Base64.getDecoder().decode(secret.replaceFirst("^whsec_", ""));
        Mac mac = Mac.getInstance("HmacSHA256");
        mac.init(new SecretKeySpec(key, "HmacSHA256"));
        mac.update((id + "." + timestamp + ".").getBytes(StandardCharsets.UTF_8));
        byte[] expected = ("v1," + Base64.getEncoder().encodeToString(mac.doFinal(body)))
                .getBytes(StandardCharsets.UTF_8);
        // Several while the secret is rotated.
        for (String one : headers.getOrDefault("${signature}", "").split(" ")) {
            if (MessageDigest.isEqual(expected, one.getBytes(StandardCharsets.UTF_8))) return;
        }
        throw new GeneralSecurityException("The signature is wrong.");
    }
}
`,
}
