package api

import (
	"cmp"
	"context"
	"fmt"
	"math"
	"slices"
	"time"

	"github.com/earshot/earshot"
	"github.com/earshot/earshot/internal/grade"
	"github.com/earshot/earshot/internal/live"
	"github.com/earshot/earshot/internal/registry"
)

type callsInput struct {
	Q       string  `query:"q" maxLength:"200" doc:"part of a number, an e-mail address or a name"`
	Account idParam `query:"account"`
	Person  idParam `query:"person"`
	Span
	Paging
}

func (a *API) listCalls(ctx context.Context, in *callsInput) (*Page[Call], error) {
	from, to, err := in.within(0, 0)
	if err != nil {
		return nil, err
	}
	found, err := a.registry.Calls(ctx, registry.CallQuery{From: from, To: to, Account: in.Account.ID, Person: in.Person.ID, Search: in.Q, After: in.Cursor, Limit: in.Limit})
	if err != nil {
		return nil, err
	}
	rows, err := a.callRows(ctx, found.Items)
	return &Page[Call]{Items: rows, NextCursor: found.Next}, err
}

type runningCallsInput struct {
	Account idParam `query:"account"`
}

// mostRunningCalls bounds an answer: Live shows the worst of them.
const mostRunningCalls = 500

// listRunningCalls tells of this moment, from memory.
func (a *API) listRunningCalls(ctx context.Context, in *runningCallsInput) (*RunningCalls, error) {
	running := slices.DeleteFunc(a.live.Calls(), func(c live.Call) bool { return in.Account.ID != 0 && c.Account != in.Account.ID })
	var grades earshot.GradeCounts
	for i := range running {
		grades.Add(grade.CallGrade(running[i].MOS.Value)) // 0, which is no score, where none was told
	}
	score := func(c *live.Call) float64 {
		if c.MOS.Present {
			return c.MOS.Value
		}
		return math.Inf(1)
	}
	slices.SortFunc(running, func(a, b live.Call) int {
		return cmp.Or(cmp.Compare(score(&a), score(&b)), cmp.Compare(b.FirstSeen, a.FirstSeen), cmp.Compare(a.ID, b.ID))
	})
	total := len(running)
	running = running[:min(total, mostRunningCalls)]
	calls := make([]earshot.Call, len(running))
	for i := range running {
		calls[i] = running[i].Call
	}
	names, err := a.parties(ctx, calls)
	if err != nil {
		return nil, err
	}
	out := &RunningCalls{Items: make([]Call, len(running)), Total: total, ByGrade: gradeCount(grades)}
	for i := range running {
		var mos *float64
		if running[i].MOS.Present {
			mos = &running[i].MOS.Value
		}
		out.Items[i] = callOf(&calls[i], mos, names)
	}
	return out, nil
}

// callRows names both sides of calls and adds their least scores.
func (a *API) callRows(ctx context.Context, calls []earshot.Call) ([]Call, error) {
	names, err := a.parties(ctx, calls)
	if err != nil {
		return nil, err
	}
	scores, err := a.scores(ctx, calls)
	if err != nil {
		return nil, err
	}
	out := make([]Call, len(calls))
	for i := range calls {
		var mos *float64
		if score, ok := scores[calls[i].ID]; ok {
			mos = &score
		}
		out[i] = callOf(&calls[i], mos, names)
	}
	return out, nil
}

// scores returns the least score of each call that has one, in one question for all of them.
func (a *API) scores(ctx context.Context, calls []earshot.Call) (map[earshot.ID]float64, error) {
	if len(calls) == 0 {
		return nil, nil
	}
	from, to := calls[0].FirstSeen, calls[0].LastSeen
	for i := range calls {
		from, to = min(from, calls[i].FirstSeen), max(to, calls[i].LastSeen)
	}
	// Reports tell of some minutes before they are sent.
	scores, err := a.facts.CallScores(ctx, from.Add(-time.Hour), to.Add(time.Hour))
	if err != nil {
		return nil, fmt.Errorf("scores of %d calls: %w", len(calls), err)
	}
	return scores, nil
}

