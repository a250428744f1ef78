package promapi

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/prometheus/common/model"
	"github.com/prometheus/prometheus/model/labels"

	"github.com/earshot/earshot"
	"github.com/earshot/earshot/internal/grade"
	"github.com/earshot/earshot/internal/registry"
)

const (
	calls       = "zoom_qos_calls"
	callsMOS    = "zoom_qos_calls_mos_sum"
	callPrefix  = "zoom_qos_call_"
	mostCalls   = 20_000 // that one question counts
	shownCalls  = 20     // whose reports are shown where none is named
	reportsLate = time.Hour
)

// callMetric is a number of a report about a call.
type callMetric struct {
	name, help string
	of         func(*earshot.CallSample) earshot.Opt
}

var callMetrics = []callMetric{
	{"mos", "mean opinion score, 1 to 4.5", func(s *earshot.CallSample) earshot.Opt { return s.MOS }},
	{"jitter_ms", "jitter", func(s *earshot.CallSample) earshot.Opt { return s.JitterMs }},
	{"network_delay_ms", "network delay", func(s *earshot.CallSample) earshot.Opt { return s.NetworkDelayMs }},
	{"loss_avg_pct", "average packet loss", func(s *earshot.CallSample) earshot.Opt { return s.LossAvgPct }},
	{"loss_max_pct", "greatest packet loss", func(s *earshot.CallSample) earshot.Opt { return s.LossMaxPct }},
	{"bitrate_kbps", "bit rate", func(s *earshot.CallSample) earshot.Opt { return s.BitrateKbps }},
}

// callsOf returns the calls that overlap the range, newest first.
func (a *API) callsOf(ctx context.Context, s *selection) ([]earshot.Call, error) {
	q := registry.CallQuery{From: s.from.Minute(), To: s.to + 1, Account: idOf(s.equal("account")), Limit: 500}
	var out []earshot.Call
	for {
		page, err := a.o.Registry.Calls(ctx, q)
		if err != nil {
			return nil, err
		}
		if out = append(out, page.Items...); len(out) > mostCalls {
			return nil, fmt.Errorf("more than %d calls; ask for a shorter range", mostCalls)
		}
		if page.Next == "" {
			return out, nil
		}
		q.After = page.Next
	}
}

// scoresOf returns the least score of each call that has one, over the whole of the call whatever the range.
func (a *API) scoresOf(ctx context.Context, all []earshot.Call) (map[earshot.ID]float64, error) {
	if len(all) == 0 {
		return nil, nil
	}
	from, to := all[0].FirstSeen, all[0].LastSeen
	for i := range all {
		from, to = min(from, all[i].FirstSeen), max(to, all[i].LastSeen)
	}
	return a.o.Facts.CallScores(ctx, from.Add(-reportsLate), to.Add(reportsLate))
}

// readCalls counts the calls that went on, by minute, or sums their least scores.
func (a *API) readCalls(ctx context.Context, s *selection, c *collection) error {
	all, err := a.callsOf(ctx, s)
	if err != nil {
		return err
	}
	scores, err := a.scoresOf(ctx, all)
	if err != nil {
		return err
	}
	k := newPresence(s, c)
	for i := range all {
		call := &all[i]
		from, to := cmp.Or(call.Start, call.Connected, call.FirstSeen), call.End
		if to == 0 && s.now-call.LastSeen > earshot.Silence {
			to = call.LastSeen
		}
		score, scored := scores[call.ID]
		switch {
		case s.name == calls:
			k.add(callLabels(s.name, call, gradeLabel, grade.CallGrade(score).String()), from, to)
		case scored:
			k.weigh(callLabels(s.name, call), from, to, score)
		}
	}
	return k.put()
}

func callLabels(name string, call *earshot.Call, more ...string) labels.Labels {
	pairs := append([]string{model.MetricNameLabel, name}, more...)
	for _, p := range [][2]string{
		{"account", idText(call.Account)}, {"caller_network", cmp.Or(call.Caller.Network, call.Caller.ConnectionType)},
		{"callee_network", cmp.Or(call.Callee.Network, call.Callee.ConnectionType)},
	} {
		if p[1] != "" {
			pairs = append(pairs, p[0], p[1])
		}
	}
	return labels.FromStrings(pairs...)
}

// readCall reads one number of the reports about one call, or about the calls of the range with the least scores.
func (a *API) readCall(ctx context.Context, s *selection, c *collection) error {
	chosen := []earshot.ID{idOf(s.equal("call"))}
	if chosen[0] == 0 {
		var err error
		if chosen, err = a.worstCalls(ctx, s); err != nil {
			return err
		}
	}
	i := slices.IndexFunc(callMetrics, func(m callMetric) bool { return callPrefix+m.name == s.name })
	for _, id := range chosen {
		reports, err := a.o.Facts.CallSamples(ctx, id)
		if err != nil {
			return err
		}
		for k := range reports {
			x := &reports[k]
			v := callMetrics[i].of(x)
			if !v.Present || x.At < s.from || x.At > s.to {
				continue
			}
			ls := labels.FromStrings(model.MetricNameLabel, s.name, "call", id.String(), "direction", x.Direction.String(), "side", x.Side.String())
			if !s.matches(ls) {
				continue
			}
			if err := c.add(c.of(ls), point{int64(x.At), v.Value}); err != nil {
				return err
			}
		}
	}
	return nil
}

// worstCalls are those of the range with the least scores.
func (a *API) worstCalls(ctx context.Context, s *selection) ([]earshot.ID, error) {
	scores, err := a.o.Facts.CallScores(ctx, s.from, s.to+1)
	if err != nil {
		return nil, err
	}
	out := make([]earshot.ID, 0, len(scores))
	for id := range scores {
		out = append(out, id)
	}
	slices.SortFunc(out, func(a, b earshot.ID) int { return cmp.Or(cmp.Compare(scores[a], scores[b]), cmp.Compare(a, b)) })
	return out[:min(len(out), shownCalls)], nil
}
