package pipeline

import (
	"cmp"
	"context"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/earshot/earshot"
	"github.com/earshot/earshot/emulator"
	"github.com/earshot/earshot/internal/grade"
	"github.com/earshot/earshot/internal/identity"
	"github.com/earshot/earshot/internal/journal"
	"github.com/earshot/earshot/internal/registry"
	"github.com/earshot/earshot/internal/site"
)

// memoryJournal is a journal in memory.
type memoryJournal struct {
	mu      sync.Mutex
	id      string
	records []journal.Record
	gone    int           // records that retention took, from the first on
	added   chan struct{} // closed and renewed when records are added
	cursor  uint64
}

func newMemoryJournal(id string, records []journal.Record) *memoryJournal {
	return &memoryJournal{id: id, records: records, added: make(chan struct{})}
}

func (j *memoryJournal) add(records ...journal.Record) {
	j.mu.Lock()
	defer j.mu.Unlock()
	for _, r := range records {
		r.Seq = uint64(len(j.records) + 1)
		j.records = append(j.records, r)
	}
	close(j.added)
	j.added = make(chan struct{})
}

func (j *memoryJournal) Info(context.Context) (journal.Info, error) {
	j.mu.Lock()
	defer j.mu.Unlock()
	return journal.Info{Journal: j.id, First: uint64(j.gone + 1), Tail: uint64(len(j.records))}, nil
}

func (j *memoryJournal) Read(_ context.Context, after uint64, max int) ([]journal.Record, error) {
	j.mu.Lock()
	defer j.mu.Unlock()
	if after < uint64(j.gone) {
		return nil, &journal.GapError{From: after + 1, To: uint64(j.gone)}
	}
	if after >= uint64(len(j.records)) {
		return nil, nil
	}
	return slices.Clone(j.records[after:min(int(after)+max, len(j.records))]), nil
}

func (j *memoryJournal) Follow(ctx context.Context, after uint64, fn func([]journal.Record) error) error {
	for {
		j.mu.Lock()
		added := j.added
		j.mu.Unlock()
		records, _ := j.Read(ctx, after, 50)
		if len(records) > 0 {
			if err := fn(records); err != nil {
				return err
			}
			after = records[len(records)-1].Seq
			continue
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-added:
		}
	}
}

func (j *memoryJournal) SetCursor(_ context.Context, _ string, seq uint64, _ bool) error {
	j.mu.Lock()
	defer j.mu.Unlock()
	j.cursor = seq
	return nil
}

// memoryRegistry keeps the newest state of segments and meetings.
type memoryRegistry struct {
	mu       sync.Mutex
	applied  map[string]uint64
	segments map[earshot.ID]earshot.Segment
	meetings map[earshot.ID]earshot.Meeting
	// incidents are replaced by states that are no older, as in the real one.
	incidents map[earshot.ID]earshot.Incident
}

func newMemoryRegistry() *memoryRegistry {
	return &memoryRegistry{
		applied: map[string]uint64{}, segments: map[earshot.ID]earshot.Segment{}, meetings: map[earshot.ID]earshot.Meeting{},
		incidents: map[earshot.ID]earshot.Incident{},
	}
}

func (r *memoryRegistry) Applied(_ context.Context, journal string) (uint64, bool, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	seq, ok := r.applied[journal]
	return seq, ok, nil
}

func (r *memoryRegistry) Apply(_ context.Context, c *registry.Changes) error {
	r.mu.Lock()
	defer r.mu.Unlock()
	if c.To < r.applied[c.Journal] {
		return nil
	}
	r.applied[c.Journal] = c.To
	for _, s := range c.Segments {
		r.segments[s.ID] = s
	}
	for _, m := range c.Meetings {
		r.meetings[m.ID] = m
	}
	for _, i := range c.Incidents {
		if i.Updated >= r.incidents[i.ID].Updated {
			r.incidents[i.ID] = i
		}
	}
	return nil
}

func (r *memoryRegistry) LiveIncidents(context.Context) (out []earshot.Incident, _ error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, i := range r.incidents {
		if i.State == earshot.IncidentOpen || i.State == earshot.IncidentQuiet {
			out = append(out, i)
		}
	}
	slices.SortFunc(out, func(a, b earshot.Incident) int { return cmp.Compare(a.ID, b.ID) })
	return out, nil
}

func (r *memoryRegistry) SegmentsByID(_ context.Context, ids []earshot.ID) (out []earshot.Segment, _ error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, id := range ids {
		if s, ok := r.segments[id]; ok {
			out = append(out, s)
		}
	}
	return out, nil
}

func (r *memoryRegistry) MeetingsByID(_ context.Context, ids []earshot.ID) (out []earshot.Meeting, _ error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, id := range ids {
		if m, ok := r.meetings[id]; ok {
			out = append(out, m)
		}
	}
	return out, nil
}

var testStart = time.Date(2026, 11, 12, 8, 0, 0, 0, time.UTC)

func testRules() Rules {
	keys := identity.NewKeys([16]byte{1, 2, 3})
	table, err := site.Load("", "", keys.Site)
	if err != nil {
		panic(err)
	}
	return Rules{
		Keys: keys, Profile: grade.Earshot(), Sites: func() *site.Table { return table },
		Input: func(earshot.ID) (audio, video earshot.InputMeaning) {
			return earshot.InputReceived, earshot.InputReceived
		},
	}
}

// traffic returns the records of an emulated organisation, in the order of delivery.
func traffic(t testing.TB, people int, d time.Duration, seed uint64) []journal.Record {
	t.Helper()
	e, err := emulator.New(emulator.Options{People: people, Seed: seed, From: testStart})
	if err != nil {
		t.Fatal(err)
	}
	var out []journal.Record
	for ev := range e.Generate(testStart, testStart.Add(d)) {
		out = append(out, journal.Record{
			Seq: uint64(len(out) + 1), Kind: journal.KindEvent, ReceivedAt: earshot.InstantOf(ev.Time), Body: slices.Clone(ev.Body),
		})
	}
	if len(out) < 100 {
		t.Fatalf("only %d events", len(out))
	}
	return out
}

// quiet returns heartbeats every ten seconds for d after the last record: time passes and everything is sealed.
func quiet(records []journal.Record, d time.Duration) []journal.Record {
	last := records[len(records)-1]
	var out []journal.Record
	for i := range int(d / (10 * time.Second)) {
		out = append(out, journal.Record{
			Seq: last.Seq + uint64(i) + 1, Kind: journal.KindHeartbeat, ReceivedAt: last.ReceivedAt.Add(time.Duration(i+1) * 10 * time.Second),
		})
	}
	return out
}
