package zoom_test

import (
	"bytes"
	"compress/gzip"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/earshot/earshot/zoom"
)

type vectors struct {
	Secret  zoom.Secret `json:"secret_token"`
	Vectors []struct {
		Timestamp string `json:"x-zm-request-timestamp"`
		Body      string `json:"raw_body"`
		Signature string `json:"x-zm-signature"`
	}
	CRC struct{ PlainToken, EncryptedToken string }
}

func readVectors(tb testing.TB) (v vectors) {
	if err := json.Unmarshal(read(tb, "testdata/transport/signature_test_vectors.json"), &v); err != nil || len(v.Vectors) != 3 {
		tb.Fatal(err, len(v.Vectors))
	}
	return v
}

func verifier(tb testing.TB, secrets ...zoom.Secret) *zoom.Verifier {
	tb.Helper()
	v, err := zoom.NewVerifier(secrets...)
	if err != nil {
		tb.Fatal(err)
	}
	return v
}

func TestSignatureVectors(t *testing.T) {
	file := readVectors(t)
	v := verifier(t, file.Secret)
	for i, tt := range file.Vectors {
		if got := zoom.Sign(file.Secret, tt.Timestamp, []byte(tt.Body)); got != tt.Signature {
			t.Errorf("vector %d: Sign = %s, want %s", i, got, tt.Signature)
		}
		if err := v.Verify(tt.Signature, tt.Timestamp, []byte(tt.Body)); err != nil {
			t.Errorf("vector %d: Verify: %v", i, err)
		}
	}
	answer, err := zoom.Answer(file.Secret, file.CRC.PlainToken)
	if err != nil {
		t.Fatal(err)
	}
	if want := fmt.Sprintf(`{"plainToken":%q,"encryptedToken":%q}`, file.CRC.PlainToken, file.CRC.EncryptedToken); string(answer) != want {
		t.Errorf("Answer = %s, want %s", answer, want)
	}
}

// reference is the rule of Zoom's documentation, written down without regard to speed.
func reference(secret, timestamp, body string) string {
	mac := hmac.New(sha256.New, []byte(secret))
	mac.Write([]byte("v0:" + timestamp + ":" + body))
	return "v0=" + hex.EncodeToString(mac.Sum(nil))
}

func gzipped(s string) string {
	var b bytes.Buffer
	w := gzip.NewWriter(&b)
	_, _ = w.Write([]byte(s))
	_ = w.Close()
	return b.String()
}

