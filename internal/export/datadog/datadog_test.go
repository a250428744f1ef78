package datadog_test

import (
	"compress/gzip"
	"encoding/json"
	"errors"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/earshot/earshot/internal/export"
	"github.com/earshot/earshot/internal/export/datadog"
	"github.com/earshot/earshot/internal/export/exporttest"
)

// intake is as strict as Datadog's documentation of its API v2.
type intake struct {
	t       *testing.T
	mu      sync.Mutex
	logs    map[string]bool
	points  map[string]bool
	answers []int // before it takes anything
}

func (d *intake) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if r.Header.Get("DD-API-KEY") != "k" {
		w.WriteHeader(http.StatusForbidden)
		return
	}
	if r.URL.Path == "/api/v1/validate" {
		_, _ = w.Write([]byte(`{"valid":true}`))
		return
	}
	if len(d.answers) > 0 {
		w.Header().Set("Retry-After", "1")
		w.WriteHeader(d.answers[0])
		d.answers = d.answers[1:]
		return
	}
	z, err := gzip.NewReader(r.Body)
	if err != nil {
		d.t.Errorf("%s: %v", r.URL.Path, err)
		return
	}
	j := json.NewDecoder(z)
	j.DisallowUnknownFields()
	switch r.URL.Path {
	case "/api/v2/series":
		var body struct {
			Series []struct {
				Metric, Unit string
				Type         int
				Tags         []string
				Points       []struct {
					Timestamp int64
					Value     *float64
				}
				Resources []struct{ Name, Type string }
			}
		}
		err = j.Decode(&body)
		for _, s := range body.Series {
			if s.Type != 3 || len(s.Points) != 1 || s.Points[0].Value == nil || time.Since(time.Unix(s.Points[0].Timestamp, 0)) > time.Hour || s.Resources[0].Name != "h" {
				d.t.Errorf("series %+v", s)
			}
			d.points[s.Metric+strings.Join(s.Tags, ",")] = true
		}
	case "/api/v2/logs":
		j = json.NewDecoder(z)
		var body []map[string]any
		err = j.Decode(&body)
		if len(body) > 1000 {
			d.t.Errorf("%d logs at once", len(body))
		}
		for _, l := range body {
			d.logs[l["earshot.record.id"].(string)] = true
			if l["ddsource"] != "earshot" || l["message"] == "" || l["ddtags"] != "env:test" {
				d.t.Errorf("log %v", l)
			}
		}
	}
	if err != nil {
		d.t.Errorf("%s: %v", r.URL.Path, err)
	}
	w.WriteHeader(http.StatusAccepted)
}

func TestDatadogGetsEverything(t *testing.T) {
	d := &intake{t: t, logs: map[string]bool{}, points: map[string]bool{}, answers: []int{503, 429}}
	s := httptest.NewServer(d)
	defer s.Close()
	w := exporttest.New(t, 60)
	to, err := datadog.New(map[string]any{
		"api": map[string]any{"key": "k"}, "hostname": "h", "tags": []any{"env:test"}, "metrics": map[string]any{"endpoint": s.URL}, "logs": map[string]any{"endpoint": s.URL},
	})
	if err != nil {
		t.Fatal(err)
	}
	if said, err := to.Check(t.Context()); err != nil || said == "" {
		t.Errorf("check: %q, %v", said, err)
	}
	spec := export.Spec{Name: "dd", FromOldest: true, Logs: []export.Kind{export.KindEvent}, Metrics: []export.Kind{export.KindMinute}, MaxAge: datadog.MaxAge(true)}
	exporttest.Follow(t, w.Options(t.TempDir(), export.Target{Spec: spec, Destination: to}), exporttest.AllSent(120))
	for id := range w.IDs(export.KindEvent) {
		if !d.logs[id] {
			t.Errorf("%s is missing", id)
		}
	}
	if len(d.points) != 180 {
		t.Errorf("%d points, want 180", len(d.points))
	}
}

// Datadog says 202 of a payload of which it does not take everything.
func TestErrorsBesideAYesAreHeard(t *testing.T) {
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.WriteHeader(http.StatusAccepted)
		answer := `{"errors":[]}`
		if r.URL.Path == "/api/v2/series" {
			answer = `{"errors":["a tag is too long","a metric has no name"]}`
		}
		_, _ = w.Write([]byte(answer))
	}))
	defer s.Close()
	to, err := datadog.New(map[string]any{"api": map[string]any{"key": "k"}, "metrics": map[string]any{"endpoint": s.URL}, "logs": map[string]any{"endpoint": s.URL}})
	if err != nil {
		t.Fatal(err)
	}
	one := []*export.Record{{ID: "m-1", Kind: export.KindMinute, At: 1, Values: []export.Value{{Metric: export.MinuteGrade, Number: 1}}}}
	if err := to.Send(t.Context(), &export.Batch{Logs: one}); err != nil {
		t.Errorf("a log: %v", err)
	}
	for range 2 {
		var partial *export.PartialError
		if err := to.Send(t.Context(), &export.Batch{Logs: one, Metrics: one}); !errors.As(err, &partial) || partial.Refused != 2 || !strings.Contains(err.Error(), "a tag is too long") {
			t.Errorf("a point: %v", err)
		}
	}
}

func TestWrongKeysAreNamed(t *testing.T) {
	for want, keys := range map[string]map[string]any{
		"api.key is empty":            {},
		"api.site is":                 {"api": map[string]any{"key": "k", "site": "http://x/"}},
		"metrics.endpoint":            {"api": map[string]any{"key": "k"}, "metrics": map[string]any{"endpoint": "x"}},
		"unknown key api.application": {"api": map[string]any{"key": "k", "application": "x"}},
	} {
		if _, err := datadog.New(keys); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("want %q in %v", want, err)
		}
	}
}
