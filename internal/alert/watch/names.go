package watch

import (
	"cmp"
	"context"
	"maps"
	"slices"
	"time"

	"github.com/earshot/earshot"
	"github.com/earshot/earshot/internal/alert"
)

// names are the words for what alerts hold as ids. A name that cannot be read is unknown: an alert without names is better
// than none.
type names struct {
	sites                     map[earshot.ID]*earshot.Site
	persons, meetings, series map[earshot.ID]string
	zones                     map[string]*time.Location
}

func (w *Watcher) names(ctx context.Context, alerts []alert.Alert) *names {
	n := &names{sites: map[earshot.ID]*earshot.Site{}, persons: map[earshot.ID]string{}, meetings: map[earshot.ID]string{}, series: map[earshot.ID]string{}, zones: map[string]*time.Location{}}
	want := map[alert.SubjectKind]map[earshot.ID]bool{alert.OfPerson: {}, alert.OfMeeting: {}, alert.OfSeries: {}}
	for i := range alerts {
		a := &alerts[i]
		if want[a.Subject.Kind] != nil {
			want[a.Subject.Kind][a.Subject.ID] = true
		}
		if a.Cell.Scope == earshot.ScopePerson {
			want[alert.OfPerson][a.Cell.ID] = true
		}
	}
	ids := func(k alert.SubjectKind) []earshot.ID { return slices.Collect(maps.Keys(want[k])) }
	note := func(err error) {
		if err != nil && ctx.Err() == nil {
			w.log.Warn("read names for alerts", "err", err)
		}
	}
	sites, err := w.o.Registry.Sites(ctx)
	note(err)
	for i := range sites {
		n.sites[sites[i].ID] = &sites[i]
	}
	persons, err := w.o.Registry.PersonsByID(ctx, ids(alert.OfPerson))
	note(err)
	for i := range persons {
		n.persons[persons[i].ID] = cmp.Or(persons[i].Name, persons[i].Email)
	}
	meetings, err := w.o.Registry.MeetingsByID(ctx, ids(alert.OfMeeting))
	note(err)
	for i := range meetings {
		n.meetings[meetings[i].ID] = cmp.Or(meetings[i].Topic, meetings[i].Number)
	}
	series, err := w.o.Registry.SeriesByID(ctx, ids(alert.OfSeries))
	note(err)
	for i := range series {
		n.series[series[i].ID] = cmp.Or(series[i].Topic, series[i].Number)
	}
	return n
}

// Site implements alert.Names; so do the next ones.
func (n *names) Site(id earshot.ID) string {
	if s := n.sites[id]; s != nil {
		return s.Name
	}
	return ""
}

// Person names a person.
func (n *names) Person(id earshot.ID) string { return n.persons[id] }

// Meeting names a meeting.
func (n *names) Meeting(id earshot.ID) string { return n.meetings[id] }

// Series names a series.
func (n *names) Series(id earshot.ID) string { return n.series[id] }

// Zone is that of a site.
func (n *names) Zone(site earshot.ID) *time.Location {
	s := n.sites[site]
	if s == nil || s.Zone == "" {
		return nil
	}
	z, ok := n.zones[s.Zone]
	if !ok {
		z, _ = time.LoadLocation(s.Zone) // nil when this machine does not know it: UTC then
		n.zones[s.Zone] = z
	}
	return z
}
