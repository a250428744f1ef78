package promapi

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"math"
	"strings"
	"sync"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	dto "github.com/prometheus/client_model/go"
	"github.com/prometheus/common/model"
	"github.com/prometheus/prometheus/model/labels"

	"github.com/earshot/earshot"
)

// RecorderOptions are what a recorder needs. Gatherer is required.
type RecorderOptions struct {
	Gatherer prometheus.Gatherer
	Every    time.Duration // between two looks; 0: 15 s
	Keep     time.Duration // how far back it remembers; 0: 24 h
	// MostSeries bounds what is remembered, at 46 KB a series where Every and Keep are left alone; 0: 300. Series beyond it are
	// left out.
	MostSeries int
	Logger     *slog.Logger // nil: silent
}

// Recorder remembers the monitor's own figures for a day, in memory, so that the way in can be looked at over time where no
// Prometheus scrapes it. Counters and gauges are kept as they are, of histograms and summaries their count and sum. It begins
// empty at every start. Safe for concurrent use.
type Recorder struct {
	o RecorderOptions

	mu     sync.Mutex // guards the fields below
	times  []int64    // milliseconds, a ring
	next   int        // where the next look goes
	series map[string]*recorded
	known  map[string]metric
}

// recorded is one series; NaN stands where it was not there.
type recorded struct {
	labels labels.Labels
	values []float64
}

// recordedPrefixes are those of the names that are kept: Earshot's own and what the process takes, but not the runtime's inside.
var recordedPrefixes = []string{"earshot_", "process_"}

// NewRecorder returns a recorder that remembers nothing yet.
func NewRecorder(o RecorderOptions) (*Recorder, error) {
	if o.Gatherer == nil {
		return nil, errors.New("promapi: BUG: a recorder needs a gatherer")
	}
	o.Every, o.Keep, o.MostSeries = orElse(o.Every, 15*time.Second), orElse(o.Keep, 24*time.Hour), orElse(o.MostSeries, 300)
	if o.Logger == nil {
		o.Logger = slog.New(slog.DiscardHandler)
	}
	return &Recorder{o: o, times: make([]int64, int(o.Keep/o.Every)+1), series: make(map[string]*recorded), known: make(map[string]metric)}, nil
}

// Run looks until ctx ends.
func (r *Recorder) Run(ctx context.Context) error {
	t := time.NewTicker(r.o.Every)
	defer t.Stop()
	for {
		if err := r.Record(time.Now()); err != nil {
			r.o.Logger.Warn("some of the monitor's own figures are missing", "err", err)
		}
		select {
		case <-ctx.Done():
			return nil
		case <-t.C:
		}
	}
}

// Record looks once. What can be gathered is kept also when something else cannot; the error says what.
func (r *Recorder) Record(now time.Time) error {
	families, err := r.o.Gatherer.Gather()
	r.mu.Lock()
	defer r.mu.Unlock()
	at := r.next
	r.next = (r.next + 1) % len(r.times)
	r.times[at] = now.UnixMilli()
	for _, s := range r.series {
		s.values[at] = math.NaN()
	}
	for _, f := range families {
		for _, prefix := range recordedPrefixes {
			if strings.HasPrefix(f.GetName(), prefix) {
				r.family(at, f)
			}
		}
	}
	if err != nil {
		return fmt.Errorf("gather own figures: %w", err)
	}
	return nil
}

func (r *Recorder) family(at int, f *dto.MetricFamily) {
	kind := strings.ToLower(f.GetType().String())
	for _, m := range f.GetMetric() {
		switch {
		case m.GetGauge() != nil:
			r.put(at, f, "", kind, m, m.GetGauge().GetValue())
		case m.GetCounter() != nil:
			r.put(at, f, "", kind, m, m.GetCounter().GetValue())
		case m.GetUntyped() != nil:
			r.put(at, f, "", "unknown", m, m.GetUntyped().GetValue())
		case m.GetHistogram() != nil:
			r.put(at, f, "_count", "counter", m, float64(m.GetHistogram().GetSampleCount()))
			r.put(at, f, "_sum", "counter", m, m.GetHistogram().GetSampleSum())
		case m.GetSummary() != nil:
			r.put(at, f, "_count", "counter", m, float64(m.GetSummary().GetSampleCount()))
			r.put(at, f, "_sum", "counter", m, m.GetSummary().GetSampleSum())
		}
	}
}

func (r *Recorder) put(at int, f *dto.MetricFamily, suffix, kind string, m *dto.Metric, v float64) {
	name := f.GetName() + suffix
	pairs := []string{model.MetricNameLabel, name}
	var named []string
	for _, l := range m.GetLabel() {
		pairs, named = append(pairs, l.GetName(), l.GetValue()), append(named, l.GetName())
	}
	ls := labels.FromStrings(pairs...)
	key := string(ls.Bytes(nil))
	s := r.series[key]
	if s == nil {
		if len(r.series) >= r.o.MostSeries {
			return
		}
		s = &recorded{ls, make([]float64, len(r.times))}
		for i := range s.values {
			s.values[i] = math.NaN()
		}
		r.series[key] = s
		r.known[name] = metric{help: f.GetHelp(), kind: kind, labels: named, wall: true, read: r.read}
	}
	s.values[at] = v
}

// metrics returns what is remembered, by name.
func (r *Recorder) metrics() map[string]metric {
	r.mu.Lock()
	defer r.mu.Unlock()
	out := make(map[string]metric, len(r.known))
	for name, m := range r.known {
		out[name] = m
	}
	return out
}

// read gives the figures of a range; where a series was not there, it ends.
func (r *Recorder) read(_ context.Context, s *selection, c *collection) error {
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, x := range r.series {
		if x.labels.Get(model.MetricNameLabel) != s.name || !s.matches(x.labels) {
			continue
		}
		if err := r.readSeries(x, s, c); err != nil {
			return err
		}
	}
	return nil
}

func (r *Recorder) readSeries(x *recorded, s *selection, c *collection) error {
	series, there := -1, false
	for i := range r.times {
		k := (r.next + i) % len(r.times)
		at, v := earshot.Instant(r.times[k]), x.values[k]
		if at == 0 || at < s.from || at > s.to || math.IsNaN(v) && !there {
			continue
		}
		if series < 0 {
			series = c.of(x.labels)
		}
		p := point{int64(at), v}
		if there = !math.IsNaN(v); !there {
			p = ended(at)
		}
		if err := c.add(series, p); err != nil {
			return err
		}
	}
	return nil
}
