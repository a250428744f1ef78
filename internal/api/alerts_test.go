package api_test

import (
	"context"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/earshot/earshot"
	"github.com/earshot/earshot/internal/alert/watch"
	"github.com/earshot/earshot/internal/api"
	"github.com/earshot/earshot/internal/registry"
)

type unasked interface{ api.Alerts }

// fakeAlerts remembers what was asked of the past. All else is not to be asked.
type fakeAlerts struct {
	unasked
	asked registry.AlertQuery
}

func (f *fakeAlerts) Alerts(_ context.Context, q registry.AlertQuery) (watch.Page, error) {
	f.asked = q
	return watch.Page{}, nil
}

// A page of a meeting or a person asks for alerts about it and about the incidents that touched it, whatever has become of those.
func TestAlertsAboutAPersonAndAMeeting(t *testing.T) {
	w := newWorld(t).fill(t).withIncidents(t)
	for query, want := range map[string][]earshot.ID{
		"state=past&person=" + ann.String():       {ann, lyonLink, annsWifi},
		"state=past&meeting=" + townHall.String(): {townHall, lyonLink},
		"state=past&meeting=" + planning.String(): {planning},
		"state=past": nil,
	} {
		read[page[api.AlertRow]](t, w, "/api/v1/alerts?"+query)
		if d := cmp.Diff(want, w.alerts.asked.About); d != "" {
			t.Errorf("%s asked about (-want +got):\n%s", query, d)
		}
		if w.alerts.asked.Firing != nil {
			t.Errorf("%s asked only for those that fire", query)
		}
	}
}
