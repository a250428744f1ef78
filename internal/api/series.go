package api

import (
	"cmp"
	"context"
	"fmt"
	"math"
	"slices"

	"github.com/earshot/earshot"
	"github.com/earshot/earshot/internal/facts"
	"github.com/earshot/earshot/internal/grade"
)

// longestSeries bounds one question: a day of reports each ten seconds.
const longestSeries = 24 * 3_600_000

type seriesInput struct {
	ByID
	Span
}

func (a *API) getSeries(ctx context.Context, in *seriesInput) (*SegmentSeries, error) {
	s, from, to, err := a.segmentWithin(ctx, in.ID.ID, in.Span)
	if err != nil {
		return nil, err
	}
	if to-from > longestSeries {
		if !in.From.IsZero() && !in.To.IsZero() {
			return nil, badInput("to", "at most 24 hours after from")
		}
		from = to - longestSeries
	}
	filter := facts.Filter{From: from, To: to, Account: s.Account, Meeting: s.Meeting, Segment: s.ID, Limit: maxSamples}
	samples, err := a.facts.Samples(ctx, filter)
	if err != nil {
		return nil, fmt.Errorf("samples of segment %s: %w", s.ID, err)
	}
	minutes, err := a.minutesOf(ctx, filter, s.ID)
	if err != nil {
		return nil, fmt.Errorf("minutes of segment %s: %w", s.ID, err)
	}
	audio, video := a.meaning(s.Account)
	out := &SegmentSeries{
		From: from.Time(), To: to.Time(), Streams: streams(samples, audio, video), Minutes: minutesJSON(minutes[s.ID]),
		Bands: bands(a.profile.Bands()), InputMeans: meaningWord(audio), InputVideo: meaningWord(video), CadenceSeconds: cadence(samples),
	}
	filter.Segment = 0
	out.Notifications, err = a.notifications(ctx, filter, s.ID)
	return out, err
}

// estimate adds the estimated MOS of an audio stream, where its reports say enough.
func estimate(st *StreamSeries, rows []*facts.Sample) {
	column := make([]*float64, len(rows))
	known := false
	for i, r := range rows {
		latency, hasLatency := r.Get(earshot.LatencyMs)
		loss, hasLoss := r.Get(earshot.LossAvgPct)
		kbps, flows := r.Get(earshot.BitrateKbps)
		if !hasLatency || !hasLoss || !flows || kbps <= 0 {
			continue
		}
		jitter, _ := r.Get(earshot.JitterMs)
		mos := math.Round(100*grade.EstimatedMOS(latency, jitter, loss)) / 100
		column[i], known = &mos, true
	}
	if known {
		st.Metrics[earshot.EstimatedMOS.String()] = column
	}
}

func meaningWord(m earshot.InputMeaning) string {
	if m == earshot.InputSent {
		return "sent"
	}
	return "received"
}

// streams turns samples into columns, one set for each wire type, in Zoom's order of types.
func streams(samples []facts.Sample, audio, video earshot.InputMeaning) []StreamSeries {
	byWire := make(map[earshot.Wire][]*facts.Sample)
	for i := range samples {
		if samples[i].Wire == earshot.WireNotification {
			continue // no numbers: they are among the notifications
		}
		byWire[samples[i].Wire] = append(byWire[samples[i].Wire], &samples[i])
	}
	out := make([]StreamSeries, 0, len(byWire))
	for w, rows := range byWire {
		slices.SortStableFunc(rows, func(a, b *facts.Sample) int { return cmp.Compare(a.At, b.At) })
		st := StreamSeries{
			Wire: w, Media: w.Media(), Direction: direction(w, audio, video), Peer: w.Peer(),
			At: make([]int64, len(rows)), Metrics: make(map[string][]*float64),
		}
		for i, r := range rows {
			st.At[i] = int64(r.At)
			for m := range earshot.Metric(earshot.MetricCount) {
				if r.Has(m) {
					plot(st.Metrics, m, i, len(rows), r.V[m])
				}
			}
		}
		if w.Media() == earshot.MediaAudio && w.IsStream() {
			estimate(&st, rows)
		}
		out = append(out, st)
	}
	slices.SortFunc(out, func(a, b StreamSeries) int { return cmp.Compare(a.Wire, b.Wire) })
	return out
}

// plot puts a value of a metric in row i of n; rows that have none stay nil, and metrics that no row has have no column.
func plot(columns map[string][]*float64, m earshot.Metric, i, n int, value float32) {
	column := columns[m.String()]
	if column == nil {
		column = make([]*float64, n)
		columns[m.String()] = column
	}
	x := decimal(value)
	column[i] = &x
}

// cadence is the usual distance of two reports: the median, so that gaps and doubles do not move it; 60 s, which is Zoom's,
// where there are too few to tell.
func cadence(samples []facts.Sample) int {
	times := make([]earshot.Instant, len(samples))
	for i := range samples {
		times[i] = samples[i].At
	}
	slices.Sort(times)
	times = slices.Compact(times)
	if len(times) < 3 {
		return 60
	}
	gaps := make([]earshot.Instant, 0, len(times)-1)
	for i := 1; i < len(times); i++ {
		gaps = append(gaps, times[i]-times[i-1])
	}
	slices.Sort(gaps)
	return max(1, int((gaps[len(gaps)/2]+500)/1000))
}

func bands(rules []grade.Band) []Band {
	at := func(x float64) *float64 {
		if math.IsNaN(x) {
			return nil
		}
		return &x
	}
	out := make([]Band, len(rules))
	for i, r := range rules {
		out[i] = Band{Media: r.Media, Metric: r.Metric, Fair: at(r.Fair), Poor: at(r.Poor), Bad: at(r.Bad), Falling: r.Falling,
			Direction: r.Direction, Strict: !r.Inclusive, Source: r.Source}
	}
	return out
}