// TestSignatureMatrix: what is accepted, and the reason given for everything else.
func TestSignatureMatrix(t *testing.T) {
	const (
		old, secret, other = "old-secret", "kZ8wQ1rT5yU9oP3aS7dF2g", "somebody else's"
		ts                 = "1767778201"
		body               = `{"event":"meeting.started","event_ts":1767778200000,"payload":{"object":{"topic":"Überblick – 日次 🚀 \/ a\u00e9"}}}`
	)
	good := reference(secret, ts, body)
	digits := strings.TrimPrefix(good, "v0=")
	flip := func(i int) string { // another digit, one or two bits away
		b := []byte(good)
		if b[i] ^= 1; b[i] > '9' && b[i] < 'a' || b[i] > 'f' {
			b[i] ^= 3
		}
		return string(b)
	}
	tests := []struct {
		name                string
		signature, ts, body string
		want                error
	}{
		{"signed", good, ts, body, nil},
		{"signed with the old secret", reference(old, ts, body), ts, body, nil},
		{"signed, upper-case digits", "v0=" + strings.ToUpper(digits), ts, body, nil},
		{"signed, digits of both cases", "v0=" + strings.ToUpper(digits[:32]) + digits[32:], ts, body, nil},
		{"signed, empty body", reference(secret, ts, ""), ts, "", nil},
		{"signed, gzip body", reference(secret, ts, gzipped(body)), ts, gzipped(body), nil},
		{"signed, NUL", reference(secret, ts, "\x00"), ts, "\x00", nil},
		{"signed, escaped NUL", reference(secret, ts, `"\u0000"`), ts, `"\u0000"`, nil},
		{"signed, lone surrogate", reference(secret, ts, `"\ud83d"`), ts, `"\ud83d"`, nil},
		{"signed, invalid UTF-8", reference(secret, ts, "\xff\xfe"), ts, "\xff\xfe", nil},
		{"signed, emoji", reference(secret, ts, "🚀👩‍👩‍👧"), ts, "🚀👩‍👩‍👧", nil},
		{"signed, 1 MiB", reference(secret, ts, strings.Repeat("x", 1<<20)), ts, strings.Repeat("x", 1<<20), nil},
		{"signed, timestamp 0", reference(secret, "0", body), "0", body, nil},
		{"signed, timestamp of 20 digits", reference(secret, strings.Repeat("9", 20), body), strings.Repeat("9", 20), body, nil},

		{"no signature", "", ts, body, zoom.ErrNoSignature},
		{"nothing at all", "", "", "", zoom.ErrNoSignature},
		{"no timestamp", good, "", body, zoom.ErrNoTimestamp},
		{"prefix only", "v0=", ts, body, zoom.ErrMalformedSignature},
		{"digits only", digits, ts, body, zoom.ErrMalformedSignature},
		{"v1", "v1=" + digits, ts, body, zoom.ErrMalformedSignature},
		{"V0", "V0=" + digits, ts, body, zoom.ErrMalformedSignature},
		{"v0:", "v0:" + digits, ts, body, zoom.ErrMalformedSignature},
		{"sha256=", "sha256=" + digits, ts, body, zoom.ErrMalformedSignature},
		{"one digit short", good[:len(good)-1], ts, body, zoom.ErrMalformedSignature},
		{"two digits short", good[:len(good)-2], ts, body, zoom.ErrMalformedSignature},
		{"half", good[:35], ts, body, zoom.ErrMalformedSignature},
		{"one digit more", good + "0", ts, body, zoom.ErrMalformedSignature},
		{"two digits more", good + "00", ts, body, zoom.ErrMalformedSignature},
		{"space before", " " + good, ts, body, zoom.ErrMalformedSignature},
		{"space behind", good + " ", ts, body, zoom.ErrMalformedSignature},
		{"space inside", "v0= " + digits[:63], ts, body, zoom.ErrMalformedSignature},
		{"line feed behind", good + "\n", ts, body, zoom.ErrMalformedSignature},
		{"NUL behind", good + "\x00", ts, body, zoom.ErrMalformedSignature},
		{"no hexadecimal digit first", "v0=g" + digits[1:], ts, body, zoom.ErrMalformedSignature},
		{"no hexadecimal digit last", good[:66] + "g", ts, body, zoom.ErrMalformedSignature},
		{"colon for a digit", "v0=:" + digits[1:], ts, body, zoom.ErrMalformedSignature},
		{"at sign for a digit", "v0=@" + digits[1:], ts, body, zoom.ErrMalformedSignature},
		{"not ASCII", "v0=é" + digits[2:], ts, body, zoom.ErrMalformedSignature},
		{"two in one", good + "," + good, ts, body, zoom.ErrMalformedSignature},
		{"quoted", `"` + good + `"`, ts, body, zoom.ErrMalformedSignature},
		{"base64", "v0=" + strings.Repeat("QUJD", 16), ts, body, zoom.ErrMalformedSignature},
		{"1 MiB", "v0=" + strings.Repeat("a", 1<<20), ts, body, zoom.ErrMalformedSignature},

		{"first digit off", flip(3), ts, body, zoom.ErrSignatureMismatch},
		{"middle digit off", flip(35), ts, body, zoom.ErrSignatureMismatch},
		{"last digit off", flip(66), ts, body, zoom.ErrSignatureMismatch},
		{"zeros", "v0=" + strings.Repeat("0", 64), ts, body, zoom.ErrSignatureMismatch},
		{"reversed", "v0=" + digits[32:] + digits[:32], ts, body, zoom.ErrSignatureMismatch},
		{"other secret", reference(other, ts, body), ts, body, zoom.ErrSignatureMismatch},
		{"empty secret", reference("", ts, body), ts, body, zoom.ErrSignatureMismatch},
		{"secret with a line feed", reference(secret+"\n", ts, body), ts, body, zoom.ErrSignatureMismatch},
		{"body alone", "v0=" + hex.EncodeToString(hmacOf(secret, body)), ts, body, zoom.ErrSignatureMismatch},
		{"no version", "v0=" + hex.EncodeToString(hmacOf(secret, ts+":"+body)), ts, body, zoom.ErrSignatureMismatch},
		{"unkeyed digest", fmt.Sprintf("v0=%x", sha256.Sum256([]byte("v0:"+ts+":"+body))), ts, body, zoom.ErrSignatureMismatch},
		{"body and one byte", good, ts, body + " ", zoom.ErrSignatureMismatch},
		{"body less one byte", good, ts, body[:len(body)-1], zoom.ErrSignatureMismatch},
		{"byte before the body", good, ts, "\n" + body, zoom.ErrSignatureMismatch},
		{"one byte changed", good, ts, strings.Replace(body, "started", "startef", 1), zoom.ErrSignatureMismatch},
		{"no body", good, ts, "", zoom.ErrSignatureMismatch},
		{"body written anew", good, ts, rewritten(t, body), zoom.ErrSignatureMismatch},
		{"body with CRLF", good, ts, body + "\r\n", zoom.ErrSignatureMismatch},
		{"gzip body, signed before", good, ts, gzipped(body), zoom.ErrSignatureMismatch},
		{"mark before the body", good, ts, "\xef\xbb\xbf" + body, zoom.ErrSignatureMismatch},
		{"timestamp one more", good, "1767778202", body, zoom.ErrSignatureMismatch},
		{"timestamp in ms", good, ts + "000", body, zoom.ErrSignatureMismatch},
		{"timestamp with a zero before", good, "0" + ts, body, zoom.ErrSignatureMismatch},
		{"timestamp and body moved", reference(secret, "17677782011", body), ts, "1" + body, zoom.ErrSignatureMismatch},

		// These are signed, but "v0:" ts ":" body must have one reading only.
		{"timestamp negative", reference(secret, "-1", body), "-1", body, zoom.ErrMalformedTimestamp},
		{"timestamp with a plus", reference(secret, "+1", body), "+1", body, zoom.ErrMalformedTimestamp},
		{"timestamp a float", reference(secret, "1.5", body), "1.5", body, zoom.ErrMalformedTimestamp},
		{"timestamp 1e30", reference(secret, "1e30", body), "1e30", body, zoom.ErrMalformedTimestamp},
		{"timestamp hexadecimal", reference(secret, "0x10", body), "0x10", body, zoom.ErrMalformedTimestamp},
		{"timestamp a date", reference(secret, "2026-01-07T09:30:01Z", body), "2026-01-07T09:30:01Z", body, zoom.ErrMalformedTimestamp},
		{"timestamp of 21 digits", reference(secret, strings.Repeat("1", 21), body), strings.Repeat("1", 21), body, zoom.ErrMalformedTimestamp},
		{"timestamp a space", reference(secret, " ", body), " ", body, zoom.ErrMalformedTimestamp},
		{"timestamp and a space", reference(secret, ts+" ", body), ts + " ", body, zoom.ErrMalformedTimestamp},
		{"timestamp of other digits", reference(secret, "١٢٣", body), "١٢٣", body, zoom.ErrMalformedTimestamp},
		{"end of a body as a body", reference(secret, ts, `{"a":{"event":"forged"}}`), ts + `:{"a"`, `{"event":"forged"}}`, zoom.ErrMalformedTimestamp},
	}
	if len(tests) < 60 {
		t.Fatalf("%d cases", len(tests))
	}
	v := verifier(t, old, secret)
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if err := v.Verify(tt.signature, tt.ts, []byte(tt.body)); !errors.Is(err, tt.want) || (err == nil) != (tt.want == nil) {
				t.Errorf("Verify: %v, want %v", err, tt.want)
			}
		})
	}
}

