import type { Snippet } from './snippet.ts'

export const go: Snippet = {
  name: 'go',
  words: 'Go',
  code: ({ id, timestamp, signature }) => `package webhook

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"net/http"
	"strconv"
	"strings"
	"time"
)

// Verify takes the body as it came.
func Verify(header http.Header, body []byte, secret string) error {
	id := header.Get("${id}")
	timestamp := header.Get("${timestamp}")
	seconds, err := strconv.ParseInt(timestamp, 10, 64)
	if err != nil {
		return errors.New("the timestamp is no number")
	}
	if age := time.Since(time.Unix(seconds, 0)); age > 5*time.Minute || age < -5*time.Minute {
		return errors.New("the timestamp is too far from now")
	}

	key, err := base64.StdEncoding.DecodeString(strings.TrimPrefix(secret, "whsec_"))
	if err != nil {
		return err
	}
	mac := hmac.New(sha256.New, key)
	mac.Write([]byte(id + "." + timestamp + "."))
	mac.Write(body)
	expected := "v1," + base64.StdEncoding.EncodeToString(mac.Sum(nil))
	// Several while the secret is rotated.
	for _, one := range strings.Split(header.Get("${signature}"), " ") {
		if hmac.Equal([]byte(one), []byte(expected)) {
			return nil
		}
	}
	return errors.New("the signature is wrong")
}
`,
}
