package zoom

import (
	"crypto/sha256"
	"crypto/subtle"
	"encoding/base64"
	"errors"
	"fmt"
	"net/textproto"
	"strings"
)

// The reasons for which a [Credential] refuses a request, and for which one cannot be made.
var (
	ErrNoCredential    = errors.New("no credential")
	ErrWrongCredential = errors.New("wrong credential")
	ErrEmptyCredential = errors.New("credential to check against is empty")
)

// Credential is a header that Zoom can be told to send in addition to the signature, or, in apps of long ago, instead of it:
// see https://developers.zoom.us/docs/api/webhooks/ and the custom header options beside it. It says
// who sends, not what: unlike the signature it does not protect the body. A Credential is safe for concurrent use; it holds
// only a digest of what it checks against.
type Credential struct {
	header string // in the form that net/http files headers under
	scheme string // "Basic", "Bearer", or "" for the bare value
	want   [sha256.Size]byte
}

// LegacyToken is the app's verification token in the authorization header. Zoom has announced its end for June 2025 but still
// documents it; accept nothing on its word alone.
func LegacyToken(token Secret) (Credential, error) {
	return newCredential("Authorization", "", string(token))
}

// BasicCredential is a user and password in the authorization header.
func BasicCredential(user string, password Secret) (Credential, error) {
	if user == "" || password == "" {
		return Credential{}, ErrEmptyCredential
	}
	if strings.Contains(user, ":") {
		return Credential{}, errors.New("a user name of basic authentication contains a colon (RFC 7617 §2)")
	}
	return newCredential("Authorization", "Basic", base64.StdEncoding.EncodeToString([]byte(user+":"+string(password))))
}

// BearerCredential is an OAuth token that Zoom got from one's own token address.
func BearerCredential(token Secret) (Credential, error) {
	return newCredential("Authorization", "Bearer", string(token))
}

// HeaderCredential is a header of one's own; Zoom puts "x-" before its name.
func HeaderCredential(name string, value Secret) (Credential, error) {
	if name == "" || strings.ContainsFunc(name, func(r rune) bool { return r <= ' ' || r == ':' || r > '~' }) {
		return Credential{}, fmt.Errorf("%q is no header name", name)
	}
	return newCredential(textproto.CanonicalMIMEHeaderKey(name), "", string(value))
}

func newCredential(header, scheme, want string) (Credential, error) {
	if want == "" {
		return Credential{}, ErrEmptyCredential
	}
	return Credential{header: header, scheme: scheme, want: sha256.Sum256([]byte(want))}, nil
}

// Header returns the name of the header that is checked.
func (c Credential) Header() string { return c.header }

// Check returns nil if the header has the expected value, exactly once; the scheme's case does not matter (RFC 9110 §11.1).
// It compares digests, in constant time, so that neither the value nor its length can be found by timing. Otherwise the error
// is ErrNoCredential or ErrWrongCredential. The zero Credential accepts nothing.
func (c Credential) Check(header map[string][]string) error {
	value, ok := single(header, c.header)
	if !ok {
		return ErrWrongCredential
	}
	if value == "" {
		return ErrNoCredential
	}
	if c.scheme != "" {
		scheme, rest, _ := strings.Cut(value, " ")
		if !strings.EqualFold(scheme, c.scheme) {
			return ErrWrongCredential
		}
		value = strings.TrimLeft(rest, " ")
	}
	got := sha256.Sum256([]byte(value))
	if subtle.ConstantTimeCompare(got[:], c.want[:]) != 1 {
		return ErrWrongCredential
	}
	return nil
}
