package export_test

import (
	"context"
	"encoding/json"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/earshot/earshot"
	"github.com/earshot/earshot/internal/export"
	"github.com/earshot/earshot/internal/export/exporttest"
)

// shelf is a destination that keeps what it gets.
type shelf struct {
	mu   sync.Mutex
	logs []*export.Record
}

func (s *shelf) Send(_ context.Context, b *export.Batch) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.logs = append(s.logs, b.Logs...)
	return nil
}

func (s *shelf) Check(context.Context) (string, error) { return "", nil }
func (s *shelf) Close() error                          { return nil }

func (s *shelf) text() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	var b strings.Builder
	for _, r := range s.logs {
		b.Write(r.JSON(nil))
		b.WriteByte('\n')
	}
	return b.String()
}

func idle(x *export.Exporter) bool {
	s := x.Status()[0]
	return s.Backlog == 0 && s.Lag == 0 && s.Sent+s.Gap > 0
}

func TestFiltersAndNames(t *testing.T) {
	w := exporttest.New(t, 40)
	for name, c := range map[string]struct {
		spec export.Spec
		want int
		has  []string
	}{
		"bad minutes": {export.Spec{Logs: []export.Kind{export.KindMinute}, Filter: export.Filter{Grades: []earshot.Grade{earshot.Bad}}}, 10,
			[]string{`"earshot.site":"Lyon"`, `"enduser.id":"zu"`, `"network.connection.type":"Wifi"`, `"zoom.qos.minute.stream.grade/audio/send":4`}},
		"names kept": {export.Spec{Logs: []export.Kind{export.KindMinute}, Redact: export.Redaction{Names: export.Keep, Emails: export.Keep}}, 40,
			[]string{`"enduser.name":"Ida Lind"`, `"enduser.email":"ida@example.com"`, `"zoom.meeting.topic":"Ida's week"`}},
		"a site": {export.Spec{Logs: []export.Kind{export.KindMinute, export.KindIncident}, Filter: export.Filter{Sites: []string{"Lyon"}}, Redact: export.Redaction{Addresses: export.Keep}}, 44,
			[]string{`"earshot.incident.cell":"10.20.4.0/24"`}},
		"samples": {export.Spec{Logs: []export.Kind{export.KindSample}, Filter: export.Filter{Events: []string{"meeting.*"}, Accounts: []string{"acc"}}}, 80,
			[]string{`"zoom.qos.loss.maximum":2`, `"zoom.stream":"cpu_usage"`, `"zoom.direction":"receive"`}},
	} {
		t.Run(name, func(t *testing.T) {
			c.spec.Name, c.spec.FromOldest = "a", true
			s := &shelf{}
			exporttest.Follow(t, w.Options(t.TempDir(), export.Target{Spec: c.spec, Destination: s}), func(*export.Exporter) bool {
				s.mu.Lock()
				defer s.mu.Unlock()
				return len(s.logs) >= c.want
			})
			if len(s.logs) != c.want {
				t.Errorf("%d records, want %d", len(s.logs), c.want)
			}
			text := s.text()
			for _, h := range c.has {
				if !strings.Contains(text, h) {
					t.Errorf("no %s in %.600s", h, text)
				}
			}
			for _, r := range s.logs {
				if !json.Valid(r.JSON(nil)) {
					t.Errorf("no JSON: %s", r.JSON(nil))
				}
			}
		})
	}
	none := &shelf{}
	spec := export.Spec{Name: "a", FromOldest: true, Logs: []export.Kind{export.KindEvent, export.KindMinute}, Filter: export.Filter{Accounts: []string{"other"}}}
	exporttest.Follow(t, w.Options(t.TempDir(), export.Target{Spec: spec, Destination: none}), func(x *export.Exporter) bool {
		return x.Status()[0].Backlog == 0 && x.Status()[0].State == export.StateOK
	})
	if len(none.logs) > 0 {
		t.Errorf("%d records of another account left", len(none.logs))
	}
}

