package factstest

import (
	"context"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"pgregory.net/rapid"

	"github.com/earshot/earshot"
	"github.com/earshot/earshot/internal/facts"
)

// testModel runs random histories (batches, repetitions of batches, replaced hours, maintenance, closing and opening) against
// the store and against Memory without the repetitions and the openings, and compares everything that can be read.
func testModel(t *testing.T, open Opener) {
	rapid.Check(t, func(r *rapid.T) {
		h := history{r: r, model: NewMemory(), dir: t.TempDir()}
		h.open = func() facts.Store { return open(t, h.dir) }
		h.store = h.open()
		defer func() { must(t, h.store.Close()) }()
		for range rapid.IntRange(3, 12).Draw(r, "steps") {
			h.step()
		}
		h.compare()
		h.compareTallies()
	})
}

type history struct {
	r     *rapid.T
	dir   string
	open  func() facts.Store
	store facts.Store
	model *Memory
	done  []*facts.Batch
}

func (h *history) must(err error) {
	h.r.Helper()
	if err != nil {
		h.r.Fatal(err)
	}
}

func (h *history) step() {
	ctx := h.r.Context()
	switch rapid.SampledFrom([]string{"apply", "apply", "apply", "repeat", "reopen", "replace", "maintain", "drop"}).Draw(h.r, "step") {
	case "apply":
		from := uint64(0)
		if n := len(h.done); n > 0 {
			from = h.done[n-1].To
		}
		b := drawBatch(h.r, from)
		h.must(h.store.Apply(ctx, b))
		h.must(h.model.Apply(ctx, b))
		h.done = append(h.done, b)
	case "repeat": // what a writer does that lost its memory
		if n := len(h.done); n > 0 {
			for _, b := range h.done[rapid.IntRange(0, n-1).Draw(h.r, "repeat from"):] {
				h.must(h.store.Apply(ctx, b))
			}
		}
	case "reopen":
		h.must(h.store.Close())
		h.store = h.open()
	case "replace":
		d := earshot.DirtyHour{Account: account, Hour: hour + 3_600_000*earshot.Instant(rapid.IntRange(0, 2).Draw(h.r, "hour"))}
		var ms []earshot.Minute
		for _, s := range get(h.store.HourSamples(ctx, d))(h.r) {
			m := minute(s.Segment, s.At.Minute(), earshot.Fair)
			if n := len(ms); n == 0 || ms[n-1].Key() != m.Key() {
				ms = append(ms, m)
			}
		}
		h.must(h.store.ReplaceHour(ctx, d, ms))
		h.must(h.model.ReplaceHour(ctx, d, ms))
	case "maintain":
		h.must(h.store.Maintain(ctx, hour, facts.Retention{}))
	case "drop":
		keep := facts.Retention{Minutes: time.Duration(rapid.IntRange(1, 180).Draw(h.r, "minutes kept")) * time.Minute}
		h.must(h.store.Maintain(ctx, hour+3*3_600_000, keep))
		h.must(h.model.Maintain(ctx, hour+3*3_600_000, keep))
	}
}

func (h *history) compare() {
	ctx := h.r.Context()
	for _, table := range facts.Tables {
		if got, want := get(h.store.Digest(ctx, table))(h.r), get(h.model.Digest(ctx, table))(h.r); got != want {
			h.r.Errorf("digest of %s: %s, the model's is %s", table, got, want)
		}
	}
	diff := func(what string, want, got any) {
		if d := cmp.Diff(want, got, cmpopts.EquateEmpty()); d != "" {
			h.r.Fatalf("%s: -model +store:\n%s", what, d)
		}
	}
	var all facts.Filter
	diff("samples", get(h.model.Samples(ctx, all))(h.r), get(h.store.Samples(ctx, all))(h.r))
	diff("minutes", get(h.model.Minutes(ctx, all))(h.r), get(h.store.Minutes(ctx, all))(h.r))
	want := get(h.model.Outbox(ctx, facts.OutboxPlace{}, 0))(h.r)
	diff("outbox", want, get(h.store.Outbox(ctx, facts.OutboxPlace{}, 0))(h.r))
	rows := rapid.IntRange(1, 9).Draw(h.r, "rows at once")
	diff("outbox in parts", want, inParts(ctx, h.r, h.store, rows))
	diff("the model's outbox in parts", want, inParts(ctx, h.r, h.model, rows))
	diff("dirty hours", get(h.model.DirtyHours(ctx, 0))(h.r), get(h.store.DirtyHours(ctx, 0))(h.r))
	for i := range earshot.Instant(3) {
		d := earshot.DirtyHour{Account: account, Hour: hour + i*3_600_000}
		diff("hour's samples", get(h.model.HourSamples(ctx, d))(h.r), get(h.store.HourSamples(ctx, d))(h.r))
	}
}

