package api

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/earshot/earshot"
	"github.com/earshot/earshot/internal/facts"
)

const (
	gearSpan  = 24 * time.Hour
	mostGear  = 100 // of each kind
	mostNamed = 50
)

// listGear joins the minutes of each join with what the registry knows of its device.
func (a *API) listGear(ctx context.Context, in *DevicesInput) (*Gear, error) {
	from, to, err := a.wholeHours(&in.Span, gearSpan)
	if err != nil {
		return nil, err
	}
	return a.gear.get(ctx, fmt.Sprint(in.Account.ID, in.Site.ID, from, to), devicesFresh, func(ctx context.Context) (*Gear, error) {
		return a.gearAt(ctx, facts.Filter{From: from, To: to, Account: in.Account.ID}, earshot.Dimensions{Site: in.Site.ID})
	})
}

func (a *API) gearAt(ctx context.Context, span facts.Filter, where earshot.Dimensions) (*Gear, error) {
	joins, from, err := a.joinsOf(ctx, span, where)
	if err != nil {
		return nil, fmt.Errorf("gear: %w", err)
	}
	gear, err := a.gearOfJoins(ctx, joins)
	if err != nil {
		return nil, err
	}
	all := newCrowd()
	groups := make(map[string]grouping, len(gearKinds))
	for _, kind := range gearKinds {
		groups[kind] = grouping{}
	}
	for i := range joins {
		all.add(&joins[i])
		for kind, g := range groups {
			g.add(gear[joins[i].Segment].of(kind), &joins[i])
		}
	}
	of := func(kind string) []DeviceGroup {
		g := groups[kind]
		if len(g) == 1 && g[""] != nil {
			return []DeviceGroup{} // nobody told
		}
		list := compared(mostUsed(g), all)
		slices.SortStableFunc(list, func(a, b DeviceGroup) int {
			return cmp.Or(compareBool(a.Name == "", b.Name == ""), cmp.Compare(b.People, a.People))
		})
		return list
	}
	return &Gear{
		From: from.Time(), To: span.To.Time(), Total: all.measured(),
		Systems: of("system"), Microphones: of("microphone"), Speakers: of("speaker"), Cameras: of("camera"),
	}, nil
}

// mostUsed keeps the groups with the most people.
func mostUsed(g grouping) grouping {
	if len(g) <= mostGear {
		return g
	}
	names := make([]string, 0, len(g))
	for name := range g {
		names = append(names, name)
	}
	slices.SortFunc(names, func(a, b string) int {
		return cmp.Or(cmp.Compare(len(g[b].people), len(g[a].people)), strings.Compare(a, b))
	})
	out := grouping{}
	for _, name := range names[:mostGear] {
		out[name] = g[name]
	}
	return out
}

// BehindInput is the group of listBehind.
type BehindInput struct {
	By   string `query:"by" required:"true" enum:"version,device,network,system,microphone,speaker,camera"`
	Name string `query:"name" maxLength:"500" doc:"empty: those of whom Zoom did not say"`
	DevicesInput
}

// behindFacets are the groups that facts know.
var behindFacets = map[string]struct {
	by    facts.Dimension
	name  func(*facts.Tally) string
	where func(*earshot.Dimensions, string)
}{
	"version": {facts.ByClientVersion, func(t *facts.Tally) string { return t.ClientVersion }, func(d *earshot.Dimensions, s string) { d.ClientVersion = s }},
	"device":  {facts.ByDeviceClass, func(t *facts.Tally) string { return t.DeviceClass }, func(d *earshot.Dimensions, s string) { d.DeviceClass = s }},
	"network": {facts.ByNetworkType, func(t *facts.Tally) string { return t.NetworkType }, func(d *earshot.Dimensions, s string) { d.NetworkType = s }},
}

