package export

import (
	"strings"
	"testing"
	"time"

	"github.com/earshot/earshot"
)

func TestASpecSaysWhichKeyIsWrong(t *testing.T) {
	good := Spec{Name: "a", Logs: []Kind{KindEvent}}
	if err := good.Validate(); err != nil {
		t.Fatal(err)
	}
	for want, s := range map[string]Spec{
		"name is":                                 {Name: "../a", Logs: []Kind{KindEvent}},
		"logs and metrics are both empty":         {Name: "a"},
		"metrics has events":                      {Name: "a", Metrics: []Kind{KindEvent}},
		"batch.records is":                        {Name: "a", Logs: []Kind{KindEvent}, BatchRecords: -1},
		"batch.bytes is":                          {Name: "a", Logs: []Kind{KindEvent}, BatchBytes: 1},
		"filter.sites cannot narrow events":       {Name: "a", Logs: []Kind{KindEvent, KindMinute}, Filter: Filter{Sites: []string{"Lyon"}}},
		"filter.events cannot narrow minutes":     {Name: "a", Logs: []Kind{KindMinute}, Filter: Filter{Events: []string{"a"}}},
		"filter.accounts cannot narrow incidents": {Name: "a", Logs: []Kind{KindIncident}, Filter: Filter{Accounts: []string{"a"}}},
		"filter.grades cannot narrow incidents":   {Name: "a", Logs: []Kind{KindIncident}, Filter: Filter{Grades: []earshot.Grade{earshot.Bad}}},
		"filter.events has":                       {Name: "a", Logs: []Kind{KindEvent}, Filter: Filter{Events: []string{"[a"}}},
	} {
		if err := s.Validate(); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("want %q, got %v", want, err)
		}
	}
}

func TestStatusesAreClassed(t *testing.T) {
	type is struct{ permanent, refused, throttled bool }
	for status, want := range map[int]is{
		400: {permanent: true}, 413: {permanent: true}, 422: {permanent: true}, 401: {refused: true}, 403: {refused: true}, 404: {refused: true}, 302: {refused: true},
		429: {throttled: true}, 503: {throttled: true}, 408: {}, 500: {}, 502: {}, 504: {},
	} {
		err := StatusError(status, time.Minute, "a\nb")
		_, throttled := err.(*ThrottledError)
		if got := (is{isPermanent(err), isRefused(err), throttled}); got != want {
			t.Errorf("%d: %+v, want %+v", status, got, want)
		}
	}
	now := time.Date(2026, 1, 7, 9, 0, 0, 0, time.UTC)
	for header, want := range map[string]time.Duration{
		"": 0, "7": 7 * time.Second, "-1": 0, "x": 0, "Wed, 07 Jan 2026 09:02:00 GMT": 2 * time.Minute, "Wed, 07 Jan 2026 08:00:00 GMT": 0, "99999999999": 24 * time.Hour,
	} {
		if got := ParseRetryAfter(header, now); got != want {
			t.Errorf("Retry-After %q: %s, want %s", header, got, want)
		}
	}
}
