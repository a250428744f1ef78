package zoom

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"errors"
)

// ErrPlainToken says that a challenge's token is not what Zoom would send.
var ErrPlainToken = errors.New("plainToken is not 1 to 128 letters, digits, _ and -")

const maxPlainToken = 128

// ValidPlainToken tells whether a challenge's token may be answered: it matches ^[A-Za-z0-9_-]{1,128}$.
//
// The answer contains the token's HMAC under the very secret that signs notifications. Without this rule, whoever can have
// Zoom send a challenge, or replay one, could have "v0:1767778201:{...}" signed: a forged notification.
func ValidPlainToken(token string) bool {
	if len(token) == 0 || len(token) > maxPlainToken {
		return false
	}
	for i := range len(token) {
		c := token[i]
		if (c < '0' || c > '9') && (c < 'A' || c > 'Z') && (c < 'a' || c > 'z') && c != '_' && c != '-' {
			return false
		}
	}
	return true
}

// Answer returns the JSON with which an endpoint.url_validation notification is answered, with status 200 within 3 seconds:
// the token and its HMAC-SHA256 under the app's secret. Verify the notification's signature first and pass Event.PlainToken.
// See https://developers.zoom.us/docs/api/webhooks/.
//
// The error is ErrPlainToken, or ErrNoSecret for an empty secret.
func Answer(secret Secret, plainToken string) ([]byte, error) {
	if secret == "" {
		return nil, ErrNoSecret
	}
	if !ValidPlainToken(plainToken) {
		return nil, ErrPlainToken
	}
	mac := hmac.New(sha256.New, []byte(secret))
	mac.Write([]byte(plainToken))
	// The token needs no escaping: it has no character that JSON would escape.
	b := append([]byte(`{"plainToken":"`), plainToken...)
	b = append(b, `","encryptedToken":"`...)
	b = hex.AppendEncode(b, mac.Sum(nil))
	return append(b, `"}`...), nil
}
