package zoom

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"hash"
	"strconv"
	"sync"
	"time"
)

// The reasons for which a notification is not accepted as Zoom's. Match them with errors.Is.
var (
	ErrNoSecret           = errors.New("no secret to check signatures with")
	ErrNoSignature        = errors.New("no signature")
	ErrMalformedSignature = errors.New("signature is not one v0= and 64 hexadecimal digits")
	ErrSignatureMismatch  = errors.New("signature fits none of the secrets")
	ErrNoTimestamp        = errors.New("no timestamp")
	ErrMalformedTimestamp = errors.New("timestamp is not a number of seconds")
	ErrTimestampTooOld    = errors.New("timestamp is older than the window")
	ErrTimestampTooNew    = errors.New("timestamp is newer than the window")
)

const (
	signaturePrefix = "v0="
	signatureLen    = len(signaturePrefix) + 2*sha256.Size
	maxTimestampLen = 20
)

// Sign returns the signature of a notification as Zoom writes it into the header [HeaderSignature]: "v0=" and the
// HMAC-SHA256 of "v0:", the text of the header [HeaderTimestamp], ":" and the body's bytes, in lower-case hexadecimal.
// See https://developers.zoom.us/docs/api/webhooks/. A [Signer] does the same faster.
func Sign(secret Secret, timestamp string, body []byte) string {
	return newSigner(secret).Sign(timestamp, body)
}

// Signer signs with one secret. It prepares the secret once and reuses its memory. It is safe for concurrent use.
type Signer struct {
	states sync.Pool // of *macState
}

// NewSigner returns a signer, or ErrNoSecret for an empty secret, with which anyone could sign.
func NewSigner(secret Secret) (*Signer, error) {
	if secret == "" {
		return nil, ErrNoSecret
	}
	return newSigner(secret), nil
}

func newSigner(secret Secret) *Signer {
	key := []byte(secret)
	return &Signer{states: sync.Pool{New: func() any { return &macState{hash: hmac.New(sha256.New, key)} }}}
}

// macState is one HMAC in progress. hash keeps the key's two blocks already hashed and returns to them with Reset; the
// buffers are here because what is passed to an interface's method escapes to the heap.
type macState struct {
	hash   hash.Hash
	prefix [4 + maxTimestampLen]byte
	sum    [sha256.Size]byte
}

// compute leaves the signature's bytes in m.sum.
func (m *macState) compute(timestamp string, body []byte) {
	m.hash.Reset()
	prefix := append(m.prefix[:0], "v0:"...)
	prefix = append(prefix, timestamp...)
	prefix = append(prefix, ':')
	m.hash.Write(prefix)
	m.hash.Write(body)
	m.hash.Sum(m.sum[:0])
}

// Sign returns what the function [Sign] does.
func (s *Signer) Sign(timestamp string, body []byte) string {
	m := s.states.Get().(*macState)
	m.compute(timestamp, body)
	var text [signatureLen]byte
	copy(text[:], signaturePrefix)
	hex.Encode(text[len(signaturePrefix):], m.sum[:])
	s.states.Put(m)
	return string(text[:])
}

// matches compares in constant time.
func (s *Signer) matches(signature *[sha256.Size]byte, timestamp string, body []byte) bool {
	m := s.states.Get().(*macState)
	m.compute(timestamp, body)
	ok := hmac.Equal(m.sum[:], signature[:])
	s.states.Put(m)
	return ok
}

// Verifier checks signatures against one or several secrets: those of several apps that share an endpoint, or the old and
// the new one while a secret is being changed. It is safe for concurrent use.
type Verifier struct {
	signers []*Signer
}

// NewVerifier returns a verifier for the given secrets. No secret at all, or an empty one, is ErrNoSecret.
func NewVerifier(secrets ...Secret) (*Verifier, error) {
	if len(secrets) == 0 {
		return nil, ErrNoSecret
	}
	v := &Verifier{}
	for i, secret := range secrets {
		s, err := NewSigner(secret)
		if err != nil {
			return nil, fmt.Errorf("secret %d of %d: %w", i+1, len(secrets), err)
		}
		v.signers = append(v.signers, s)
	}
	return v, nil
}