func hmacOf(secret, message string) []byte {
	mac := hmac.New(sha256.New, []byte(secret))
	mac.Write([]byte(message))
	return mac.Sum(nil)
}

// rewritten is what a receiver has that parses a body and writes it again.
func rewritten(t *testing.T, body string) string {
	var v any
	if err := json.Unmarshal([]byte(body), &v); err != nil {
		t.Fatal(err)
	}
	b, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

func TestVerifyHeader(t *testing.T) {
	const secret, ts, body = "s3cret", "1767778201", "{}"
	good := reference(secret, ts, body)
	header := func(pairs ...string) http.Header {
		h := http.Header{}
		for i := 0; i < len(pairs); i += 2 {
			h.Add(pairs[i], pairs[i+1])
		}
		return h
	}
	for name, tt := range map[string]struct {
		header http.Header
		want   error
	}{
		"both":           {header(zoom.HeaderSignature, good, zoom.HeaderTimestamp, ts), nil},
		"any case":       {header("X-ZM-SIGNATURE", good, "x-Zm-Request-timestamp", ts), nil},
		"none":           {header(), zoom.ErrNoSignature},
		"nil":            {nil, zoom.ErrNoSignature},
		"no timestamp":   {header(zoom.HeaderSignature, good), zoom.ErrNoTimestamp},
		"two, same":      {header(zoom.HeaderSignature, good, zoom.HeaderSignature, good, zoom.HeaderTimestamp, ts), zoom.ErrMalformedSignature},
		"two, good last": {header(zoom.HeaderSignature, "v0=", zoom.HeaderSignature, good, zoom.HeaderTimestamp, ts), zoom.ErrMalformedSignature},
		"two timestamps": {header(zoom.HeaderSignature, good, zoom.HeaderTimestamp, ts, zoom.HeaderTimestamp, ts), zoom.ErrMalformedTimestamp},
		"two clients":    {header(zoom.HeaderSignature, good, zoom.HeaderTimestamp, ts, zoom.HeaderClientID, "a", zoom.HeaderClientID, "b"), nil},
	} {
		if err := verifier(t, secret).VerifyHeader(tt.header, []byte(body)); !errors.Is(err, tt.want) || (err == nil) != (tt.want == nil) {
			t.Errorf("%s: %v, want %v", name, err, tt.want)
		}
	}
}

func TestRotation(t *testing.T) {
	const ts, body = "1767778201", "{}"
	v := verifier(t, "new", "old", "of another app")
	for i, secret := range []string{"new", "old", "of another app", "retired"} {
		got, err := v.Which(reference(secret, ts, body), ts, []byte(body))
		if i < 3 && (err != nil || got != i) || i == 3 && (!errors.Is(err, zoom.ErrSignatureMismatch) || got != -1) {
			t.Errorf("%s: %d, %v", secret, got, err)
		}
	}
}

func TestNoSecret(t *testing.T) {
	for _, secrets := range [][]zoom.Secret{nil, {}, {""}, {"good", ""}} {
		if v, err := zoom.NewVerifier(secrets...); !errors.Is(err, zoom.ErrNoSecret) || v != nil {
			t.Errorf("NewVerifier(%d secrets): %v", len(secrets), err)
		}
	}
	if _, err := zoom.NewSigner(""); !errors.Is(err, zoom.ErrNoSecret) {
		t.Errorf("NewSigner: %v", err)
	}
	if _, err := zoom.Answer("", "token"); !errors.Is(err, zoom.ErrNoSecret) {
		t.Errorf("Answer: %v", err)
	}
}

// TestConcurrentVerify shares one verifier and one signer; run it with -race.
func TestConcurrentVerify(t *testing.T) {
	v := verifier(t, "other", "s3cret")
	signer, err := zoom.NewSigner("s3cret")
	if err != nil {
		t.Fatal(err)
	}
	var wg sync.WaitGroup
	for g := range 8 {
		wg.Go(func() {
			for i := range 200 {
				ts, body := fmt.Sprint(1767778201+i), []byte(fmt.Sprint(g, i))
				signature := signer.Sign(ts, body)
				if want := reference("s3cret", ts, string(body)); signature != want {
					t.Errorf("Sign = %s, want %s", signature, want)
				}
				if err := v.Verify(signature, ts, body); err != nil {
					t.Error(err)
				}
				if err := v.Verify(signature, ts, append(body, '!')); err == nil {
					t.Error("accepted another body")
				}
			}
		})
	}
	wg.Wait()
}

func TestCheckTimestamp(t *testing.T) {
	now := time.Date(2026, 1, 7, 9, 30, 1, 0, time.UTC) // 1767778201
	const window = 24 * time.Hour
	for _, tt := range []struct {
		timestamp string
		skew      time.Duration
		want      error
	}{
		{"1767778201", 0, nil},
		{"1767778200", time.Second, nil},
		{"1767778202", -time.Second, nil},
		{"1767773101", 85 * time.Minute, nil}, // the last retry
		{"1767691801", window, nil},
		{"1767691800", window + time.Second, zoom.ErrTimestampTooOld},
		{"1767864601", -window, nil},
		{"1767864602", -window - time.Second, zoom.ErrTimestampTooNew},
		{"0", 1767778201 * time.Second, zoom.ErrTimestampTooOld},
		{"1767778201000", 0, zoom.ErrMalformedTimestamp}, // milliseconds
		{"253402300800", 0, zoom.ErrMalformedTimestamp},
		{"99999999999999999999", 0, zoom.ErrMalformedTimestamp},
		{"", 0, zoom.ErrNoTimestamp},
		{"-1", 0, zoom.ErrMalformedTimestamp},
		{"+1767778201", 0, zoom.ErrMalformedTimestamp},
		{"1767778201.5", 0, zoom.ErrMalformedTimestamp},
		{"1e30", 0, zoom.ErrMalformedTimestamp},
		{"now", 0, zoom.ErrMalformedTimestamp},
	} {
		skew, err := zoom.CheckTimestamp(tt.timestamp, now, window)
		if skew != tt.skew || !errors.Is(err, tt.want) || (err == nil) != (tt.want == nil) {
			t.Errorf("%q: %v, %v, want %v, %v", tt.timestamp, skew, err, tt.skew, tt.want)
		}
	}
}

// FuzzVerify: nothing but the right signature is accepted, and whatever is accepted is what the reference says.
func FuzzVerify(f *testing.F) {
	file := readVectors(f)
	for _, v := range file.Vectors {
		f.Add(v.Signature, v.Timestamp, []byte(v.Body))
		f.Add(strings.ToUpper(v.Signature), v.Timestamp+":", []byte(v.Body))
	}
	f.Add("", "", []byte(nil))
	v := verifier(f, file.Secret)
	f.Fuzz(func(t *testing.T, signature, timestamp string, body []byte) {
		want := reference(string(file.Secret), timestamp, string(body))
		err := v.Verify(signature, timestamp, body)
		if (err == nil) != (strings.EqualFold(signature[min(2, len(signature)):], want[2:]) && strings.HasPrefix(signature, "v0") && onlyDigits(timestamp)) {
			t.Errorf("Verify(%q, %q): %v", signature, timestamp, err)
		}
		if onlyDigits(timestamp) {
			if err := v.Verify(want, timestamp, body); err != nil {
				t.Errorf("right signature refused: %v", err)
			}
		}
	})
}

func onlyDigits(s string) bool {
	return len(s) > 0 && len(s) <= 20 && strings.Trim(s, "0123456789") == ""
}

// BenchmarkVerify is the receiver's cost of a notification's signature: the right secret is the only one.
func BenchmarkVerify(b *testing.B) {
	body := sevenEntries(b)
	v := verifier(b, "kZ8wQ1rT5yU9oP3aS7dF2g")
	signature := zoom.Sign("kZ8wQ1rT5yU9oP3aS7dF2g", "1767778201", body)
	b.SetBytes(int64(len(body)))
	b.ReportAllocs()
	for b.Loop() {
		if err := v.Verify(signature, "1767778201", body); err != nil {
			b.Fatal(err)
		}
	}
}
