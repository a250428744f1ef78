package factstest

import (
	"testing"
	"time"

	"github.com/earshot/earshot"
	"github.com/earshot/earshot/internal/facts"
)

func testReplaceHour(t *testing.T, open Opener) {
	ctx, s := t.Context(), begin(t, open)
	h := earshot.DirtyHour{Account: account, Hour: hour}
	b := batch(0, 1)
	foreign := minute(9, hour+60_000, earshot.Good)
	foreign.Account = otherAccount
	before, after := minute(1, hour-60_000, earshot.Fair), minute(1, hour+3_600_000, earshot.Fair)
	b.Minutes = []earshot.Minute{before, minute(1, hour, earshot.Bad), minute(2, hour+3_540_000, earshot.Bad), foreign, after}
	b.Samples = []facts.Sample{
		sample(2, hour+1000, earshot.WireAudioInput, 1), sample(2, hour+1000, earshot.WireAudioInput, 4), sample(1, hour+2000, earshot.WireVideoInput, 1),
		sample(1, hour+2000, earshot.WireAudioInput, 1), sample(1, hour-1000, earshot.WireAudioInput, 1), sample(1, hour+3_600_000, earshot.WireAudioInput, 1),
	}
	x := sample(3, hour, earshot.WireAudioInput, 1)
	x.Account = otherAccount
	b.Samples = append(b.Samples, x)
	b.Dirty = []earshot.DirtyHour{h, {Account: otherAccount, Hour: hour}}
	must(t, s.Apply(ctx, b))

	rows := get(s.HourSamples(ctx, h))(t)
	same(t, rows, []facts.Sample{b.Samples[3], b.Samples[2], b.Samples[1]})

	again := []earshot.Minute{minute(1, hour, earshot.Good), minute(3, hour+120_000, earshot.Poor)}
	must(t, s.ReplaceHour(ctx, h, again))
	same(t, get(s.Minutes(ctx, facts.Filter{}))(t), []earshot.Minute{before, again[0], foreign, again[1], after})
	same(t, get(s.DirtyHours(ctx, 0))(t), []earshot.DirtyHour{{Account: otherAccount, Hour: hour}})
	same(t, get(s.HourSamples(ctx, h))(t), rows)
	must(t, s.ReplaceHour(ctx, h, again)) // no mark, no doubles: the same again
	same(t, get(s.Minutes(ctx, facts.Filter{}))(t), []earshot.Minute{before, again[0], foreign, again[1], after})

	for _, wrong := range []earshot.Minute{foreign, before, after} {
		if err := s.ReplaceHour(ctx, h, []earshot.Minute{wrong}); err == nil {
			t.Errorf("a minute of %s at %s went into the hour of %s", wrong.Account, wrong.At.Time(), h.Account)
		}
	}
	must(t, s.ReplaceHour(ctx, h, nil))
	same(t, get(s.Minutes(ctx, facts.Filter{}))(t), []earshot.Minute{before, foreign, after})
}

func testDirty(t *testing.T, open Opener) {
	ctx, s := t.Context(), begin(t, open)
	late, early := earshot.DirtyHour{Account: account, Hour: hour + 3_600_000}, earshot.DirtyHour{Account: otherAccount, Hour: hour}
	must(t, s.MarkDirty(ctx, []earshot.DirtyHour{late, early, late}))
	b := batch(0, 1)
	b.Dirty = []earshot.DirtyHour{late}
	must(t, s.Apply(ctx, b))
	must(t, s.MarkDirty(ctx, nil))
	same(t, get(s.DirtyHours(ctx, 0))(t), []earshot.DirtyHour{early, late})
	same(t, get(s.DirtyHours(ctx, 1))(t), []earshot.DirtyHour{early})
	must(t, s.ReplaceHour(ctx, early, nil))
	same(t, get(s.DirtyHours(ctx, 10))(t), []earshot.DirtyHour{late})
	if got := get(s.HourSamples(ctx, late))(t); len(got) != 0 {
		t.Errorf("an hour without samples has %d", len(got))
	}
}

