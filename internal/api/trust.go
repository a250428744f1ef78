package api

import (
	"cmp"
	"context"
	"fmt"
	"math"

	"github.com/earshot/earshot"
	"github.com/earshot/earshot/internal/facts"
	"github.com/earshot/earshot/internal/grade"
	"github.com/earshot/earshot/internal/live"
)

// reportDelay is how long after a minute's end its report may still come without being missed, in milliseconds.
const reportDelay = 120_000

// trust compares what came of a segment with what should have come and with what Zoom summed up. rooms are the joins of the
// meeting's breakout rooms: whoever is in one does not report in the main meeting.
func (a *API) trust(ctx context.Context, j *join, rooms []join, summaries []earshot.Summary, minutes []live.Minute) (*Trust, error) {
	s := j.segment
	if s.FirstReport == 0 {
		return nil, nil // Zoom reports nothing of some people: then there is nothing to trust
	}
	from := s.Join
	if from == 0 || s.FirstReport < from {
		from = s.FirstReport - 60_000 // a report is about the minute before it
	}
	to := s.Leave
	if to == 0 {
		to = s.LastReport
		if j.now != nil && j.now.Present {
			to = max(to, a.live.Watermark()-reportDelay)
		}
	}
	samples, err := a.facts.Samples(ctx, facts.Filter{From: from - 60_000, To: to + 120_000, Account: s.Account, Segment: s.ID, Limit: maxSamples})
	if err != nil {
		return nil, fmt.Errorf("samples of segment %s: %w", s.ID, err)
	}
	own := make([]earshot.Sample, len(samples))
	for i := range samples {
		own[i] = samples[i].Sample
	}
	var away []grade.Span
	for i := range rooms {
		if r := rooms[i].segment; r.Parent == s.ID && r.Meeting != s.Meeting {
			away = append(away, grade.Span{From: cmp.Or(r.Join, r.FirstReport), To: cmp.Or(r.Leave, max(r.LastReport, a.live.Watermark()))})
		}
	}
	t := grade.Reconcile(own, summaries, grade.Span{From: from, To: to}, away...)
	audio, video := a.meaning(s.Account)
	out := &Trust{ExpectedMinutes: t.Expected, ReportedMinutes: t.Reported, MissingPct: tenths(t.MissingPct()), Streams: make([]TrustStream, len(t.Streams)), Agreement: agreement(minutes)}
	for i := range t.Streams {
		c := &t.Streams[i]
		out.Streams[i] = TrustStream{
			Wire: c.Wire, Media: c.Wire.Media(), Direction: direction(c.Wire, audio, video), Metric: c.Metric,
			Ours: spread(c.Ours), Zoom: spread(c.Zooms), Agrees: c.Agrees,
		}
	}
	return out, nil
}

func spread(s grade.Spread) Spread {
	of := func(x float64) *float64 {
		if math.IsNaN(x) || math.IsInf(x, 0) {
			return nil
		}
		x = math.Round(x*100) / 100
		return &x
	}
	return Spread{of(s.Min), of(s.Avg), of(s.Max)}
}

func tenths(x float64) float64 { return math.Round(10*x) / 10 }

// agreement compares our grades of audio, video and sharing with Zoom's own, minute by minute.
func agreement(rows ...[]live.Minute) []Agreement {
	var tallies [3]grade.Agreement
	for _, row := range rows {
		for i := range row {
			for k := range tallies {
				tallies[k].Add(&row[i].Minute, earshot.MediaAudio+earshot.Media(k))
			}
		}
	}
	return agreementsOf(&tallies)
}

// agreementsOf names the tallies of audio, video and sharing. Media that Zoom gave no verdict on are left out.
func agreementsOf(tallies *[3]grade.Agreement) []Agreement {
	out := []Agreement{}
	for k := range tallies {
		tally := &tallies[k]
		if tally.Compared() == 0 {
			continue
		}
		one := Agreement{
			Media: earshot.MediaAudio + earshot.Media(k), Compared: tally.Compared(), Same: tally.Same(), Harsher: tally.Harsher(),
			Milder: tally.Milder(), Apart: tally.Apart(),
		}
		if kappa, ok := tally.Kappa(); ok {
			kappa = math.Round(100*kappa) / 100
			one.Kappa = &kappa
		}
		out = append(out, one)
	}
	return out
}
