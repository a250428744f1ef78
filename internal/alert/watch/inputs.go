package watch

import (
	"context"
	"slices"
	"strings"
	"time"

	"github.com/earshot/earshot"
	"github.com/earshot/earshot/internal/alert"
	"github.com/earshot/earshot/internal/facts"
	"github.com/earshot/earshot/internal/live"
	"github.com/earshot/earshot/internal/pipeline"
	"github.com/earshot/earshot/internal/registry"
)

// sealing is how far behind now the newest sealed minutes are.
const sealing = 4 * time.Minute

// inputs collects what is due.
func (w *Watcher) inputs(ctx context.Context, now earshot.Instant, status *live.Status) *alert.Inputs {
	wall := time.Now()
	in := &alert.Inputs{Lists: w.o.File.Lists}
	due := func(last *time.Time, every time.Duration) bool {
		if wall.Sub(*last) < every {
			return false
		}
		*last = wall
		return true
	}
	uses := w.uses()
	if w.o.Health != nil && due(&w.look.health, healthEvery) {
		in.Health = append([]alert.Reading{}, w.o.Health(ctx)...)
		in.Health = append(in.Health, w.receiverReadings(wall)...)
	}
	caughtUp := status.Lag > 0 && status.Lag < lagMost
	if !caughtUp {
		return in
	}
	w.mu.Lock()
	for _, i := range w.told {
		in.Incidents = append(in.Incidents, i)
	}
	in.Gone = w.gone
	w.told, w.gone = map[earshot.ID]earshot.Incident{}, nil
	w.mu.Unlock()
	in.Places = w.places(ctx, wall)
	in.People = w.people(ctx, wall)
	if (uses[alert.KindPerson] || uses[alert.KindShare] || uses[alert.KindDrops]) && w.clock.mark == now && due(&w.look.minutesAt, w.look.minutesEvery) {
		w.look.window.Read(w.o.Live, now, in, uses[alert.KindDrops])
		w.look.minutesEvery = min(100*time.Since(wall), minutesEvery)
	}
	if due(&w.look.rates, ratesEvery) {
		if uses[alert.KindBurn] {
			w.rates(ctx, now, in)
		}
		if uses[alert.KindPhone] {
			w.calls(ctx, now, in)
		}
		if uses[alert.KindPromQL] && w.o.Querier != nil {
			w.samples(ctx, now, in)
		}
	}
	if uses[alert.KindVersion] && due(&w.look.rare, rareEvery) {
		w.versions(ctx, now, in)
	}
	return in
}

func (w *Watcher) uses() map[alert.Kind]bool {
	out := map[alert.Kind]bool{}
	for _, r := range w.engine.Rules() {
		out[r.Kind] = out[r.Kind] || r.On()
	}
	return out
}

// Window is the last half hour of a live view. What it read is good until it reads again: the room is used anew.
type Window struct {
	tracks  []alert.Track
	minutes []alert.Minute
}

// Read takes minutes, and with drops those who fell out, into in.
func (w *Window) Read(l *live.State, now earshot.Instant, in *alert.Inputs, drops bool) {
	from := now.Add(-31 * time.Minute)
	stays := map[earshot.ID]*pipeline.Stays{}
	where := map[earshot.ID]alert.Leave{}
	cells := map[earshot.Cell]*earshot.Cell{}
	all := w.minutes[:0]
	in.Tracks = w.tracks[:0]
	l.Lately(from, func(g *live.Segment, m *earshot.Meeting, minutes []live.LateMinute) {
		person := g.Person
		if person == 0 {
			person = g.ID
		}
		if len(minutes) > 0 {
			v := alert.Track{Person: person, Meeting: m.ID, Series: m.Series, Number: m.Number, Site: g.Dimensions.Site, DataCenter: g.DataCenter, Version: g.ClientVersion}
			first := len(all)
			for _, x := range minutes {
				all = append(all, alert.Minute{At: x.At, Grade: x.Grade, Cell: one(cells, x.Cell)})
			}
			v.Minutes = all[first:len(all):len(all)]
			in.Tracks = append(in.Tracks, v)
		}
		if !drops {
			return
		}
		s := stays[m.ID]
		if s == nil {
			s = &pipeline.Stays{Meeting: &earshot.Meeting{}, Now: now}
			*s.Meeting = *m
			stays[m.ID] = s
		}
		segment := g.Segment
		for _, x := range minutes { // the live view hears of a segment's last report only with other news of it
			segment.LastReport = max(segment.LastReport, x.At.Add(time.Minute)-1)
		}
		s.Segments = append(s.Segments, segment)
		where[g.ID] = alert.Leave{Person: person, Meeting: m.ID, Series: m.Series, Number: m.Number, Site: g.Dimensions.Site, DataCenter: g.DataCenter, Version: g.ClientVersion}
	})
	w.tracks, w.minutes = in.Tracks, all
	in.HaveMinutes = true
	for _, s := range stays {
		for _, d := range pipeline.Drops(*s) {
			l := where[d.Segment]
			l.At, l.Dropped = d.At, true
			in.Leaves = append(in.Leaves, l)
		}
	}
}

