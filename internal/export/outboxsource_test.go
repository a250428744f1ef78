package export

import (
	"context"
	"encoding/json"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/earshot/earshot"
	"github.com/earshot/earshot/internal/facts"
	"github.com/earshot/earshot/internal/facts/factstest"
)

// nobody knows no names.
type nobody struct{}

func (nobody) Accounts(context.Context) ([]earshot.Account, error) { return nil, nil }
func (nobody) Sites(context.Context) ([]earshot.Site, error)       { return nil, nil }
func (nobody) PersonsByID(context.Context, []earshot.ID) ([]earshot.Person, error) {
	return nil, nil
}
func (nobody) MeetingsByID(context.Context, []earshot.ID) ([]earshot.Meeting, error) {
	return nil, nil
}
func (nobody) SegmentsByID(context.Context, []earshot.ID) ([]earshot.Segment, error) {
	return nil, nil
}

// outboxHour is where the minutes of these tests lie.
const outboxHour earshot.Instant = 1_772_442_000_000

func outboxOf(store Outbox, rows int) *outboxSource {
	spec := (&Spec{Name: "a", Logs: []Kind{KindMinute, KindSummary}}).withDefaults()
	return &outboxSource{derived: derived{
		spec: &spec, redact: NewRedactor(Redaction{}, []byte("k")), directory: nobody{}, tail: store.OutboxTail,
		watermark: func() earshot.Instant { return 0 }, now: time.Now,
	}, outbox: store, rows: rows}
}

// readAll reads an outbox as a process does that ends and begins again after every chunk: between them the position is text.
func readAll(t *rapid.T, s *outboxSource, from position, between func()) (all []*Record) {
	at := from
	for {
		c, err := s.read(t.Context(), at)
		if err != nil {
			t.Fatal(err)
		}
		if len(c.records) > s.rows+8 { // the summaries of one batch come with its last minutes
			t.Fatalf("%d records at once, want about %d", len(c.records), s.rows)
		}
		all = append(all, c.records...)
		if c.next == at {
			return all
		}
		text, err := json.Marshal(c.next)
		if err != nil {
			t.Fatal(err)
		}
		at = position{}
		if err := json.Unmarshal(text, &at); err != nil || at != c.next {
			t.Fatalf("position %s: %v", text, err)
		}
		if n, err := s.behind(t.Context(), at); err != nil || (n > 0) != c.full {
			t.Fatalf("%d entries wait at %s, and there is more: %v, %v", n, text, c.full, err)
		}
		between()
	}
}

func drawMinute(t *rapid.T, segment int) earshot.Minute {
	at := outboxHour + earshot.Instant(rapid.IntRange(0, 90).Draw(t, "minute"))*60_000
	return earshot.Minute{Segment: earshot.ID(segment), Account: 1, At: at, Grade: earshot.Grade(rapid.IntRange(1, 4).Draw(t, "grade")), Reports: 1}
}

// fill applies batches and replaces hours, as drawn.
func fill(t *rapid.T, m *factstest.Memory) {
	segment := 0
	for step := range rapid.IntRange(1, 6).Draw(t, "steps") {
		b := &facts.Batch{Cursor: facts.CursorFold, Journal: "j", From: uint64(step), To: uint64(step + 1)}
		for range rapid.IntRange(0, 12).Draw(t, "minutes") {
			segment++
			b.Minutes = append(b.Minutes, drawMinute(t, segment))
		}
		for i := range rapid.IntRange(0, 3).Draw(t, "summaries") {
			b.Summaries = append(b.Summaries, earshot.Summary{
				Segment: earshot.ID(i + 1), Account: 1, At: outboxHour + earshot.Instant(step), Wire: earshot.WireAudioInput, Bitrate: earshot.SummaryStat{Avg: earshot.Some(9)},
			})
		}
		if err := m.Apply(t.Context(), b); err != nil {
			t.Fatal(err)
		}
		if rapid.Bool().Draw(t, "replace") {
			replace(t, m, &segment)
		}
	}
}

func replace(t *rapid.T, m *factstest.Memory, segment *int) {
	h := earshot.DirtyHour{Account: 1, Hour: outboxHour + 3_600_000*earshot.Instant(rapid.IntRange(0, 1).Draw(t, "hour"))}
	var minutes []earshot.Minute
	for range rapid.IntRange(0, 20).Draw(t, "minutes of the hour") {
		*segment++
		one := drawMinute(t, *segment)
		one.At = h.Hour + earshot.Instant(rapid.IntRange(0, 3).Draw(t, "of hour"))*60_000
		minutes = append(minutes, one)
	}
	if err := m.ReplaceHour(t.Context(), h, minutes); err != nil {
		t.Fatal(err)
	}
}

func TestAnOutboxInPiecesIsTheSameRecordsInTheSameOrder(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		m := factstest.NewMemory()
		fill(t, m)
		want := readAll(t, outboxOf(m, 1_000_000), position{}, func() {})
		got := readAll(t, outboxOf(m, rapid.IntRange(1, 30).Draw(t, "rows at once")), position{}, func() {})
		if d := cmp.Diff(want, got, cmp.AllowUnexported(Record{})); d != "" {
			t.Fatal(d)
		}
	})
}

// An hour may be replaced again while it is being sent: in the end everything has arrived as it is now.
func TestAnHourThatIsReplacedWhileItLeavesArrives(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		m, segment := factstest.NewMemory(), 10_000
		fill(t, m)
		times := 2
		got := readAll(t, outboxOf(m, rapid.IntRange(1, 8).Draw(t, "rows at once")), position{}, func() {
			if times > 0 && rapid.Bool().Draw(t, "replace between") {
				times--
				replace(t, m, &segment)
			}
		})
		want := newest(readAll(t, outboxOf(m, 1_000_000), position{}, func() {}))
		had := newest(got)
		for id, text := range want {
			if had[id] != text {
				t.Fatalf("%s arrived as %q, want %s", id, had[id], text)
			}
		}
	})
}

// newest are the last records of each id.
func newest(all []*Record) map[string]string {
	out := map[string]string{}
	for _, r := range all {
		out[r.ID] = string(r.JSON(nil))
	}
	return out
}
