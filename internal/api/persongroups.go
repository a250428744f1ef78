package api

import (
	"cmp"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/earshot/earshot"
)

// personWeeks is how far back the trend of a person goes.
const personWeeks = 8 * 7 * 24 * 3_600_000

// personGroups adds up a person's minutes by week, place, network, device and cause.
type personGroups struct {
	weeks                    map[earshot.Instant]*earshot.GradeCounts
	sites, networks, devices map[string]*earshot.GradeCounts
	causes                   map[earshot.Cause]int
	meetings                 map[earshot.Cause]map[earshot.ID]bool
}

func newPersonGroups() *personGroups {
	return &personGroups{
		weeks: map[earshot.Instant]*earshot.GradeCounts{}, sites: map[string]*earshot.GradeCounts{}, networks: map[string]*earshot.GradeCounts{},
		devices: map[string]*earshot.GradeCounts{}, causes: map[earshot.Cause]int{}, meetings: map[earshot.Cause]map[earshot.ID]bool{},
	}
}

// week counts a minute in its week.
func (g *personGroups) week(m *earshot.Minute) { countIn(g.weeks, weekOf(m.At), m.Grade) }

// lately counts a minute of the last 30 days.
func (g *personGroups) lately(m *earshot.Minute, sites map[earshot.ID]*earshot.Site) {
	site := ""
	if s := sites[m.Site]; s != nil {
		site = s.Name
	}
	countIn(g.sites, site, m.Grade)
	countIn(g.networks, m.NetworkType, m.Grade)
	countIn(g.devices, strings.TrimSpace(m.DeviceClass+" "+m.ClientVersion), m.Grade)
	if c := m.Verdict.Cause; c != earshot.CauseNone {
		g.causes[c]++
		if g.meetings[c] == nil {
			g.meetings[c] = map[earshot.ID]bool{}
		}
		g.meetings[c][m.Meeting] = true
	}
}

func countIn[K comparable](in map[K]*earshot.GradeCounts, k K, g earshot.Grade) {
	if in[k] == nil {
		in[k] = &earshot.GradeCounts{}
	}
	in[k].Add(g)
}

// weekOf is the Monday, in UTC, of the week that holds an instant. The epoch was a Thursday.
func weekOf(at earshot.Instant) earshot.Instant {
	const day = 24 * 3_600_000
	return at - (at-4*day)%(7*day)
}

func (g *personGroups) fill(d *PersonDetail) {
	d.Weeks = make([]WeekMinutes, 0, len(g.weeks))
	for _, at := range slices.Sorted(maps.Keys(g.weeks)) {
		d.Weeks = append(d.Weeks, WeekMinutes{From: at.Time().In(time.UTC), Minutes: gradeCount(*g.weeks[at])})
	}
	d.Sites, d.Networks, d.Devices = named(g.sites), named(g.networks), named(g.devices)
	d.Causes = make([]CauseMinutes, 0, len(g.causes))
	for c, n := range g.causes {
		d.Causes = append(d.Causes, CauseMinutes{Cause: c, Minutes: n, People: len(g.meetings[c])})
	}
	slices.SortFunc(d.Causes, func(a, b CauseMinutes) int {
		return cmp.Or(cmp.Compare(b.Minutes, a.Minutes), cmp.Compare(a.Cause, b.Cause))
	})
}

// named lists groups, those with the most minutes first.
func named(in map[string]*earshot.GradeCounts) []NamedMinutes {
	total := func(n string) (all int) {
		for _, c := range in[n] {
			all += c
		}
		return all
	}
	out := make([]NamedMinutes, 0, len(in))
	for _, n := range slices.SortedFunc(maps.Keys(in), func(a, b string) int { return cmp.Or(cmp.Compare(total(b), total(a)), strings.Compare(a, b)) }) {
		out = append(out, NamedMinutes{Name: n, Minutes: gradeCount(*in[n])})
	}
	return out
}
