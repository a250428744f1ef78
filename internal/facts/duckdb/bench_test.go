package duckdb

import (
	"context"
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"github.com/earshot/earshot"
	"github.com/earshot/earshot/internal/facts"
	"github.com/earshot/earshot/internal/facts/factstest"
)

// BenchmarkApply stores batches of 2,000 QoS events, some 14,600 samples each, sorting and checkpoints included.
func BenchmarkApply(b *testing.B) {
	s, err := Open(Options{Dir: b.TempDir()})
	if err != nil {
		b.Fatal(err)
	}
	defer s.Close()
	var batches []*facts.Batch
	for x := range (factstest.Traffic{People: 5000, Minutes: 30, Events: 2000}).Batches() {
		batches = append(batches, x)
	}
	rows, times := 0, []time.Duration{}
	seq := uint64(0)
	for i := 0; b.Loop(); i++ {
		x := *batches[i%len(batches)]
		x.From, x.To = seq, seq+2000
		seq = x.To
		start := time.Now()
		if err := s.Apply(b.Context(), &x); err != nil {
			b.Fatal(err)
		}
		times = append(times, time.Since(start))
		rows += len(x.Samples)
	}
	slices.Sort(times)
	b.ReportMetric(float64(rows)/b.Elapsed().Seconds(), "samples/s")
	b.ReportMetric(float64(times[len(times)/2].Microseconds())/1000, "p50-ms")
	b.ReportMetric(float64(times[len(times)-1].Microseconds())/1000, "worst-ms")
}

// fill stores a made-up day and returns how many events it had.
func fill(tb testing.TB, s *Store, day factstest.Traffic) (events int64) {
	tb.Helper()
	for x := range day.Batches() {
		if err := s.Apply(tb.Context(), x); err != nil {
			tb.Fatal(err)
		}
		events = int64(x.To)
	}
	return events
}

// BenchmarkHour reads an hour of 1,000 people and replaces its minutes.
func BenchmarkHour(b *testing.B) {
	s, err := Open(Options{Dir: b.TempDir()})
	if err != nil {
		b.Fatal(err)
	}
	defer s.Close()
	fill(b, s, factstest.Traffic{People: 1000, Minutes: 120})
	h := earshot.DirtyHour{Account: 0xacc0, Hour: earshot.Instant(1772438400_000)}
	f := facts.Filter{From: h.Hour, To: h.Hour + 3_600_000}
	var rows int
	for b.Loop() {
		rows = 0
		err := s.EachHourSegment(b.Context(), h, func(x []facts.Sample) error { rows += len(x); return nil })
		if err != nil {
			b.Fatal(err)
		}
		ms, err := s.Minutes(b.Context(), f)
		if err != nil {
			b.Fatal(err)
		}
		if err := s.ReplaceHour(b.Context(), h, ms); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64(rows), "samples")
}

// BenchmarkBytesPerEvent measures the file after a checkpoint: 5,000 people, one report a minute. EARSHOT_FACTS_MINUTES is
// the length of the day, 60 when unset; EARSHOT_FACTS_EVENTS the events in a batch.
func BenchmarkBytesPerEvent(b *testing.B) {
	day := factstest.Traffic{People: 5000, Minutes: intFrom(b, "EARSHOT_FACTS_MINUTES", 60), Events: intFrom(b, "EARSHOT_FACTS_EVENTS", 2000)}
	for b.Loop() {
		dir := b.TempDir()
		s, err := Open(Options{Dir: dir})
		if err != nil {
			b.Fatal(err)
		}
		events := fill(b, s, day)
		if err := s.Maintain(context.Background(), day.Start, facts.Retention{}); err != nil {
			b.Fatal(err)
		}
		info, err := os.Stat(filepath.Join(dir, FileName))
		if err != nil {
			b.Fatal(err)
		}
		b.ReportMetric(float64(info.Size())/float64(events), "B/event")
		for _, t := range []string{"sample_stream", "sample_device", "sample_sorted", "sample_recent", "context", "minute_sorted", "verdict", "tally", "summary"} {
			b.ReportMetric(float64(blocksOf(b, s, t)*blockSize)/float64(events), t+"-B/event")
		}
		b.ReportMetric(float64(rssKiB(b))/1024, "RSS-MiB")
		if err := s.Close(); err != nil {
			b.Fatal(err)
		}
	}
}
