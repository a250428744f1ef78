package api_test

import (
	"fmt"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// What a ticket says leads to whom it is about, how it was for them then, and to the minute.
func TestFind(t *testing.T) {
	w := newWorld(t).fill(t)
	type found struct {
		Kind  string
		From  *time.Time
		Items []struct {
			segmentRow
			In      struct{ ID, Topic string }
			Matched string
			Open    time.Time
			Then    struct {
				InternalIP string `json:"internal_ip"`
			} `json:"device_then"`
		}
		Meetings []struct{ ID, Topic string }
		Calls    []struct{ ID string }
	}
	find := func(q string, minute, span int) found {
		path := "/api/v1/find?q=" + url.QueryEscape(q)
		if minute != 0 {
			path += fmt.Sprintf("&span=%d&at=%s", span, url.QueryEscape(at(minute).Time().Format(time.RFC3339)))
		}
		return read[found](t, w, path)
	}
	for _, tt := range []struct {
		name, q      string
		minute, span int
		kind, want   string
	}{
		{"an address while it was bad", "10.20.0.5", -37, 5, "address", "Ann Ångström in Town hall: bad, 5 bad, 4 good at -37, 10.20.0.5 (10.20.0.5)"},
		{"when all was well", "10.20.0.5", -30, 2, "address", "Ann Ångström in Town hall: good, 0 bad, 5 good at -30, 10.20.0.5 (10.20.0.5)"},
		{"when they had another", "10.20.0.5", -10, 2, "address", ""},
		{"a subnet, with minutes that are not sealed", "10.20.0.0/16", -2, 2, "subnet", "Ann Ångström in Town hall: bad, 4 bad, 0 good at -2, 10.20.0.6 (10.20.0.6)"},
		{"a name, worst first", "ann å", -5, 10, "text", "Ann Ångström in Town hall: bad, 4 bad, 11 good at -5,  (10.20.0.6); Ann Ångström in Stand-up: good, 0 bad, 1 good at -5,  ()"},
		{"before they came", "ann å", -145, 20, "text", "Ann Ångström in Design review: good, 0 bad, 15 good at -150,  (); Ann Ångström in Design review: good, 0 bad, 25 good at -145,  ()"},
		{"whom nobody reports", "guest", -20, 5, "text", "Guest <script> in Town hall: unclassified, 0 bad, 0 good at -20,  ()"},
		{"the newest, at their worst", "10.20.0.5", 0, 0, "address", "Ann Ångström in Town hall: bad, 9 bad, 31 good at -40, 10.20.0.5 (10.20.0.5)"},
		{"a topic", "design rev", -150, 10, "text", "meeting Design review"},
		{"a number of a call", "+33 123 456-789", -95, 5, "number", "call " + goodCall.String()},
		{"an address of no call", "10.20.0.5", -95, 5, "address", ""},
	} {
		got := find(tt.q, tt.minute, tt.span)
		var all []string
		for _, i := range got.Items {
			all = append(all, fmt.Sprintf("%s in %s: %s, %d bad, %d good at %d, %s (%s)", i.Person.Name, i.In.Topic, i.Grade, i.Minutes.Bad, i.Minutes.Good,
				int(i.Open.Sub(noon.Time()).Minutes()), i.Matched, i.Then.InternalIP))
		}
		for _, m := range got.Meetings {
			all = append(all, "meeting "+m.Topic)
		}
		for _, c := range got.Calls {
			all = append(all, "call "+c.ID)
		}
		if diff := cmp.Diff(tt.want, strings.Join(all, "; ")); diff != "" || got.Kind != tt.kind {
			t.Errorf("%s: kind %s, want %s; (-want +got):\n%s", tt.name, got.Kind, tt.kind, diff)
		}
	}
	if got := find("cat", 0, 0); got.From != nil {
		t.Errorf("two meetings of a day: looked back to %v only", got.From)
	}
}