// A mistyped site is no error, and nothing leaves: the status says why.
func TestTheStatusSaysWhichNamesNobodyHas(t *testing.T) {
	w, s := exporttest.New(t, 10), &shelf{}
	spec := export.Spec{Name: "a", FromOldest: true, Logs: []export.Kind{export.KindMinute}, Filter: export.Filter{Sites: []string{"Lyom"}, Accounts: []string{"acc", "acd"}}}
	var said []string
	exporttest.Follow(t, w.Options(t.TempDir(), export.Target{Spec: spec, Destination: s}), func(x *export.Exporter) bool {
		said = x.Status()[0].Warnings
		return len(said) > 0
	})
	want := []string{`filter.sites has "Lyom", and no site has that name; there are Lyon`, `filter.accounts has "acd", and nothing has come of that account yet`}
	if d := cmp.Diff(want, said); d != "" {
		t.Error(d)
	}
}

func TestANewDestinationBeginsWithWhatComes(t *testing.T) {
	w, s := exporttest.New(t, 20), &shelf{}
	o := w.Options(t.TempDir(), export.Target{Spec: export.Spec{Name: "a", Linger: time.Millisecond, Logs: []export.Kind{export.KindEvent}}, Destination: s})
	added := false
	exporttest.Follow(t, o, func(x *export.Exporter) bool {
		if !added && x.Status()[0].State == export.StateOK && x.Begun() {
			added = true
			w.AddEvents(t, 3)
		}
		return x.Status()[0].Sent >= 3
	})
	if len(s.logs) != 3 {
		t.Errorf("%d records, want the 3 that came", len(s.logs))
	}
}

func TestWhatIsOlderThanMaxBacklogIsAGap(t *testing.T) {
	w, s := exporttest.New(t, 20), &shelf{}
	o := w.Options(t.TempDir(), export.Target{Spec: export.Spec{Name: "a", FromOldest: true, MaxBacklog: 5 * time.Minute, Logs: []export.Kind{export.KindMinute}}, Destination: s})
	var end export.Status
	exporttest.Follow(t, o, func(x *export.Exporter) bool { end = x.Status()[0]; return idle(x) && end.Sent+end.Gap >= 20 })
	if end.Gap != 8 || end.Sent != 12 { // of ten minutes, twice: those of 6 to 9 minutes ago
		t.Errorf("gap %d, sent %d; want 8 and 12", end.Gap, end.Sent)
	}
}

func TestAJournalThatWasLostIsAGapAndItsSuccessorIsRead(t *testing.T) {
	dir, s := t.TempDir(), &shelf{}
	spec := export.Spec{Name: "a", FromOldest: true, Logs: []export.Kind{export.KindEvent}}
	first := exporttest.New(t, 30)
	exporttest.Follow(t, first.Options(dir, export.Target{Spec: spec, Destination: s}), exporttest.AllSent(30))
	second := exporttest.New(t, 20)
	var end export.Status
	exporttest.Follow(t, second.Options(dir, export.Target{Spec: spec, Destination: s}), func(x *export.Exporter) bool { end = x.Status()[0]; return end.Sent >= 50 })
	if end.Gap != 1 || len(s.logs) != 50 {
		t.Errorf("gap %d, %d records", end.Gap, len(s.logs))
	}
}

func TestAnHourThatWasComputedAgainLeavesRevised(t *testing.T) {
	w, s := exporttest.New(t, 10), &shelf{}
	h := earshot.DirtyHour{Account: 3, Hour: w.Now.Hour()}
	again := earshot.Minute{Segment: 1, Meeting: 5, Person: 7, Account: 3, At: w.Now, Grade: earshot.Bad, Reports: 2}
	if err := w.Facts.ReplaceHour(t.Context(), h, []earshot.Minute{again}); err != nil {
		t.Fatal(err)
	}
	o := w.Options(t.TempDir(), export.Target{Spec: export.Spec{Name: "a", FromOldest: true, Logs: []export.Kind{export.KindMinute}}, Destination: s})
	exporttest.Follow(t, o, func(x *export.Exporter) bool { return strings.Contains(s.text(), `"revised":true`) })
	last := s.logs[len(s.logs)-1]
	if !last.Revised || !w.IDs(export.KindMinute)[last.ID] {
		t.Errorf("%+v", last)
	}
}
