package promapi

import (
	"fmt"
	"math"
	"slices"

	"github.com/prometheus/prometheus/model/histogram"
	"github.com/prometheus/prometheus/model/labels"
	"github.com/prometheus/prometheus/model/value"
	"github.com/prometheus/prometheus/storage"
	"github.com/prometheus/prometheus/tsdb/chunkenc"
	"github.com/prometheus/prometheus/tsdb/chunks"
	"github.com/prometheus/prometheus/util/annotations"

	"github.com/earshot/earshot"
)

// point is one sample of a series.
type point struct {
	at    int64 // milliseconds
	value float64
}

// ended is the point that ends a series at a time: from there on it is not there, instead of as it was for five minutes more.
func ended(at earshot.Instant) point { return point{int64(at), math.Float64frombits(value.StaleNaN)} }

// The methods make a point what Prometheus reads.
func (p point) ST() int64                   { return 0 }
func (p point) T() int64                    { return p.at }
func (p point) F() float64                  { return p.value }
func (point) H() *histogram.Histogram       { return nil }
func (point) FH() *histogram.FloatHistogram { return nil }
func (point) Type() chunkenc.ValueType      { return chunkenc.ValFloat }
func (p point) Copy() chunks.Sample         { return p }

// collection gathers points by their labels.
type collection struct {
	index  map[string]int
	series []gathered
	points int
	key    []byte
	most   int
}

type gathered struct {
	labels labels.Labels
	points []chunks.Sample
}

func newCollection(most int) *collection { return &collection{index: make(map[string]int), most: most} }

// of returns the place of the series with these labels, beginning it when there is none.
func (c *collection) of(ls labels.Labels) int {
	c.key = ls.Bytes(c.key)
	i, known := c.index[string(c.key)]
	if !known {
		i = len(c.series)
		c.index[string(c.key)] = i
		c.series = append(c.series, gathered{labels: ls})
	}
	return i
}

// add adds a point to a series; -1 is a series that was not asked for.
func (c *collection) add(series int, p point) error {
	if series < 0 {
		return nil
	}
	if c.points++; c.points > c.most {
		return fmt.Errorf("more than %d samples; ask for a shorter range, fewer labels or narrower matchers", c.most)
	}
	c.series[series].points = append(c.series[series].points, p)
	return nil
}

// set returns the series as Prometheus reads them, by labels, with their points in order of time.
func (c *collection) set() storage.SeriesSet {
	slices.SortFunc(c.series, func(a, b gathered) int { return labels.Compare(a.labels, b.labels) })
	out := make([]storage.Series, len(c.series))
	for i := range c.series {
		slices.SortFunc(c.series[i].points, func(a, b chunks.Sample) int { return int(a.T() - b.T()) })
		out[i] = storage.NewListSeries(c.series[i].labels, c.series[i].points)
	}
	return &seriesSet{series: out, at: -1}
}

// seriesSet hands over series that are in memory.
type seriesSet struct {
	series []storage.Series
	at     int
}

func (s *seriesSet) Next() bool                      { s.at++; return s.at < len(s.series) }
func (s *seriesSet) At() storage.Series              { return s.series[s.at] }
func (*seriesSet) Err() error                        { return nil }
func (*seriesSet) Warnings() annotations.Annotations { return nil }