// Verify tells whether body is signed with one of the secrets. signature and timestamp are the texts of the headers
// [HeaderSignature] and [HeaderTimestamp], body is what was received, byte for byte: a body that was parsed and written anew
// has another signature. The error is one of ErrNoSignature, ErrMalformedSignature, ErrNoTimestamp, ErrMalformedTimestamp and
// ErrSignatureMismatch.
//
// Hexadecimal digits may be of either case. The timestamp must be all digits: since the signed text is "v0:", timestamp, ":"
// and body, a timestamp with a ":" would let the end of a signed body pass as a body.
//
// Verify says nothing about the timestamp's age: see [CheckTimestamp].
func (v *Verifier) Verify(signature, timestamp string, body []byte) error {
	_, err := v.Which(signature, timestamp, body)
	return err
}

// Which is Verify that also says which of the secrets fits, counted from 0; -1 with an error. It shows when the old one of two
// secrets is no longer used.
func (v *Verifier) Which(signature, timestamp string, body []byte) (int, error) {
	if signature == "" {
		return -1, ErrNoSignature
	}
	if timestamp == "" {
		return -1, ErrNoTimestamp
	}
	var want [sha256.Size]byte
	if !parseSignature(&want, signature) {
		return -1, ErrMalformedSignature
	}
	if !isDigits(timestamp) {
		return -1, ErrMalformedTimestamp
	}
	for i, s := range v.signers {
		if s.matches(&want, timestamp, body) {
			return i, nil
		}
	}
	return -1, ErrSignatureMismatch
}

// VerifyHeader is Verify with the headers of a request; an http.Header is one. A header that occurs twice is malformed.
func (v *Verifier) VerifyHeader(header map[string][]string, body []byte) error {
	signature, ok := single(header, canonicalSignature)
	if !ok {
		return ErrMalformedSignature
	}
	timestamp, ok := single(header, canonicalTimestamp)
	if !ok {
		return ErrMalformedTimestamp
	}
	return v.Verify(signature, timestamp, body)
}

// single returns the only value of a header, "" if there is none; not ok if there are several.
func single(header map[string][]string, name string) (value string, ok bool) {
	switch values := header[name]; len(values) {
	case 0:
		return "", true
	case 1:
		return values[0], true
	}
	return "", false
}

func parseSignature(dst *[sha256.Size]byte, s string) bool {
	if len(s) != signatureLen || s[:len(signaturePrefix)] != signaturePrefix {
		return false
	}
	s = s[len(signaturePrefix):]
	for i := range dst {
		hi, lo := hexDigit(s[2*i]), hexDigit(s[2*i+1])
		if hi|lo > 15 {
			return false
		}
		dst[i] = hi<<4 | lo
	}
	return true
}

// hexDigit returns the digit's value, 255 for what is none.
func hexDigit(c byte) byte {
	switch {
	case c >= '0' && c <= '9':
		return c - '0'
	case c >= 'a' && c <= 'f':
		return c - 'a' + 10
	case c >= 'A' && c <= 'F':
		return c - 'A' + 10
	}
	return 255
}

func isDigits(s string) bool {
	if len(s) == 0 || len(s) > maxTimestampLen {
		return false
	}
	for i := range len(s) {
		if s[i] < '0' || s[i] > '9' {
			return false
		}
	}
	return true
}

// CheckTimestamp tells whether the time in a request's [HeaderTimestamp] is within window of now, before or after. Check the
// signature first: it covers the timestamp. skew is how far the timestamp is behind now (negative: ahead), which also tells
// something about the own clock; it is 0 for a malformed timestamp.
//
// Zoom documents no tolerance, and not whether a retry, which may come 85 minutes later, is signed anew: a window of less than
// two hours can lose notifications. Replays are better recognised by their content.
//
// The error is one of ErrNoTimestamp, ErrMalformedTimestamp, ErrTimestampTooOld and ErrTimestampTooNew.
func CheckTimestamp(timestamp string, now time.Time, window time.Duration) (skew time.Duration, err error) {
	if timestamp == "" {
		return 0, ErrNoTimestamp
	}
	seconds, err := strconv.ParseUint(timestamp, 10, 63)
	if err != nil || !isDigits(timestamp) || seconds > 253402300799 { // the end of the year 9999
		return 0, ErrMalformedTimestamp
	}
	skew = now.Sub(time.Unix(int64(seconds), 0))
	switch {
	case skew > window:
		return skew, ErrTimestampTooOld
	case skew < -window:
		return skew, ErrTimestampTooNew
	}
	return skew, nil
}
