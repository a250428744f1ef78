package export

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/earshot/earshot"
	"github.com/earshot/earshot/internal/journal"
)

// appendSome appends an event of some kind: a report, another event, what is no event, or a heartbeat.
func (r *reel) appendSome(kind int) {
	n := len(r.records) + 1
	switch kind {
	case 0:
		r.append(fmt.Appendf(nil, `{"event":"meeting.participant_qos","event_ts":%d,"payload":{"account_id":"a","object":{"uuid":"u==","participant":{"id":"p%d","email":"ida@example.com",`+
			`"qos":[{"date_time":"2026-01-07T09:34:00Z","type":"audio_input","details":{"bitrate":"30 kbps","jitter":"4 ms"}},{"date_time":"2026-01-07T09:34:00Z","type":"video_output","details":{"latency":"80 ms"}}]}}}}`, n, n))
	case 1:
		r.append(fmt.Appendf(nil, `{"event":"meeting.started","event_ts":%d,"payload":{"account_id":"b","object":{"uuid":"u%d==","topic":"Ida's week"}}}`, n, n))
	case 2:
		r.append([]byte(`{"event":`))
	case 3:
		r.append(fmt.Appendf(nil, `{"event":"endpoint.url_validation","event_ts":%d,"payload":{"plainToken":"t"}}`, n))
	default:
		r.append(nil)
		r.records[n-1].Kind = journal.KindHeartbeat
	}
}

// Who gets what, with what redaction.
var feedSpecs = []Spec{
	{Logs: []Kind{KindEvent}},
	{Metrics: []Kind{KindSample}},
	{Logs: []Kind{KindEvent, KindSample}, Redact: Redaction{Names: Keep, Emails: Drop}},
	{Logs: []Kind{KindEvent}, Filter: Filter{Events: []string{"meeting.participant*"}}},
	{Logs: []Kind{KindSample}, Filter: Filter{Accounts: []string{"b"}}, Redact: Redaction{Names: Keep, Emails: Drop}},
}

func feedOf(r *reel, specs []Spec) (*journalFeed, []*journalSource) {
	f := newJournalFeed(r.reader, nil, []byte("key"))
	var all []*journalSource
	for i := range specs {
		s := specs[i].withDefaults()
		all = append(all, f.join(&s))
	}
	return f, all
}

// told is what came of readings.
type told struct {
	Records      []string
	Skipped, Gap uint64
}

func (o *told) add(c *chunk) {
	for _, rec := range c.records {
		o.Records = append(o.Records, string(rec.JSON(nil)))
	}
	o.Skipped, o.Gap = o.Skipped+c.skipped, o.Gap+c.gap
}

// TestReadingTogetherIsReadingAlone lets destinations read in any order, near one another and far behind, and wants each to get what it
// would get without the others.
func TestReadingTogetherIsReadingAlone(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		r := &reel{}
		f, all := feedOf(r, feedSpecs)
		at, got := make([]position, len(all)), make([]told, len(all))
		for i := range at {
			at[i].Journal = "j"
		}
		read := func(i int) bool {
			c, err := all[i].read(t.Context(), at[i])
			if err != nil {
				t.Fatal(err)
			}
			moved := c.next != at[i]
			at[i] = c.next
			got[i].add(&c)
			return moved
		}
		for range rapid.IntRange(0, 40).Draw(t, "steps") {
			if i := rapid.IntRange(-2, len(all)-1).Draw(t, "who"); i >= 0 {
				read(i)
				continue
			}
			for _, kind := range rapid.SliceOfN(rapid.IntRange(0, 4), 1, 30).Draw(t, "comes") {
				r.appendSome(kind)
			}
			if rapid.IntRange(0, 9).Draw(t, "forget") == 0 {
				f.recent = nil
			}
		}
		for i := range all {
			for read(i) {
			}
			_, alone := feedOf(r, feedSpecs[i:i+1])
			c, err := alone[0].read(t.Context(), position{Position: earshot.Position{Journal: "j"}})
			if err != nil {
				t.Fatal(err)
			}
			var want told
			want.add(&c)
			if diff := cmp.Diff(want, got[i]); diff != "" {
				t.Fatalf("destination %d got something else than alone (-alone +together):\n%s", i, diff)
			}
		}
	})
}

func TestTheNewestEventsAreReadAndMadeOnce(t *testing.T) {
	r := &reel{}
	_, all := feedOf(r, []Spec{feedSpecs[0], feedSpecs[0], feedSpecs[3]})
	for range 10 {
		r.appendSome(0)
	}
	var first *Record
	for i, s := range all {
		c, err := s.read(t.Context(), position{Position: earshot.Position{Journal: "j"}})
		if err != nil || len(c.records) != 10 {
			t.Fatalf("destination %d: %d records, %v", i, len(c.records), err)
		}
		if i == 0 {
			first = c.records[0]
		}
		if c.records[0] != first {
			t.Errorf("destination %d has a record of its own", i)
		}
	}
	if reads, n := r.counts(); reads != 1 || n != 10 {
		t.Errorf("read %d times, %d records; want 10 records at once", reads, n)
	}
}

