package zoom_test

import (
	"encoding/hex"
	"encoding/json"
	"errors"
	"strings"
	"testing"

	"github.com/earshot/earshot/zoom"
)

// TestChallengeSamples plays the documented request and response.
func TestChallengeSamples(t *testing.T) {
	ev := decode(t, string(read(t, "testdata/transport/endpoint.url_validation.request.json")))
	if ev.Class != zoom.ClassURLValidation || ev.TimeMs != 1767778200000 || len(ev.Unknown) > 0 {
		t.Fatalf("%+v", ev)
	}
	answer, err := zoom.Answer(readVectors(t).Secret, ev.PlainToken)
	if err != nil {
		t.Fatal(err)
	}
	var got, want map[string]string
	if err := json.Unmarshal(answer, &got); err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(read(t, "testdata/transport/endpoint.url_validation.response.json"), &want); err != nil {
		t.Fatal(err)
	}
	if len(got) != 2 || got["plainToken"] != want["plainToken"] || got["encryptedToken"] != want["encryptedToken"] {
		t.Errorf("answer %s, want %v", answer, want)
	}
}

func TestPlainToken(t *testing.T) {
	for _, token := range []string{"a", "Vq3xN8tYQ2aR6mLpZc0KbA", "-", "_", "AZaz09_-", strings.Repeat("x", 128)} {
		if _, err := zoom.Answer("s", token); err != nil || !zoom.ValidPlainToken(token) {
			t.Errorf("%q: %v", token, err)
		}
	}
	for _, token := range []string{
		"", strings.Repeat("x", 129), strings.Repeat("x", 1<<20), "v0:1767778201:{}", ":", "a:b", "a b", "a\n", "a\x00", `a"b`, `a\b`, "a/b", "a+b", "a=",
		"a.b", "{}", "é", "a\u2028", "\xff", "１", "[", "`", "@", "/", "{",
	} {
		if answer, err := zoom.Answer("s", token); !errors.Is(err, zoom.ErrPlainToken) || answer != nil || zoom.ValidPlainToken(token) {
			t.Errorf("%.20q: %s %v", token, answer, err)
		}
	}
}

// FuzzAnswer is the invariant that the rule for tokens is there for: whatever the token, the answer never has the signature
// of a notification in it, because a signed text has a colon and an answered one has not.
func FuzzAnswer(f *testing.F) {
	for _, s := range []string{"Vq3xN8tYQ2aR6mLpZc0KbA", "v0:1767778201:{}", "", ":", strings.Repeat("x", 129), "a\"b"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, token string) {
		answer, err := zoom.Answer("s3cret", token)
		mac := hex.EncodeToString(hmacOf("s3cret", token))
		switch {
		case strings.Contains(token, ":") && (err == nil || strings.Contains(string(answer), mac)):
			t.Fatalf("signed %q", token)
		case err != nil && answer != nil:
			t.Fatal("an error and an answer")
		case err == nil:
			var got struct{ PlainToken, EncryptedToken string }
			if err := json.Unmarshal(answer, &got); err != nil || got.PlainToken != token || got.EncryptedToken != mac {
				t.Fatalf("%s: %v", answer, err)
			}
		}
	})
}