// inParts reads the outbox a few rows at a time and puts together what belongs together.
func inParts(ctx context.Context, t tester, s facts.Store, rows int) (out []facts.OutboxEntry) {
	var at facts.OutboxPlace
	for {
		some := get(s.Outbox(ctx, at, rows))(t)
		if len(some) == 0 {
			return out
		}
		minutes := 0
		for _, e := range some {
			minutes += len(e.Minutes)
			at = e.Place()
			e.More = false
			if n := len(out); n > 0 && out[n-1].Seq == e.Seq {
				out[n-1].Minutes, out[n-1].Summaries = append(out[n-1].Minutes, e.Minutes...), append(out[n-1].Summaries, e.Summaries...)
				continue
			}
			out = append(out, e)
		}
		if minutes > rows {
			t.Fatalf("%d minutes at once, want at most %d", minutes, rows)
		}
	}
}

// drawDimensions gives a minute one of few persons, meetings and dimensions, so that groups hold several minutes.
func drawDimensions(r *rapid.T, m *earshot.Minute) {
	m.Person, m.Meeting = earshot.ID(rapid.IntRange(0, 2).Draw(r, "person")), earshot.ID(rapid.IntRange(1, 2).Draw(r, "meeting"))
	m.Site, m.NetworkType = earshot.ID(rapid.IntRange(0, 1).Draw(r, "site")), rapid.SampledFrom([]string{"", "Wifi"}).Draw(r, "network")
	m.Kind = earshot.Kind(rapid.IntRange(1, 2).Draw(r, "kind"))
	if m.Grade >= earshot.Poor {
		m.Verdict.Cause = rapid.SampledFrom([]earshot.Cause{earshot.CauseUnknown, earshot.CauseWifi}).Draw(r, "cause")
	}
}

func drawBatch(r *rapid.T, from uint64) *facts.Batch {
	b := batch(from, from+rapid.Uint64Range(1, 9).Draw(r, "records"))
	at := rapid.Custom(func(r *rapid.T) earshot.Instant {
		return hour + 1000*earshot.Instant(rapid.SampledFrom([]int{0, 1, 59, 60, 3599, 3600, 7199}).Draw(r, "second"))
	})
	segment := rapid.Custom(func(r *rapid.T) earshot.ID { return rapid.SampledFrom([]earshot.ID{1, 2, 1 << 63}).Draw(r, "segment") })
	for range rapid.IntRange(0, 8).Draw(r, "samples") {
		s := sample(segment.Draw(r, "segment"), at.Draw(r, "at"), earshot.Wire(rapid.IntRange(1, 3).Draw(r, "wire")), 0)
		s.Values = earshot.Values{}
		for range rapid.IntRange(0, 3).Draw(r, "metrics") {
			s.Set(earshot.Metric(rapid.IntRange(0, earshot.MetricCount-1).Draw(r, "metric")), float64(rapid.IntRange(-100, 300).Draw(r, "value"))/100)
		}
		s.NetworkType = rapid.SampledFrom([]string{"", "Wifi", "Wired"}).Draw(r, "network")
		b.Samples = append(b.Samples, s)
	}
	// The fold seals a minute once.
	for i := range rapid.IntRange(0, 4).Draw(r, "minutes") {
		m := minute(earshot.ID(from*10)+earshot.ID(i)+1, at.Draw(r, "minute").Minute(), earshot.Grade(rapid.IntRange(0, 4).Draw(r, "grade")))
		drawDimensions(r, &m)
		b.Minutes = append(b.Minutes, m)
	}
	for i := range rapid.IntRange(0, 2).Draw(r, "summaries") {
		b.Summaries = append(b.Summaries, earshot.Summary{
			Account: account, Segment: earshot.ID(i + 1), Wire: earshot.WireAudioInput, At: hour + earshot.Instant(b.To)*10 + earshot.Instant(i),
		})
	}
	for range rapid.IntRange(0, 2).Draw(r, "notifications") {
		b.Notifications = append(b.Notifications, earshot.Notification{Account: account, Meeting: 1, Segment: segment.Draw(r, "segment"), At: at.Draw(r, "at"), Code: "c"})
	}
	for range rapid.IntRange(0, 2).Draw(r, "dirty") {
		b.Dirty = append(b.Dirty, earshot.DirtyHour{Account: account, Hour: at.Draw(r, "at").Hour()})
	}
	return b
}
