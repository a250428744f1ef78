package promapi

import (
	"context"
	"errors"
	"strings"

	"github.com/prometheus/common/model"
	"github.com/prometheus/prometheus/model/labels"

	"github.com/earshot/earshot"
	"github.com/earshot/earshot/internal/facts"
)

// streamPrefix begins the names of the metrics of streams; the rest is a metric's own name, with its unit.
const streamPrefix = "zoom_qos_"

var errTooWide = errors.New(`streams are read of one meeting or segment at a time: add {meeting="…"} or {segment="…"} with its id`)

// readStreams reads one metric of the streams of a meeting or a segment, in the direction that they have for the person.
func (a *API) readStreams(ctx context.Context, s *selection, c *collection) error {
	m, _ := earshot.ParseMetric(strings.TrimPrefix(s.name, streamPrefix))
	f := facts.Filter{From: s.from, To: s.to + 1, Meeting: idOf(s.equal("meeting")), Segment: idOf(s.equal("segment")), Limit: a.o.MaxSamples}
	if f.Meeting == 0 && f.Segment == 0 {
		if s.equal(model.MetricNameLabel) == "" {
			return nil // a search over all names: streams are left out rather than refused
		}
		return errTooWide
	}
	rows, err := a.o.Facts.Samples(ctx, f)
	if err != nil {
		return err
	}
	type stream struct {
		segment earshot.ID
		wire    earshot.Wire
	}
	series := make(map[stream]int)
	for i := range rows {
		x := &rows[i]
		v, ok := x.Get(m)
		if !ok {
			continue
		}
		key := stream{x.Segment, x.Wire}
		at, known := series[key]
		if !known {
			at = -1
			if ls := a.streamLabels(s.name, x); s.matches(ls) {
				at = c.of(ls)
			}
			series[key] = at
		}
		if err := c.add(at, point{int64(x.At), v}); err != nil {
			return err
		}
	}
	return nil
}

func (a *API) streamLabels(name string, x *facts.Sample) labels.Labels {
	audio, video := a.o.Input(x.Account)
	means := audio
	if x.Wire.Media() == earshot.MediaVideo {
		means = video
	}
	pairs := []string{model.MetricNameLabel, name, "meeting", x.Meeting.String(), "segment", x.Segment.String()}
	for _, p := range [][2]string{{"media", x.Wire.Media().String()}, {"direction", means.Direction(x.Wire).String()}, {"peer", x.Wire.Peer().String()}} {
		if p[1] != "" {
			pairs = append(pairs, p[0], p[1])
		}
	}
	return labels.FromStrings(pairs...)
}