// one returns the one copy of a cell, nil for none: many minutes share a few.
func one(cells map[earshot.Cell]*earshot.Cell, c earshot.Cell) *earshot.Cell {
	if c == (earshot.Cell{}) {
		return nil
	}
	p := cells[c]
	if p == nil {
		p = new(earshot.Cell)
		*p, cells[c] = c, p
	}
	return p
}

// tallied are the dimensions of what budgets are kept for.
var tallied = map[alert.Per][]facts.Dimension{
	alert.PerEverything: nil, alert.PerSite: {facts.BySite}, alert.PerDataCenter: {facts.ByDataCenter}, alert.PerVersion: {facts.ByClientVersion},
	alert.PerMeeting: {facts.ByMeeting},
}

func subjectOf(per alert.Per, t *facts.Tally) alert.Subject {
	switch per {
	case alert.PerSite:
		return alert.Subject{Kind: alert.OfSite, ID: t.Site}
	case alert.PerDataCenter:
		return alert.Subject{Kind: alert.OfDataCenter, Name: t.DataCenter}
	case alert.PerVersion:
		return alert.Subject{Kind: alert.OfVersion, Name: t.ClientVersion}
	case alert.PerMeeting:
		return alert.Subject{Kind: alert.OfMeeting, ID: t.Meeting}
	}
	return alert.Subject{Kind: alert.OfEverything}
}

// rates asks the facts how budgets were used.
func (w *Watcher) rates(ctx context.Context, now earshot.Instant, in *alert.Inputs) {
	to := now.Add(-sealing).Minute()
	for _, r := range w.engine.Rules() {
		if r.Kind != alert.KindBurn || !r.On() {
			continue
		}
		for k, b := range r.Burns {
			long, err := w.o.Facts.Tally(ctx, facts.TallyQuery{Filter: facts.Filter{From: to.Add(-time.Duration(b.Long)), To: to}, By: tallied[r.Per]})
			if err != nil {
				w.log.Warn("count minutes for a budget", "rule", r.Name, "err", err)
				return
			}
			short, err := w.o.Facts.Tally(ctx, facts.TallyQuery{Filter: facts.Filter{From: to.Add(-time.Duration(b.Short)), To: to}, By: tallied[r.Per]})
			if err != nil {
				w.log.Warn("count minutes for a budget", "rule", r.Name, "err", err)
				return
			}
			shorts := map[alert.Subject]earshot.GradeCounts{}
			for i := range short {
				shorts[subjectOf(r.Per, &short[i])] = short[i].Minutes
			}
			for i := range long {
				s := subjectOf(r.Per, &long[i])
				in.Rates = append(in.Rates, alert.Rate{Rule: r.Name, Burn: k, Subject: s, Long: long[i].Minutes, Short: shorts[s], People: long[i].Persons})
			}
		}
	}
	in.HaveRates = true
}

// versions finds client versions of the last day that the month before did not have.
func (w *Watcher) versions(ctx context.Context, now earshot.Instant, in *alert.Inputs) {
	by := []facts.Dimension{facts.ByClientVersion}
	dayAgo := now.Add(-24 * time.Hour)
	before, err := w.o.Facts.Tally(ctx, facts.TallyQuery{Filter: facts.Filter{From: now.Add(-31 * 24 * time.Hour), To: dayAgo}, By: by})
	if err == nil && len(before) == 0 {
		return // a first day: everything would be new
	}
	var lately []facts.Tally
	if err == nil {
		lately, err = w.o.Facts.Tally(ctx, facts.TallyQuery{Filter: facts.Filter{From: dayAgo, To: now}, By: by})
	}
	if err != nil {
		w.log.Warn("look for new client versions", "err", err)
		return
	}
	known := map[string]bool{}
	for i := range before {
		known[before[i].ClientVersion] = true
	}
	for i := range lately {
		if v := lately[i].ClientVersion; v != "" && !known[v] {
			in.Versions = append(in.Versions, alert.Version{Name: v, First: dayAgo, People: lately[i].Persons})
		}
	}
	in.HaveVersions = true
}

// mostCalls bounds the calls that are looked at.
const mostCalls = 500

