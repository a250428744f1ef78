package export

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

var testKey = []byte("a key for tests")

// documented are the documented samples of every event.
func documented(t testing.TB) [][]byte {
	t.Helper()
	files, err := filepath.Glob("../../zoom/testdata/webhooks/*.json")
	if err != nil || len(files) < 10 {
		t.Fatalf("documented samples: %d, %v", len(files), err)
	}
	var all [][]byte
	for _, f := range files {
		raw, err := os.ReadFile(f)
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, raw)
	}
	return all
}

// canaries are what is personal in the documented samples.
var canaries = []string{
	"Marco Oyelaran", "Ida Lind", "Dr. Reyes", "Guest (phone)", "Weekly network review", "telehealth-118", "Leipzig", "example.com", "198.51.100.24", "192.0.2.57",
	"203.0.113.80", "00:00:5E:00:53:2A", "LAP-40721", "S4X9NF0M", "4930", "emp-40721", "tR7kZp2mQ9S1", "Jabra",
}

func TestNothingPersonalLeavesUnlessItIsKept(t *testing.T) {
	for name, r := range map[string]Redaction{"hash": {}, "drop": {Drop, Drop, Drop}} {
		redactor := NewRedactor(r, testKey)
		seen := 0
		for _, raw := range documented(t) {
			out, err := redactor.JSON(raw)
			if err != nil {
				t.Fatalf("%s: %v in %s", name, err, raw)
			}
			for _, c := range canaries {
				if strings.Contains(string(raw), c) {
					seen++
				}
				if strings.Contains(string(out), c) {
					t.Errorf("%s: %q left in %s", name, c, out)
				}
			}
		}
		if seen < 50 {
			t.Errorf("%s: the samples hold only %d canaries", name, seen)
		}
	}
}

func TestWhatIsKeptIsKeptWhole(t *testing.T) {
	redactor := NewRedactor(Redaction{Keep, Keep, Keep}, testKey)
	for _, raw := range documented(t) {
		out, err := redactor.JSON(raw)
		if err != nil || string(out) != string(raw) {
			t.Errorf("%v\n%s\n%s", err, raw, out)
		}
	}
}

func TestRedactsByKeyAndByLooks(t *testing.T) {
	hash := NewRedactor(Redaction{}, testKey)
	p := hash.Pseudonym
	for name, c := range map[string]struct{ in, want string }{
		"nothing":            {`{"event":"x","a":[1,null,true,"b"]}`, `{"event":"x","a":[1,null,true,"b"]}`},
		"a name":             {`{"user_name":"Ida"}`, `{"user_name":"` + p("Ida") + `"}`},
		"an empty name":      {`{"user_name":""}`, `{"user_name":""}`},
		"below a name":       {`{"topic":{"text":["Ida"]}}`, `{"topic":{"text":["` + p("Ida") + `"]}}`},
		"an unknown e-mail":  {`{"new":"write to Ida@Example.com"}`, `{"new":"` + p("write to ida@example.com") + `"}`},
		"an unknown address": {`{"new":"10.1.2.3:8801","v6":"[2001:db8::1]:80","mac":"00-11-22-aa-bb-cc"}`, `{"new":"` + p("10.1.2.3:8801") + `","v6":"` + p("[2001:db8::1]:80") + `","mac":"` + p("00-11-22-aa-bb-cc") + `"}`},
		"a time":             {`{"new":"2026-01-07T11:05:00Z","v":"6.6.11"}`, `{"new":"2026-01-07T11:05:00Z","v":"6.6.11"}`},
		"a number":           {`{"phone_number":4930123456,"n":1.50}`, `{"phone_number":"` + p("4930123456") + `","n":1.50}`},
		"escapes":            {`{"a":"\u00e9\n","user_name":"\u00e9"}`, `{"a":"é\n","user_name":"` + p("é") + `"}`},
	} {
		out, err := hash.JSON([]byte(c.in))
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		if d := cmp.Diff(c.want, string(out)); d != "" {
			t.Errorf("%s: %s", name, d)
		}
	}
	drop := NewRedactor(Redaction{Drop, Keep, Hash}, testKey)
	out, err := drop.JSON([]byte(`{"user_name":"Ida","email":"ida@example.com","ip_address":"10.0.0.1"}`))
	if want := `{"email":"ida@example.com","ip_address":"` + p("10.0.0.1") + `"}`; err != nil || string(out) != want {
		t.Errorf("%s, %v; want %s", out, err, want)
	}
}

func FuzzRedact(f *testing.F) {
	for _, raw := range documented(f) {
		f.Add(raw)
	}
	f.Add([]byte(`{"a":"` + strings.Repeat("[", 100) + `"}`))
	f.Add([]byte(strings.Repeat("[", 100)))
	f.Add([]byte(`{} x`))
	hash := NewRedactor(Redaction{}, testKey)
	f.Fuzz(func(t *testing.T, raw []byte) {
		out, err := hash.JSON(raw)
		if err != nil {
			if strings.Contains(err.Error(), "@") {
				t.Errorf("the error quotes: %v", err)
			}
			return
		}
		if json.Valid(raw) && !json.Valid(out) {
			t.Errorf("%s became no JSON: %s", raw, out)
		}
		// What is redacted once stays: pseudonyms look like nothing personal, and their keys' values are hashed again.
		if _, err := hash.JSON(out); err != nil {
			t.Errorf("cannot be read again: %v: %s", err, out)
		}
	})
}