// listBehind names who and what is behind a group.
func (a *API) listBehind(ctx context.Context, in *BehindInput) (*Behind, error) {
	from, to, err := a.wholeHours(&in.Span, gearSpan)
	if err != nil {
		return nil, err
	}
	where := earshot.Dimensions{Site: in.Site.ID}
	facet, known := behindFacets[in.By]
	var by []facts.Dimension
	if known {
		facet.where(&where, in.Name)
		by = append(by, facet.by)
	}
	joins, from, err := a.joinsOf(ctx, facts.Filter{From: from, To: to, Account: in.Account.ID}, where, by...)
	if err != nil {
		return nil, fmt.Errorf("who is behind a %s: %w", in.By, err)
	}
	if known {
		joins = slices.DeleteFunc(joins, func(t facts.Tally) bool { return facet.name(&t) != in.Name })
	} else {
		gear, err := a.gearOfJoins(ctx, joins)
		if err != nil {
			return nil, err
		}
		joins = slices.DeleteFunc(joins, func(t facts.Tally) bool { return gear[t.Segment].of(in.By) != in.Name })
	}
	out := &Behind{From: from.Time(), To: to.Time()}
	if err := a.peopleBehind(ctx, joins, out); err != nil {
		return nil, err
	}
	return out, a.meetingsBehind(ctx, joins, out)
}

// worstGroups adds joins up by something and returns the keys of the worst.
func worstGroups(joins []facts.Tally, key func(*facts.Tally) earshot.ID) ([]earshot.ID, map[earshot.ID]*crowd) {
	groups := make(map[earshot.ID]*crowd)
	for i := range joins {
		id := key(&joins[i])
		if id == 0 {
			continue
		}
		if groups[id] == nil {
			groups[id] = newCrowd()
		}
		groups[id].add(&joins[i])
	}
	ids := make([]earshot.ID, 0, len(groups))
	for id := range groups {
		ids = append(ids, id)
	}
	slices.SortFunc(ids, func(a, b earshot.ID) int {
		x, y := groups[a].minutes, groups[b].minutes
		return cmp.Or(cmp.Compare(y[earshot.Bad], x[earshot.Bad]), cmp.Compare(y[earshot.Poor], x[earshot.Poor]), cmp.Compare(y.Classified(), x.Classified()), cmp.Compare(a, b))
	})
	return ids, groups
}

func (a *API) peopleBehind(ctx context.Context, joins []facts.Tally, out *Behind) error {
	ids, groups := worstGroups(joins, func(t *facts.Tally) earshot.ID { return t.Person })
	out.PeopleOf = len(ids)
	ids = ids[:min(len(ids), mostNamed)]
	persons, err := a.registry.PersonsByID(ctx, ids)
	if err != nil {
		return err
	}
	names := make(map[earshot.ID]string, len(persons))
	for i := range persons {
		names[persons[i].ID] = personName(&persons[i])
	}
	out.People = make([]BehindPerson, len(ids))
	for i, id := range ids {
		c := groups[id].minutes
		out.People[i] = BehindPerson{PersonRef{ID: id, Name: names[id]}, gradeCount(c), percent(c[earshot.Bad], c.Classified())}
	}
	return nil
}

func (a *API) meetingsBehind(ctx context.Context, joins []facts.Tally, out *Behind) error {
	ids, groups := worstGroups(joins, func(t *facts.Tally) earshot.ID { return t.Meeting })
	out.Of = len(ids)
	ids = ids[:min(len(ids), mostNamed)]
	meetings, err := a.registry.MeetingsByID(ctx, ids)
	if err != nil {
		return err
	}
	byID := make(map[earshot.ID]*earshot.Meeting, len(meetings))
	for i := range meetings {
		byID[meetings[i].ID] = &meetings[i]
	}
	out.Meetings = make([]BehindMeeting, len(ids))
	for i, id := range ids {
		c := groups[id].minutes
		ref := MeetingRef{ID: id}
		if m := byID[id]; m != nil {
			ref.Topic, ref.Start = m.Topic, timeOf(cmp.Or(m.Start, m.FirstSeen))
		}
		out.Meetings[i] = BehindMeeting{ref, gradeCount(c), len(groups[id].people), percent(c[earshot.Bad], c.Classified())}
	}
	return nil
}
