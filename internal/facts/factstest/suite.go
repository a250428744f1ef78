package factstest

import (
	"context"
	"errors"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/earshot/earshot"
	"github.com/earshot/earshot/internal/facts"
)

// Opener opens the store that lives in dir, or begins it. The suite closes it, and opens the same dir again.
type Opener func(t testing.TB, dir string) facts.Store

// Test runs the suite. Every implementation must pass all of it; what only one promises (damage, backups, speed) is tested
// beside that one.
func Test(t *testing.T, open Opener) {
	for _, c := range []struct {
		name string
		test func(*testing.T, Opener)
	}{
		{"ApplyIsExactlyOnce", testApplyOnce},
		{"ApplyKeepsCursorsApart", testCursors},
		{"ApplyIsWholeOrNotAtAll", testWhole},
		{"RowsComeBackAsTheyWent", testRoundTrip},
		{"FiltersNarrow", testFilters},
		{"DoublesAreMerged", testDoubles},
		{"LaterSummaryReplaces", testSummaries},
		{"ReplaceHour", testReplaceHour},
		{"DirtyHours", testDirty},
		{"Outbox", testOutbox},
		{"MeetingGrades", testMeetingGrades},
		{"Tally", testTally},
		{"Streams", testStreams},
		{"CallScores", testCallScores},
		{"Medians", testMedians},
		{"Retention", testRetention},
		{"DigestSeesRowsOnly", testDigest},
		{"ReadersSeeWholeBatches", testReaders},
		{"Close", testClose},
		{"AnyHistoryEqualsTheModel", testModel},
	} {
		t.Run(c.name, func(t *testing.T) { c.test(t, open) })
	}
}

const account, otherAccount earshot.ID = 0xa1, 0xffff_ffff_ffff_fff2

// hour is where the suite's rows lie: 2026-03-02 09:00 UTC.
const hour earshot.Instant = 1_772_442_000_000

func begin(t *testing.T, open Opener) facts.Store {
	t.Helper()
	s := open(t, t.TempDir())
	t.Cleanup(func() { must(t, s.Close()) })
	return s
}