func testOutbox(t *testing.T, open Opener) {
	dir := t.TempDir()
	ctx, s := t.Context(), open(t, dir)
	h := earshot.DirtyHour{Account: account, Hour: hour}
	m := []earshot.Minute{minute(1, hour, earshot.Good), minute(2, hour, earshot.Good), minute(1, hour+60_000, earshot.Bad)}
	u := earshot.Summary{Segment: 1, Account: account, At: hour + 5, Wire: earshot.WireAudioInput}
	if tail := get(s.OutboxTail(ctx))(t); tail != 0 {
		t.Errorf("the tail of nothing is %d", tail)
	}
	apply := func(seq uint64, ms []earshot.Minute, us []earshot.Summary, samples ...facts.Sample) {
		t.Helper()
		b := batch(seq-1, seq)
		b.Minutes, b.Summaries, b.Samples = ms, us, samples
		must(t, s.Apply(ctx, b))
	}
	apply(1, m[:2], nil)
	apply(2, nil, nil, sample(1, hour, earshot.WireAudioInput, 1)) // samples alone are no entry
	apply(3, nil, []earshot.Summary{u})
	apply(3, m, nil) // a repetition adds none
	all := get(s.Outbox(ctx, facts.OutboxPlace{}, 0))(t)
	if len(all) != 2 {
		t.Fatalf("%d entries, want 2: %+v", len(all), all)
	}
	first := all[0].Seq
	want := []facts.OutboxEntry{{Seq: first, Minutes: m[:2]}, {Seq: first + 1, Summaries: []earshot.Summary{u}}}
	same(t, all, want)
	must(t, s.Close())
	s = open(t, dir)
	defer func() { must(t, s.Close()) }()
	apply(4, m[2:], []earshot.Summary{u})
	again := []earshot.Minute{minute(1, hour, earshot.Fair)}
	must(t, s.ReplaceHour(ctx, h, again))
	same(t, get(s.Outbox(ctx, facts.OutboxPlace{Seq: first + 1}, 0))(t), []facts.OutboxEntry{
		{Seq: first + 2, Summaries: []earshot.Summary{u}}, // its minute was replaced since
		{Seq: first + 3, Replaced: &h, Minutes: again},
	})
	same(t, get(s.Outbox(ctx, facts.OutboxPlace{Seq: first}, 1))(t), want[1:])
	if got := get(s.Outbox(ctx, facts.OutboxPlace{Seq: first + 3}, 0))(t); len(got) != 0 {
		t.Errorf("entries beyond the last: %+v", got)
	}
	// Dropping all entries does not begin the sequence anew.
	must(t, s.Maintain(ctx, hour+100*3_600_000, facts.Retention{Outbox: time.Hour}))
	must(t, s.Close())
	s = open(t, dir)
	apply(5, m[:1], nil)
	last := get(s.Outbox(ctx, facts.OutboxPlace{Seq: first + 3}, 0))(t)
	if len(last) != 1 || last[0].Seq != first+4 {
		t.Fatalf("after retention: %+v, want sequence %d", last, first+4)
	}
	if tail := get(s.OutboxTail(ctx))(t); tail != first+4 {
		t.Errorf("the tail is %d, want %d", tail, first+4)
	}
}

func testDigest(t *testing.T, open Opener) {
	ctx := t.Context()
	digests := func(batches ...*facts.Batch) (out []string) {
		t.Helper()
		s := begin(t, open)
		for _, b := range batches {
			must(t, s.Apply(ctx, b))
		}
		for _, table := range facts.Tables {
			out = append(out, get(s.Digest(ctx, table))(t))
		}
		if _, err := s.Digest(ctx, "sqlite_master; DROP TABLE minute"); err == nil {
			t.Error("a table that is none has a digest")
		}
		return out
	}
	rows := func(from, to uint64, i ...int) *facts.Batch {
		b := batch(from, to)
		for _, i := range i {
			at := hour + earshot.Instant(i)*50*60_000
			b.Samples = append(b.Samples, sample(earshot.ID(i), at, earshot.WireAudioInput, float64(i)))
			b.Minutes = append(b.Minutes, minute(earshot.ID(i), at, earshot.Good))
			b.Summaries = append(b.Summaries, earshot.Summary{Segment: earshot.ID(i), At: at})
			b.Notifications = append(b.Notifications, earshot.Notification{Meeting: 1, At: at, Code: "x"})
			b.CallSamples = append(b.CallSamples, earshot.CallSample{Call: 1, At: at})
			b.Dirty = append(b.Dirty, earshot.DirtyHour{Account: account, Hour: at.Hour()})
		}
		return b
	}
	one := digests(rows(0, 1, 1, 2, 3, 4))
	same(t, digests(rows(0, 1, 4, 2), rows(1, 2, 3), rows(2, 9, 1)), one)
	less := digests(rows(0, 1, 1, 2, 4))
	for i, table := range facts.Tables {
		if one[i] == less[i] {
			t.Errorf("the digest of %s does not see a missing row", table)
		}
	}
	changed := rows(0, 1, 1, 2, 3, 4)
	changed.Samples[2].Set(earshot.BitrateKbps, 3.01)
	changed.Minutes[1].Slots[7] = earshot.Bad
	changed.Summaries[3].RSSI.Max = earshot.Some(0)
	changed.CallSamples[0].MOS = earshot.Some(0)
	got := digests(changed)
	for i, table := range facts.Tables {
		if differs := got[i] != one[i]; differs != (table != facts.TableNotification && table != facts.TableDirty) {
			t.Errorf("the digest of %s after a change of one number: differs %t", table, differs)
		}
	}
}
