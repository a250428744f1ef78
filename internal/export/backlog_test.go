package export_test

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/cockroachdb/pebble/v2/vfs"

	"github.com/earshot/earshot"
	"github.com/earshot/earshot/internal/export"
	"github.com/earshot/earshot/internal/export/exporttest"
	"github.com/earshot/earshot/internal/facts"
	"github.com/earshot/earshot/internal/facts/duckdb"
	"github.com/earshot/earshot/internal/journal"
	"github.com/earshot/earshot/internal/registry"
)

// office is Zoom's side and Earshot's stores: every minute somebody reports, somebody begins a meeting, and minutes and an incident come
// to be. It keeps the ledger of what there is to send.
type office struct {
	*exporttest.World // of names
	journal           *journal.Journal
	facts             *duckdb.Store
	n                 int // minutes that passed
	open              []earshot.Minute

	mu        sync.Mutex
	incidents []registry.IncidentEntry
	ledger    map[string]entry
}

// entry is a record that there is to send.
type entry struct {
	kind  export.Kind
	event string // its name
	grade earshot.Grade
	since time.Time // when it began to wait
}

func newOffice(t *testing.T) *office {
	t.Helper()
	j, err := journal.Open(journal.Options{
		Dir: "journal", FS: vfs.NewMem(), Heartbeat: time.Minute, MinFreeBytes: -1, Retention: 30 * time.Minute, ArchiveRetention: 10 * 24 * time.Hour,
	})
	if err != nil {
		t.Fatal(err)
	}
	f, err := duckdb.Open(duckdb.Options{Dir: t.TempDir(), Logger: slog.New(slog.DiscardHandler)})
	if err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(t.Context())
	ended := make(chan struct{})
	go func() { defer close(ended); _ = j.Run(ctx) }()
	t.Cleanup(func() {
		stop()
		<-ended
		if err := errors.Join(j.Close(), f.Close()); err != nil {
			t.Error(err)
		}
	})
	return &office{World: exporttest.New(t, 0), journal: j, facts: f, ledger: map[string]entry{}}
}

// live lets time pass.
func (o *office) live(t *testing.T, d time.Duration) {
	t.Helper()
	for end := time.Now().Add(d); time.Now().Before(end); time.Sleep(time.Minute) {
		o.n++
		now := earshot.InstantOf(time.Now())
		when := now.Time().Format(time.RFC3339)
		o.receive(t, "meeting.participant_qos", fmt.Sprintf(`"participant":{"user_id":"%d","qos":[{"date_time":"%s","type":"audio_input","details":{"jitter":"4 ms"}},`+
			`{"date_time":"%s","type":"cpu_usage","details":{"zoom_avg_cpu_usage":"6%%"}}]}`, o.n, when, when), 2)
		o.receive(t, "meeting.started", `"topic":"t"`, 0)
		o.judge(t, now)
	}
}

// receive appends an event with so many samples.
func (o *office) receive(t *testing.T, name, object string, samples int) {
	t.Helper()
	now := earshot.InstantOf(time.Now())
	body := fmt.Appendf(nil, `{"event":"%s","event_ts":%d,"payload":{"account_id":"acc","object":{"uuid":"u%d==",%s}}}`, name, int64(now), o.n, object)
	a, err := o.journal.Append(t.Context(), journal.Record{Kind: journal.KindEvent, ReceivedAt: now, Body: body})
	if err != nil {
		t.Fatal(err)
	}
	if err := o.journal.SetCursor("pipeline", a.Seq, true); err != nil { // what is applied is archived: it is read from there
		t.Fatal(err)
	}
	stem := fmt.Sprintf("%s-%d", o.journal.Stats().Journal, a.Seq)
	o.note("e-"+stem, entry{kind: export.KindEvent, event: name, since: now.Time()})
	for i := range samples {
		o.note(fmt.Sprintf("s-%s-%d", stem, i), entry{kind: export.KindSample, event: name, since: now.Time()})
	}
}

// judge makes two minutes, which are stored every ten minutes, and every hour an incident.
func (o *office) judge(t *testing.T, now earshot.Instant) {
	t.Helper()
	for k, g := range []earshot.Grade{earshot.Good, earshot.Bad} {
		m := earshot.Minute{Segment: earshot.ID(2*o.n + k), Meeting: 5, Person: 7, Account: 3, At: now.Minute(), Grade: g, Reports: 1}
		o.open = append(o.open, m)
		o.note(fmt.Sprintf("m-%s-%d", m.Segment, int64(m.At)/60_000), entry{kind: export.KindMinute, grade: g, since: m.At.Time()})
	}
	if o.n%10 == 0 {
		b := &facts.Batch{Cursor: facts.CursorFold, Journal: "j", From: uint64(o.n - 10), To: uint64(o.n), Minutes: o.open}
		if err := o.facts.Apply(t.Context(), b); err != nil {
			t.Fatal(err)
		}
		o.open = nil
	}
	if o.n%60 != 0 {
		return
	}
	i := earshot.Incident{ID: earshot.ID(o.n), Account: 3, State: earshot.IncidentOpen, Start: now, Updated: now}
	o.mu.Lock()
	o.incidents = append(o.incidents, registry.IncidentEntry{Seq: uint64(len(o.incidents)) + 1, Incident: i})
	o.mu.Unlock()
	o.note(fmt.Sprintf("i-%s-%d-open", i.ID, int64(now)), entry{kind: export.KindIncident, since: now.Time()})
}

func (o *office) note(id string, e entry) {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.ledger[id] = e
}

func (o *office) IncidentOutbox(_ context.Context, after uint64, limit int) ([]registry.IncidentEntry, error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	all := o.incidents[min(after, uint64(len(o.incidents))):]
	return all[:min(len(all), limit)], nil
}

