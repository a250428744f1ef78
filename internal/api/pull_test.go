package api_test

import (
	"encoding/csv"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
)

// TestExport downloads minutes in parts and at once.
func TestExport(t *testing.T) {
	w := newWorld(t).fill(t)
	get := func(query string, status int) (*http.Response, string) {
		t.Helper()
		resp := httptest.NewRecorder()
		w.Handler().ServeHTTP(resp, httptest.NewRequest("GET", "/api/v1/export/minutes?"+query, nil))
		if resp.Code != status {
			t.Fatalf("%s: status %d, want %d: %s", query, resp.Code, status, resp.Body)
		}
		return resp.Result(), resp.Body.String()
	}
	span := "from=2026-01-01T00:00:00Z&to=2027-01-01T00:00:00Z"
	_, whole := get(span, 200)
	rows, err := csv.NewReader(strings.NewReader(strings.TrimPrefix(whole, "\uFEFF"))).ReadAll()
	if err != nil || len(rows) < 3 || rows[0][0] != "at" {
		t.Fatalf("%d rows, %v, in:\n%.300s", len(rows), err, whole)
	}
	text, after := "", ""
	for n := 0; n < 1000; n++ {
		query := span + "&limit=1"
		if after != "" {
			query += "&after=" + after
		}
		resp, body := get(query, 200)
		text += body
		if after = resp.Header.Get("Earshot-Next"); after == "" {
			break
		}
	}
	if text != whole {
		t.Errorf("in parts it is not what it is at once:\n%.300s\n%.300s", text, whole)
	}
	for query, want := range map[string]string{
		span + "&limit=1&after=bm8":                         "continuation",
		"from=2026-01-01T00:00:00Z&limit=1":                 "changes from part to part",
		"from=2026-01-01T00:00:00Z&after=x&limit=1":         "as the first had it",
		span + "&site=Nowhere":                              "no site of that id or name",
		span + "&format=xml":                                "format",
		"from=2026-01-02T00:00:00Z&to=2026-01-01T00:00:00Z": "after from",
	} {
		if _, body := get(query, 422); !strings.Contains(body, want) {
			t.Errorf("%s: %s, want %q in it", query, body, want)
		}
	}
}