// TestOneThatIsBehindReadsForItself wants what is kept to be bounded, and a destination that is not there to get all of it.
func TestOneThatIsBehindReadsForItself(t *testing.T) {
	r := &reel{}
	f, all := feedOf(r, []Spec{feedSpecs[0], feedSpecs[0]})
	head, slow := position{Position: earshot.Position{Journal: "j"}}, position{Position: earshot.Position{Journal: "j"}}
	long := fmt.Appendf(nil, `{"event":"meeting.started","event_ts":1,"payload":{"account_id":"a","object":{"uuid":"%s"}}}`, strings.Repeat("x", 10_000))
	const most = 6000
	for head.Seq < most {
		for range 500 {
			r.append(long)
		}
		c, err := all[0].read(t.Context(), head)
		if err != nil {
			t.Fatal(err)
		}
		head = c.next
	}
	size := int64(0)
	for _, b := range f.recent {
		size += b.size.Load()
	}
	if size > recentBytes || len(f.recent) == 0 || len(f.recent) > recentBlocks || f.recent[0].after == 0 {
		t.Errorf("%d blocks of %d bytes are kept", len(f.recent), size)
	}
	kept := len(f.recent)
	before, _ := r.counts()
	for slow.Seq < most {
		c, err := all[1].read(t.Context(), slow)
		if err != nil || c.next == slow {
			t.Fatalf("stands at %d: %v", slow.Seq, err)
		}
		slow = c.next
	}
	if reads, _ := r.counts(); reads == before || len(f.recent) != kept {
		t.Errorf("%d readings of its own, %d blocks instead of %d", reads-before, len(f.recent), kept)
	}
}

// held is a journal that answers when it is told to.
type held struct {
	*reel
	wait chan struct{}
}

func (h *held) Info(ctx context.Context) (journal.Info, error) { return reelReader{h.reel}.Info(ctx) }
func (h *held) Close() error                                   { return nil }

func (h *held) Read(ctx context.Context, after uint64, most int) ([]journal.Record, error) {
	select {
	case <-h.wait:
	case <-ctx.Done():
		return nil, ctx.Err()
	}
	return reelReader{h.reel}.Read(ctx, after, most)
}

// TestWhoWaitsForTheJournalEndsWithItsContext has two destinations at the newest event: one asks, the other waits for its answer.
func TestWhoWaitsForTheJournalEndsWithItsContext(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := &held{reel: &reel{}, wait: make(chan struct{})}
		f := newJournalFeed(func() (Journal, error) { return h, nil }, nil, []byte("key"))
		ctx, stop := context.WithTimeout(t.Context(), time.Second)
		defer stop()
		ended, came := make(chan error, 1), make(chan int, 2)
		spec := feedSpecs[0].withDefaults()
		at := position{Position: earshot.Position{Journal: "j"}}
		for range 2 {
			s := f.join(&spec)
			go func() {
				c, err := s.read(t.Context(), at)
				if err != nil {
					t.Error(err)
				}
				came <- len(c.records)
			}()
		}
		third := f.join(&spec)
		go func() { _, err := third.read(ctx, at); ended <- err }()
		if err := <-ended; err == nil {
			t.Error("it was answered")
		}
		h.appendSome(1)
		close(h.wait)
		if a, b := <-came, <-came; a != 1 || b != 1 {
			t.Errorf("%d and %d records, want one each", a, b)
		}
		if reads, _ := h.counts(); reads != 1 {
			t.Errorf("read %d times", reads)
		}
	})
}

// changing is a journal that is another after the first reading.
type changing struct {
	reelReader
	id    string
	stale bool
}

func (c *changing) Info(ctx context.Context) (journal.Info, error) {
	info, err := c.reelReader.Info(ctx)
	info.Journal = c.id
	return info, err
}

func (c *changing) Read(ctx context.Context, after uint64, most int) ([]journal.Record, error) {
	if c.stale {
		return nil, journal.ErrJournalChanged
	}
	return c.reelReader.Read(ctx, after, most)
}

func TestNothingIsLeftOfAJournalThatWasLost(t *testing.T) {
	first, second := &reel{}, &reel{}
	journals := []*changing{{reelReader: reelReader{first}, id: "j"}, {reelReader: reelReader{second}, id: "k"}}
	first.appendSome(1)
	second.appendSome(0)
	dialled := 0
	f := newJournalFeed(func() (Journal, error) { dialled++; return journals[dialled-1], nil }, nil, []byte("key"))
	spec := feedSpecs[0].withDefaults()
	a, b := f.join(&spec), f.join(&spec)
	at, err := a.read(t.Context(), position{Position: earshot.Position{Journal: "j"}})
	if err != nil {
		t.Fatal(err)
	}
	journals[0].stale = true
	if _, err := a.read(t.Context(), at.next); err == nil {
		t.Fatal("the change was not told")
	}
	c, err := b.read(t.Context(), position{Position: earshot.Position{Journal: "j"}})
	if err != nil || c.gap != 1 || c.next.Journal != "k" {
		t.Fatalf("%+v, %v", c, err)
	}
	if c, err = b.read(t.Context(), c.next); err != nil || len(c.records) != 1 || c.records[0].ID != "e-k-1" {
		t.Errorf("%+v, %v", c, err)
	}
}