func must(t tester, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// tester is what the helpers need of *testing.T and *rapid.T.
type tester interface {
	Helper()
	Fatal(...any)
	Fatalf(string, ...any)
}

// get unwraps an answer: get(s.Samples(ctx, f))(t).
func get[T any](v T, err error) func(tester) T {
	return func(t tester) T {
		t.Helper()
		must(t, err)
		return v
	}
}

func same(t testing.TB, got, want any) {
	t.Helper()
	if d := cmp.Diff(want, got); d != "" {
		t.Fatalf("-want +got:\n%s", d)
	}
}

// sample makes a sample with one number.
func sample(segment earshot.ID, at earshot.Instant, w earshot.Wire, kbps float64) facts.Sample {
	var s facts.Sample
	s.Account, s.Meeting, s.Segment, s.At, s.Wire = account, segment/10+1000, segment, at, w
	s.Set(earshot.BitrateKbps, kbps)
	return s
}

func minute(segment earshot.ID, at earshot.Instant, g earshot.Grade) earshot.Minute {
	return earshot.Minute{Account: account, Meeting: segment/10 + 1000, Segment: segment, Person: segment + 500, At: at, Grade: g}
}

// batch is the fold's batch (from, to].
func batch(from, to uint64) *facts.Batch {
	return &facts.Batch{Cursor: facts.CursorFold, Journal: "j", From: from, To: to}
}

func testApplyOnce(t *testing.T, open Opener) {
	ctx, s := t.Context(), begin(t, open)
	if _, ok := applied(t, s, facts.CursorFold, "j"); ok {
		t.Fatal("an empty store has a position")
	}
	one := batch(40, 50) // a store without a position accepts any From
	one.Samples = []facts.Sample{sample(1, hour, earshot.WireAudioInput, 1)}
	one.Minutes = []earshot.Minute{minute(1, hour, earshot.Good)}
	must(t, s.Apply(ctx, one))
	must(t, s.Apply(ctx, one))
	must(t, s.Apply(ctx, batch(0, 50)))
	must(t, s.Apply(ctx, batch(3, 7)))
	for _, b := range []*facts.Batch{batch(51, 60), batch(49, 60), batch(0, 51), batch(60, 55)} {
		if err := s.Apply(ctx, b); !errors.Is(err, facts.ErrOutOfOrder) {
			t.Fatalf("batch (%d, %d] on position 50: %v", b.From, b.To, err)
		}
	}
	if seq, ok := applied(t, s, facts.CursorFold, "j"); seq != 50 || !ok {
		t.Fatalf("applied = %d, %t", seq, ok)
	}
	must(t, s.Apply(ctx, batch(50, 60))) // empty, yet it moves the position
	if seq, _ := applied(t, s, facts.CursorFold, "j"); seq != 60 {
		t.Fatalf("applied = %d after an empty batch", seq)
	}
	if n := len(get(s.Minutes(ctx, facts.Filter{}))(t)); n != 1 {
		t.Fatalf("%d minutes", n)
	}
	if n := len(get(s.Outbox(ctx, facts.OutboxPlace{}, 0))(t)); n != 1 {
		t.Fatalf("%d outbox entries", n)
	}
}

func applied(t testing.TB, s facts.Store, c facts.Cursor, journal string) (uint64, bool) {
	t.Helper()
	seq, ok, err := s.Applied(t.Context(), c, journal)
	must(t, err)
	return seq, ok
}

func testCursors(t *testing.T, open Opener) {
	ctx, s := t.Context(), begin(t, open)
	must(t, s.Apply(ctx, batch(0, 10)))
	rebuild := batch(0, 5)
	rebuild.Cursor = facts.CursorRebuild
	must(t, s.Apply(ctx, rebuild))
	other := batch(7, 8)
	other.Journal = "k' OR '1'='1"
	must(t, s.Apply(ctx, other))
	for _, c := range []struct {
		cursor  facts.Cursor
		journal string
		want    uint64
		ok      bool
	}{
		{facts.CursorFold, "j", 10, true}, {facts.CursorRebuild, "j", 5, true}, {facts.CursorFold, "k' OR '1'='1", 8, true},
		{facts.CursorFold, "k", 0, false}, {facts.CursorRebuild, "k' OR '1'='1", 0, false},
	} {
		if seq, ok := applied(t, s, c.cursor, c.journal); seq != c.want || ok != c.ok {
			t.Errorf("%s of %q: %d, %t; want %d, %t", c.cursor, c.journal, seq, ok, c.want, c.ok)
		}
	}
}

func testWhole(t *testing.T, open Opener) {
	s := begin(t, open)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	b := batch(0, 1)
	b.Samples = []facts.Sample{sample(1, hour, earshot.WireAudioInput, 1)}
	b.Minutes = []earshot.Minute{minute(1, hour, earshot.Bad)}
	b.Dirty = []earshot.DirtyHour{{Account: account, Hour: hour}}
	if err := s.Apply(ctx, b); !errors.Is(err, context.Canceled) {
		t.Fatalf("apply with a cancelled context: %v", err)
	}
	if _, ok := applied(t, s, facts.CursorFold, "j"); ok {
		t.Fatal("a cancelled batch moved the position")
	}
	for _, table := range facts.Tables {
		if got, none := get(s.Digest(t.Context(), table))(t), facts.NewDigest().Sum(); got != none {
			t.Errorf("a cancelled batch left rows in %s", table)
		}
	}
	must(t, s.Apply(t.Context(), b))
	if n := len(get(s.Samples(t.Context(), facts.Filter{}))(t)); n != 1 {
		t.Fatalf("%d samples after the retry", n)
	}
}

func testReaders(t *testing.T, open Opener) {
	s := begin(t, open)
	const size, batches = 50, 20
	ctx, stop := context.WithCancel(t.Context())
	var wg sync.WaitGroup
	for range 3 {
		wg.Go(func() {
			for ctx.Err() == nil {
				rows, err := s.Samples(ctx, facts.Filter{})
				if err != nil && ctx.Err() == nil {
					t.Errorf("read beside the writer: %v", err)
				}
				if err == nil && len(rows)%size != 0 {
					t.Errorf("a reader saw %d samples: part of a batch", len(rows))
				}
			}
		})
	}
	for i := range uint64(batches) {
		b := batch(i, i+1)
		for k := range earshot.ID(size) {
			b.Samples = append(b.Samples, sample(k, hour+earshot.Instant(i)*1000, earshot.WireAudioInput, 1))
		}
		must(t, s.Apply(t.Context(), b))
		if i%7 == 3 {
			must(t, s.Maintain(t.Context(), hour, facts.Retention{}))
		}
	}
	stop()
	wg.Wait()
	if n := len(get(s.Samples(t.Context(), facts.Filter{}))(t)); n != size*batches {
		t.Fatalf("%d samples, want %d", n, size*batches)
	}
}

func testClose(t *testing.T, open Opener) {
	dir := t.TempDir()
	s := open(t, dir)
	b := batch(0, 1)
	b.Samples = []facts.Sample{sample(1, hour, earshot.WireAudioInput, 1)}
	must(t, s.Apply(t.Context(), b))
	must(t, s.Check(t.Context()))
	if s.Recovered() != nil {
		t.Errorf("a new store is said to be recovered: %+v", s.Recovered())
	}
	must(t, s.Backup(t.Context(), t.TempDir()))
	must(t, s.Close())
	must(t, s.Close())
	if err := s.Check(t.Context()); err == nil {
		t.Error("a closed store passes its check")
	}
	if err := s.Apply(t.Context(), batch(1, 2)); err == nil {
		t.Error("a closed store takes batches")
	}
	if _, err := s.Samples(t.Context(), facts.Filter{}); err == nil {
		t.Error("a closed store answers")
	}
	s = open(t, dir)
	defer func() { must(t, s.Close()) }()
	if n := len(get(s.Samples(t.Context(), facts.Filter{}))(t)); n != 1 {
		t.Fatalf("%d samples after reopening", n)
	}
	if st := get(s.Stats(t.Context()))(t); st.Rows[facts.TableSample] < 1 {
		t.Errorf("stats %+v", st)
	}
}

func testRetention(t *testing.T, open Opener) {
	ctx, s := t.Context(), begin(t, open)
	b := batch(0, 1)
	now := hour + 10*3_600_000
	for i := range earshot.Instant(10) { // one of each an hour
		at := hour + i*3_600_000
		b.Samples = append(b.Samples, sample(earshot.ID(i+1), at, earshot.WireAudioInput, 1))
		b.Minutes = append(b.Minutes, minute(earshot.ID(i+1), at, earshot.Good))
		b.Summaries = append(b.Summaries, earshot.Summary{Segment: earshot.ID(i + 1), At: at, Wire: earshot.WireAudioInput})
		b.Notifications = append(b.Notifications, earshot.Notification{Meeting: 1, At: at, Code: "x"})
		b.CallSamples = append(b.CallSamples, earshot.CallSample{Call: 9, At: at})
	}
	must(t, s.Apply(ctx, b))
	must(t, s.Maintain(ctx, now, facts.Retention{}))
	counts := func() [5]int {
		var f facts.Filter
		return [5]int{
			len(get(s.Samples(ctx, f))(t)), len(get(s.Minutes(ctx, f))(t)), len(get(s.Summaries(ctx, f))(t)),
			len(get(s.Notifications(ctx, f))(t)), len(get(s.CallSamples(ctx, 9))(t)),
		}
	}
	same(t, counts(), [5]int{10, 10, 10, 10, 10})
	must(t, s.Maintain(ctx, now, facts.Retention{
		Samples: 2 * time.Hour, Minutes: 9 * time.Hour, Summaries: 3 * time.Hour, Notifications: time.Hour, CallSamples: 24 * time.Hour,
	}))
	same(t, counts(), [5]int{2, 9, 3, 1, 10})
	// What a retention dropped may come again: a segment whose samples all went reports once more.
	b = batch(1, 2)
	b.Samples = []facts.Sample{sample(1, now, earshot.WireAudioInput, 7)}
	must(t, s.Apply(ctx, b))
	same(t, get(s.Samples(ctx, facts.Filter{Segment: 1}))(t), b.Samples)
	if seq, _ := applied(t, s, facts.CursorFold, "j"); seq != 2 {
		t.Fatalf("applied = %d", seq)
	}
}

func testMeetingGrades(t *testing.T, open Opener) {
	ctx, s := t.Context(), begin(t, open)
	b := batch(0, 1)
	add := func(meeting, person earshot.ID, grades ...earshot.Grade) {
		for i, g := range grades {
			m := minute(person, hour+earshot.Instant(i)*60_000, g)
			m.Meeting, m.Person, m.Segment = meeting, person, person*100+meeting
			b.Minutes = append(b.Minutes, m)
		}
	}
	add(1, 1, earshot.Good, earshot.Bad, earshot.Poor)
	add(1, 2, earshot.Poor, earshot.Fair)
	add(1, 3, earshot.Poor, earshot.Unclassified, earshot.Bad)
	add(2, 3, earshot.Good)
	add(2, 0, earshot.Poor) // nobody known is a person too
	add(3, 4, earshot.Unclassified)
	must(t, s.Apply(ctx, b))
	got := map[earshot.ID]facts.MeetingGrades{}
	for _, g := range get(s.MeetingGrades(ctx, []earshot.ID{1, 2, 3, 4, 1}, hour, hour+3_600_000))(t) {
		if _, twice := got[g.Meeting]; twice {
			t.Fatalf("meeting %s twice", g.Meeting)
		}
		got[g.Meeting] = g
	}
	same(t, got, map[earshot.ID]facts.MeetingGrades{
		1: {Meeting: 1, Minutes: earshot.GradeCounts{1, 1, 1, 3, 2}, People: 3, AffectedBad: 2, AffectedPoor: 1},
		2: {Meeting: 2, Minutes: earshot.GradeCounts{0, 1, 0, 1, 0}, People: 2, AffectedPoor: 1},
		3: {Meeting: 3, Minutes: earshot.GradeCounts{1}, People: 1},
	})
	narrow := get(s.MeetingGrades(ctx, []earshot.ID{1, 3}, hour+120_000, 0))(t)
	same(t, narrow, []facts.MeetingGrades{{Meeting: 1, Minutes: earshot.GradeCounts{0, 0, 0, 1, 1}, People: 2, AffectedBad: 1, AffectedPoor: 1}})
	if got := get(s.MeetingGrades(ctx, nil, 0, 0))(t); len(got) != 0 {
		t.Fatalf("grades of no meetings: %v", got)
	}
}
