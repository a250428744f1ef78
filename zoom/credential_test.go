package zoom_test

import (
	"encoding/json"
	"errors"
	"net/http"
	"strings"
	"testing"

	"github.com/earshot/earshot/zoom"
)

func must[T any](tb testing.TB) func(T, error) T {
	return func(v T, err error) T {
		tb.Helper()
		if err != nil {
			tb.Fatal(err)
		}
		return v
	}
}

// TestCredentialSamples checks each documented set of headers with each kind of credential: only its own is accepted.
func TestCredentialSamples(t *testing.T) {
	var sets map[string]map[string]string
	if err := json.Unmarshal(read(t, "testdata/transport/webhook_request_headers.json"), &sets); err != nil || len(sets) != 4 {
		t.Fatal(err, len(sets))
	}
	ok := must[zoom.Credential](t)
	credentials := map[string]zoom.Credential{
		"default (legacy verification token also present)": ok(zoom.LegacyToken("Xb7kQ0wZRrSLm2uVtYc5Pg")),
		"basic":  ok(zoom.BasicCredential("zoom", "s3cret")),
		"oauth":  ok(zoom.BearerCredential("<token from your token_url>")),
		"custom": ok(zoom.HeaderCredential("x-my-custom-key", "my-custom-value")),
	}
	for set, fields := range sets {
		header := http.Header{}
		for k, v := range fields {
			header.Set(k, v)
		}
		if id := header.Get(zoom.HeaderRequestID); len(id) != 36 {
			t.Errorf("%s: request id %q", set, id)
		}
		for kind, c := range credentials {
			if err := c.Check(header); (err == nil) != (kind == set) {
				t.Errorf("headers of %q, credential of %q: %v", set, kind, err)
			}
		}
	}
}

func TestCredential(t *testing.T) {
	ok := must[zoom.Credential](t)
	basic := ok(zoom.BasicCredential("zoom", "s3cret"))
	bearer := ok(zoom.BearerCredential("t0ken"))
	legacy := ok(zoom.LegacyToken("t0ken"))
	custom := ok(zoom.HeaderCredential("x-own", "value"))
	for _, tt := range []struct {
		name   string
		c      zoom.Credential
		values []string
		want   error
	}{
		{"basic", basic, []string{"Basic em9vbTpzM2NyZXQ="}, nil},
		{"basic, scheme of other case", basic, []string{"basic  em9vbTpzM2NyZXQ="}, nil},
		{"basic, other password", basic, []string{"Basic em9vbTpzM2NyZXU="}, zoom.ErrWrongCredential},
		{"basic, no scheme", basic, []string{"em9vbTpzM2NyZXQ="}, zoom.ErrWrongCredential},
		{"basic, scheme only", basic, []string{"Basic"}, zoom.ErrWrongCredential},
		{"basic, bearer", basic, []string{"Bearer em9vbTpzM2NyZXQ="}, zoom.ErrWrongCredential},
		{"basic, none", basic, nil, zoom.ErrNoCredential},
		{"basic, empty", basic, []string{""}, zoom.ErrNoCredential},
		{"basic, twice", basic, []string{"Basic em9vbTpzM2NyZXQ=", "Basic em9vbTpzM2NyZXQ="}, zoom.ErrWrongCredential},
		{"bearer", bearer, []string{"Bearer t0ken"}, nil},
		{"bearer, longer", bearer, []string{"Bearer t0kens"}, zoom.ErrWrongCredential},
		{"bearer, shorter", bearer, []string{"Bearer t0ke"}, zoom.ErrWrongCredential},
		{"bearer, case", bearer, []string{"Bearer T0ken"}, zoom.ErrWrongCredential},
		{"bearer, bare", bearer, []string{"t0ken"}, zoom.ErrWrongCredential},
		{"legacy", legacy, []string{"t0ken"}, nil},
		{"legacy, bearer", legacy, []string{"Bearer t0ken"}, zoom.ErrWrongCredential},
		{"custom", custom, []string{"value"}, nil},
		{"custom, other", custom, []string{"Value"}, zoom.ErrWrongCredential},
		{"zero", zoom.Credential{}, []string{"value"}, zoom.ErrNoCredential},
	} {
		header := http.Header{tt.c.Header(): tt.values}
		if tt.c.Header() == "" {
			header = http.Header{"Authorization": tt.values}
		}
		if err := tt.c.Check(header); !errors.Is(err, tt.want) || (err == nil) != (tt.want == nil) {
			t.Errorf("%s: %v, want %v", tt.name, err, tt.want)
		}
	}
	if err := (zoom.Credential{}).Check(http.Header{"": {""}}); err == nil {
		t.Error("the zero credential accepts")
	}
	if custom.Header() != "X-Own" {
		t.Errorf("header %q", custom.Header())
	}
}

func TestCredentialMistakes(t *testing.T) {
	for name, make := range map[string]func() (zoom.Credential, error){
		"legacy":     func() (zoom.Credential, error) { return zoom.LegacyToken("") },
		"bearer":     func() (zoom.Credential, error) { return zoom.BearerCredential("") },
		"no user":    func() (zoom.Credential, error) { return zoom.BasicCredential("", "p") },
		"no pass":    func() (zoom.Credential, error) { return zoom.BasicCredential("u", "") },
		"colon":      func() (zoom.Credential, error) { return zoom.BasicCredential("u:v", "p") },
		"no header":  func() (zoom.Credential, error) { return zoom.HeaderCredential("", "v") },
		"bad header": func() (zoom.Credential, error) { return zoom.HeaderCredential("x own", "v") },
		"no value":   func() (zoom.Credential, error) { return zoom.HeaderCredential("x-own", "") },
	} {
		if c, err := make(); err == nil || c != (zoom.Credential{}) {
			t.Errorf("%s: %v", name, err)
		} else if strings.Contains(err.Error(), "p4ss") {
			t.Errorf("%s: error shows the secret", name)
		}
	}
}
