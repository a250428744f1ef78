package promwrite_test

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/earshot/earshot/internal/export"
	"github.com/earshot/earshot/internal/export/exporttest"
	"github.com/earshot/earshot/internal/export/promwrite"
	"github.com/earshot/earshot/internal/running"
)

func TestAnswersAreClassed(t *testing.T) {
	for name, c := range map[string]struct {
		status int
		body   string
		want   func(export.Status) bool
	}{
		"too old":  {400, "out of order sample", func(s export.Status) bool { return s.TooOld == 10 }},
		"poison":   {400, "invalid label", func(s export.Status) bool { return s.Aside == 10 }},
		"refused":  {401, "", func(s export.Status) bool { return s.State == export.StateRefused && s.Aside == 0 }},
		"down":     {502, "", func(s export.Status) bool { return s.State == export.StateRetrying && s.Aside == 0 }},
		"throttle": {429, "", func(s export.Status) bool { return s.State == export.StateThrottled && s.Aside == 0 }},
	} {
		t.Run(name, func(t *testing.T) {
			s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { http.Error(w, c.body, c.status) }))
			defer s.Close()
			d, err := promwrite.New(t.Context(), promwrite.Options{Keys: map[string]any{"endpoint": s.URL}})
			if err != nil {
				t.Fatal(err)
			}
			w := exporttest.New(t, 10)
			spec := export.Spec{Name: "prom", FromOldest: true, Metrics: []export.Kind{export.KindMinute}}
			exporttest.Follow(t, w.Options(t.TempDir(), export.Target{Spec: spec, Destination: d}), func(x *export.Exporter) bool { return c.want(x.Status()[0]) })
		})
	}
}

func TestNobodyThereIsRetried(t *testing.T) {
	d, err := promwrite.New(t.Context(), promwrite.Options{Keys: map[string]any{"endpoint": "http://" + running.FreeAddress()}})
	if err != nil {
		t.Fatal(err)
	}
	w := exporttest.New(t, 10)
	spec := export.Spec{Name: "prom", FromOldest: true, Metrics: []export.Kind{export.KindMinute}}
	exporttest.Follow(t, w.Options(t.TempDir(), export.Target{Spec: spec, Destination: d}), func(x *export.Exporter) bool {
		s := x.Status()[0]
		if s.Aside > 0 {
			t.Fatalf("set aside because nobody answered: %+v", s)
		}
		return s.State == export.StateRetrying && s.Failed > 0
	})
}

func TestWrongKeysAreNamed(t *testing.T) {
	for want, keys := range map[string]map[string]any{
		"unknown key endpiont": {"endpiont": "x"},
		"wal":                  {"endpoint": "http://x", "wal": map[string]any{"directory": "/tmp"}},
	} {
		if _, err := promwrite.New(t.Context(), promwrite.Options{Keys: keys}); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("want %q in %v", want, err)
		}
	}
}