func (a *API) getCall(ctx context.Context, in *ByID) (*CallDetail, error) {
	c, ok, err := a.registry.Call(ctx, in.ID.ID)
	if err != nil {
		return nil, err
	}
	if !ok {
		return nil, errNotFound
	}
	names, err := a.parties(ctx, []earshot.Call{c})
	if err != nil {
		return nil, err
	}
	samples, err := a.facts.CallSamples(ctx, c.ID)
	if err != nil {
		return nil, fmt.Errorf("samples of call %s: %w", c.ID, err)
	}
	return &CallDetail{Call: callOf(&c, leastScore(samples), names), Series: callSeries(samples)}, nil
}

// parties returns the names of the people on both sides of calls.
func (a *API) parties(ctx context.Context, calls []earshot.Call) (map[earshot.ID]string, error) {
	var ids []earshot.ID
	for i := range calls {
		for _, id := range [...]earshot.ID{calls[i].Caller.Person, calls[i].Callee.Person} {
			if id != 0 {
				ids = append(ids, id)
			}
		}
	}
	slices.Sort(ids)
	persons, err := a.registry.PersonsByID(ctx, slices.Compact(ids))
	if err != nil {
		return nil, fmt.Errorf("people of %d calls: %w", len(calls), err)
	}
	names := make(map[earshot.ID]string, len(persons))
	for i := range persons {
		names[persons[i].ID] = personName(&persons[i])
	}
	return names, nil
}

// leastScore returns the least score that was delivered, nil for none.
func leastScore(samples []earshot.CallSample) (least *float64) {
	for i := range samples {
		if mos := samples[i].MOS; mos.Present && mos.Value > 0 && (least == nil || mos.Value < *least) {
			least = &mos.Value
		}
	}
	return least
}

func callOf(c *earshot.Call, mos *float64, names map[earshot.ID]string) Call {
	out := Call{
		ID: c.ID, ZoomID: c.ZoomID, Start: timeOf(cmp.Or(c.Start, c.Connected, c.FirstSeen)), Connected: timeOf(c.Connected), End: timeOf(c.End),
		Caller: partyOf(&c.Caller, names), Callee: partyOf(&c.Callee, names), MOS: mos,
	}
	if out.MOS != nil {
		out.Grade = grade.CallGrade(*out.MOS)
	}
	return out
}

func partyOf(p *earshot.CallParty, names map[earshot.ID]string) CallParty {
	return CallParty{
		Name: cmp.Or(names[p.Person], p.Email), Person: p.Person, Number: p.Number, Extension: p.Extension, Device: p.Device,
		Network: cmp.Or(p.Network, p.ConnectionType),
	}
}

// callSeries turns samples into columns, one set for each side and direction.
func callSeries(samples []earshot.CallSample) []CallSeries {
	type leg struct {
		side      earshot.CallSide
		direction earshot.Direction
	}
	legs := make(map[leg][]*earshot.CallSample)
	for i := range samples {
		k := leg{samples[i].Side, samples[i].Direction}
		legs[k] = append(legs[k], &samples[i])
	}
	out := make([]CallSeries, 0, len(legs))
	for k, rows := range legs {
		slices.SortFunc(rows, func(a, b *earshot.CallSample) int { return cmp.Compare(a.At, b.At) })
		s := CallSeries{Side: k.side, Direction: k.direction, At: make([]int64, len(rows)), Metrics: make(map[string][]*float64)}
		for i, r := range rows {
			s.At[i] = int64(r.At)
			for name, o := range map[string]*earshot.Opt{
				"bitrate_kbps": &r.BitrateKbps, "loss_avg_pct": &r.LossAvgPct, "loss_max_pct": &r.LossMaxPct, "jitter_ms": &r.JitterMs,
				"network_delay_ms": &r.NetworkDelayMs, "mos": &r.MOS,
			} {
				if !o.Present {
					continue
				}
				if s.Metrics[name] == nil {
					s.Metrics[name] = make([]*float64, len(rows))
				}
				s.Metrics[name][i] = &o.Value
			}
		}
		out = append(out, s)
	}
	slices.SortFunc(out, func(a, b CallSeries) int {
		return cmp.Or(cmp.Compare(a.Side, b.Side), cmp.Compare(a.Direction, b.Direction))
	})
	return out
}