func (o *office) IncidentOutboxTail(context.Context) (uint64, error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	return uint64(len(o.incidents)), nil
}

// tenant is a destination that notes when each record came, and may be down.
type tenant struct {
	mu    sync.Mutex
	down  bool
	came  map[string]time.Time
	twice int
}

func (d *tenant) Send(_ context.Context, b *export.Batch) error {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.down {
		return errors.New("connection refused")
	}
	for _, r := range b.Logs {
		if _, had := d.came[r.ID]; had {
			d.twice++
		}
		d.came[r.ID] = time.Now()
	}
	return nil
}

func (d *tenant) Check(context.Context) (string, error) { return "", nil }
func (d *tenant) Close() error                          { return nil }

func (d *tenant) is(down bool) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.down = down
}

// wants reports whether an entry of the ledger passes a destination's lists.
func wants(s *export.Spec, e entry) bool {
	for _, k := range s.Logs {
		if k == e.kind {
			return (len(s.Filter.Events) == 0 || strings.HasPrefix(e.event, "meeting.participant")) && (len(s.Filter.Grades) == 0 || s.Filter.Grades[0] == e.grade)
		}
	}
	return false
}

// TestAnOutageLongerThanMaxBacklog lets three destinations be down for four and a half hours though each has a backlog of one only; Earshot is
// restarted in between. What comes afterwards, and what is counted, is what the ledger says: to a record.
func TestAnOutageLongerThanMaxBacklog(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		const backlog = time.Hour
		o, dir := newOffice(t), t.TempDir()
		specs := []export.Spec{
			{Name: "everything", Logs: export.Kinds()},
			{Name: "reports", Logs: []export.Kind{export.KindEvent, export.KindSample}, Filter: export.Filter{Events: []string{"meeting.participant*"}}},
			{Name: "bad-minutes", Logs: []export.Kind{export.KindMinute}, Filter: export.Filter{Grades: []earshot.Grade{earshot.Bad}}},
		}
		peers := make([]*tenant, len(specs))
		for i := range specs {
			specs[i].FromOldest, specs[i].MaxBacklog, peers[i] = true, backlog, &tenant{came: map[string]time.Time{}}
		}
		during := func(f func(x *export.Exporter)) {
			options := export.Options{
				Dir: dir, Outbox: o.facts, Incidents: o, Directory: o, Key: []byte("key"), Watermark: func() earshot.Instant { return earshot.InstantOf(time.Now()) },
				Journal: func() (export.Journal, error) { return lasting{journal.NewSource(o.journal)}, nil },
			}
			for i := range specs {
				options.Targets = append(options.Targets, export.Target{Spec: specs[i], Destination: peers[i]})
			}
			x, err := export.New(options)
			if err != nil {
				t.Fatal(err)
			}
			ctx, stop := context.WithCancel(t.Context())
			ended := make(chan struct{})
			go func() { defer close(ended); _ = x.Run(ctx) }()
			f(x)
			stop()
			<-ended
			if err := x.Close(); err != nil {
				t.Error(err)
			}
		}
		all := func(down bool) {
			for _, p := range peers {
				p.is(down)
			}
		}
		during(func(x *export.Exporter) {
			o.live(t, 30*time.Minute)
			all(true)
			o.live(t, 50*time.Minute) // less than is kept
			for _, s := range x.Status() {
				if s.Gap != 0 || s.State != export.StateRetrying {
					t.Errorf("within max_backlog: %+v", s)
				}
			}
		})
		during(func(x *export.Exporter) {
			o.live(t, 2*time.Hour) // more than is kept
			for _, s := range x.Status() {
				if s.Gap == 0 || s.State != export.StateRetrying || s.Since.IsZero() {
					t.Errorf("beyond max_backlog: %+v", s)
				}
			}
		})
		during(func(x *export.Exporter) {
			o.live(t, 100*time.Minute)
			all(false)
			back := time.Now()
			o.live(t, 30*time.Minute)
			for i, s := range x.Status() {
				o.settle(t, &specs[i], peers[i], s, back)
			}
		})
	})
}

// settle compares what came with the ledger.
func (o *office) settle(t *testing.T, spec *export.Spec, p *tenant, s export.Status, back time.Time) {
	t.Helper()
	p.mu.Lock()
	defer p.mu.Unlock()
	missing, strange := uint64(0), 0
	for id := range p.came {
		if e, ok := o.ledger[id]; !ok || !wants(spec, e) {
			strange++
		}
	}
	const pause = 8 * time.Minute // the longest between two tries, and a minute
	for id, e := range o.ledger {
		if !wants(spec, e) {
			continue
		}
		switch at, came := p.came[id]; {
		case !came && e.since.Before(back.Add(pause-spec.MaxBacklog)):
			missing++
		case !came:
			t.Errorf("%s: %s waited since %s and is missing; the destination was back at %s", s.Name, id, e.since, back)
		case at.Sub(e.since) > spec.MaxBacklog:
			t.Errorf("%s: %s waited since %s and came at %s", s.Name, id, e.since, at)
		}
	}
	if missing == 0 || s.Gap != missing || s.Sent != uint64(len(p.came)) {
		t.Errorf("%s: %d are missing, %d came: %+v", s.Name, missing, len(p.came), s)
	}
	if strange+p.twice > 0 || s.TooOld+s.Aside+s.Skipped+s.Backlog > 0 || s.State != export.StateOK || s.Lag > 2*time.Second {
		t.Errorf("%s: %d came that should not, %d twice: %+v", s.Name, strange, p.twice, s)
	}
	t.Logf("%s: %d came, %d are a gap", s.Name, len(p.came), s.Gap)
}

// lasting is a journal that outlives an exporter.
type lasting struct{ journal.Source }

func (lasting) Close() error { return nil }