// calls reads the calls of the last half hour. What a call that ended sounded like does not change and is remembered.
func (w *Watcher) calls(ctx context.Context, now earshot.Instant, in *alert.Inputs) {
	mos := map[earshot.ID]float64{}
	q := registry.CallQuery{From: now.Add(-30 * time.Minute), To: now, Limit: 200}
	for len(in.Calls) < mostCalls {
		page, err := w.o.Registry.Calls(ctx, q)
		if err != nil {
			w.log.Warn("read calls for alerts", "err", err)
			return
		}
		for i := range page.Items {
			c := &page.Items[i]
			if c.End == 0 {
				continue
			}
			v, known := w.look.mos[c.ID]
			if !known {
				samples, err := w.o.Facts.CallSamples(ctx, c.ID)
				if err != nil {
					w.log.Warn("read calls for alerts", "err", err)
					return
				}
				v = worstMOS(samples)
			}
			if v > 0 {
				mos[c.ID] = v
			}
			in.Calls = append(in.Calls, alert.Call{ID: c.ID, At: c.End, MOS: v, Persons: slices.DeleteFunc([]earshot.ID{c.Caller.Person, c.Callee.Person}, func(id earshot.ID) bool { return id == 0 })})
		}
		if page.Next == "" {
			break
		}
		q.After = page.Next
	}
	w.look.mos, in.HaveCalls = mos, true
}

// worstMOS is the lowest average of a side and direction, 0 when nothing was reported.
func worstMOS(samples []earshot.CallSample) float64 {
	type half struct {
		side      earshot.CallSide
		direction earshot.Direction
	}
	sum, n := map[half]float64{}, map[half]int{}
	for i := range samples {
		if v := samples[i].MOS; v.Present {
			k := half{samples[i].Side, samples[i].Direction}
			sum[k] += v.Value
			n[k]++
		}
	}
	worst := 0.0
	for k, s := range sum {
		if v := s / float64(n[k]); worst == 0 || v < worst {
			worst = v
		}
	}
	return worst
}

func (w *Watcher) samples(ctx context.Context, now earshot.Instant, in *alert.Inputs) {
	in.Samples = map[string][]alert.Sample{}
	for _, r := range w.engine.Rules() {
		if r.Kind != alert.KindPromQL || !r.On() {
			continue
		}
		all, err := w.o.Querier.Instant(ctx, r.Expr, now)
		if err != nil {
			w.log.Warn("evaluate a rule in PromQL", "rule", r.Name, "err", err)
			continue
		}
		in.Samples[r.Name] = all
	}
}

// places are the sites, read again every half minute.
func (w *Watcher) places(ctx context.Context, wall time.Time) map[earshot.ID]alert.Place {
	if w.look.places != nil && wall.Sub(w.look.placesAt) < 30*time.Second {
		return w.look.places
	}
	all, err := w.o.Registry.Sites(ctx)
	if err != nil {
		w.log.Warn("read the sites for alerts", "err", err)
		return w.look.places
	}
	w.look.places, w.look.placesAt = make(map[earshot.ID]alert.Place, len(all)), wall
	for i := range all {
		w.look.places[all[i].ID] = alert.Place{Name: all[i].Name, Tags: all[i].Tags}
	}
	return w.look.places
}

// people are the persons that rules name by e-mail address, looked up again every five minutes.
func (w *Watcher) people(ctx context.Context, wall time.Time) map[string]earshot.ID {
	if w.look.persons != nil && wall.Sub(w.look.people) < 5*time.Minute {
		return w.look.persons
	}
	words := map[string]bool{}
	note := func(all []string) {
		for _, x := range all {
			if strings.Contains(x, "@") {
				words[strings.ToLower(x)] = true
			}
		}
	}
	for _, r := range w.engine.Rules() {
		note(r.Scope.Persons)
	}
	for _, m := range w.engine.Maintenance() {
		note(m.Scope.Persons)
	}
	for _, list := range w.o.File.Lists {
		note(list)
	}
	w.look.persons, w.look.people = map[string]earshot.ID{}, wall
	for email := range words {
		page, err := w.o.Registry.Persons(ctx, registry.PersonQuery{Search: email, Limit: 20})
		if err != nil {
			w.log.Warn("look up people that rules name", "err", err)
			return w.look.persons
		}
		for i := range page.Items {
			if strings.EqualFold(page.Items[i].Email, email) {
				w.look.persons[email] = page.Items[i].ID
			}
		}
	}
	return w.look.persons
}

// receiverReadings are receivers that do not take what they are told.
func (w *Watcher) receiverReadings(wall time.Time) []alert.Reading {
	var out []alert.Reading
	for _, s := range w.deliver.Receivers() {
		minutes := 0.0
		if !s.FailingSince.IsZero() {
			minutes = wall.Sub(s.FailingSince).Minutes()
		}
		out = append(out, alert.Reading{What: alert.WhatDelivery, Name: s.Name, Value: minutes, Text: s.Error})
	}
	return out
}
