package factstest

import (
	"cmp"
	"context"
	"slices"

	"github.com/earshot/earshot"
	"github.com/earshot/earshot/internal/facts"
)

// Tally implements [facts.Store].
func (m *Memory) Tally(ctx context.Context, q facts.TallyQuery) (out []facts.Tally, err error) {
	groups := make(map[facts.Tally]*tallied)
	filter := q.Filter
	filter.Limit = 0
	if err := q.Check(); err != nil {
		return nil, err
	}
	err = m.with(ctx, func() error {
		for _, x := range m.minutes(&filter) {
			if !matches(&q.Where, &x.Dimensions) || !among(q.Sites, x.Site) || !among(q.Persons, x.Person) || !among(q.Meetings, x.Meeting) {
				continue
			}
			key := groupOf(&x, &q)
			g := groups[key]
			if g == nil {
				g = &tallied{persons: map[earshot.ID]bool{}, segments: map[earshot.ID]bool{}, meetings: map[earshot.ID]bool{}}
				groups[key] = g
			}
			g.add(&x)
		}
		return nil
	})
	for key, g := range groups {
		key.Minutes = g.minutes
		if !q.MinutesOnly {
			g.count(&key)
		}
		out = append(out, key)
	}
	slices.SortFunc(out, facts.CompareTallies)
	if q.Only != nil {
		out = spelled(out, &q)
	}
	if q.Limit > 0 {
		slices.SortStableFunc(out, func(a, b facts.Tally) int { return cmp.Compare(b.Minutes[earshot.Bad], a.Minutes[earshot.Bad]) })
	}
	return limited(out, q.Limit), err
}

func among(ids []earshot.ID, id earshot.ID) bool { return len(ids) == 0 || slices.Contains(ids, id) }

// spelled keeps the groups that had a spell, whose buckets come by time.
func spelled(all []facts.Tally, q *facts.TallyQuery) []facts.Tally {
	group := func(t facts.Tally) facts.Tally {
		t.At, t.Minutes, t.Persons, t.PersonsBad, t.Segments, t.Meetings = 0, earshot.GradeCounts{}, 0, 0, 0, 0
		return t
	}
	buckets, has := map[facts.Tally][]facts.Tally{}, map[facts.Tally]bool{}
	for _, t := range all {
		key := group(t)
		if slices.ContainsFunc(q.By, func(by facts.Dimension) bool { return unknown(&t, by) }) {
			continue
		}
		buckets[key] = append(buckets[key], t)
		bad, classified, steps, seen := 0, 0, 0, 0
		for _, b := range buckets[key] {
			if b.At <= t.At.Add(-max(q.Only.Window, q.Step)) {
				continue
			}
			n := 0
			for g := q.Only.Grade; int(g) < len(b.Minutes); g++ {
				n += b.Minutes[g]
			}
			if bad += n; n > 0 {
				steps++
			}
			classified += b.Minutes.Classified()
			seen = max(seen, b.Minutes.Classified())
		}
		has[key] = has[key] || q.Only.Enough(bad, classified, steps, seen)
	}
	return slices.DeleteFunc(all, func(t facts.Tally) bool { return !has[group(t)] })
}

// unknown reports whether a group is that of minutes that do not have a dimension.
func unknown(t *facts.Tally, by facts.Dimension) bool {
	switch by {
	case facts.ByNetworkType:
		return t.NetworkType == ""
	case facts.ByDataCenter:
		return t.DataCenter == ""
	case facts.ByClientVersion:
		return t.ClientVersion == ""
	}
	return false
}

// tallied is one group while it is counted; a person is true once they had a bad minute.
type tallied struct {
	minutes                     earshot.GradeCounts
	persons, segments, meetings map[earshot.ID]bool
}

func (g *tallied) add(x *earshot.Minute) {
	g.minutes.Add(x.Grade)
	g.persons[x.Person] = g.persons[x.Person] || x.Grade == earshot.Bad
	g.segments[x.Segment] = true
	g.meetings[x.Meeting] = true
}

// count tells how many distinct ones there are.
func (g *tallied) count(t *facts.Tally) {
	t.Persons, t.Segments, t.Meetings = len(g.persons), len(g.segments), len(g.meetings)
	for _, bad := range g.persons {
		if bad {
			t.PersonsBad++
		}
	}
}

func matches(where, d *earshot.Dimensions) bool {
	text := func(want, got string) bool { return want == "" || want == got }
	return is(where.Site, d.Site) && text(where.NetworkType, d.NetworkType) && text(where.DataCenter, d.DataCenter) &&
		text(where.ClientVersion, d.ClientVersion) && text(where.DeviceClass, d.DeviceClass) && text(where.ISP, d.ISP) && text(where.Transport, d.Transport)
}

// groupOf is the group of a minute, without counts.
func groupOf(x *earshot.Minute, q *facts.TallyQuery) (key facts.Tally) {
	if step := earshot.Instant(q.Step.Milliseconds()); step > 0 {
		key.At = x.At - ((x.At%step)+step)%step
	}
	for _, by := range q.By {
		switch by {
		case facts.ByAccount:
			key.Account = x.Account
		case facts.ByMeeting:
			key.Meeting = x.Meeting
		case facts.ByPerson:
			key.Person = x.Person
		case facts.BySegment:
			key.Segment = x.Segment
		case facts.BySite:
			key.Site = x.Site
		case facts.ByNetworkType:
			key.NetworkType = x.NetworkType
		case facts.ByDataCenter:
			key.DataCenter = x.DataCenter
		case facts.ByClientVersion:
			key.ClientVersion = x.ClientVersion
		case facts.ByDeviceClass:
			key.DeviceClass = x.DeviceClass
		case facts.ByISP:
			key.ISP = x.ISP
		case facts.ByTransport:
			key.Transport = x.Transport
		case facts.ByKind:
			key.Kind = x.Kind
		case facts.ByCause:
			key.Cause = x.Verdict.Cause
		}
	}
	return key
}

// Streams implements [facts.Store].
func (m *Memory) Streams(ctx context.Context, f facts.Filter) (out facts.StreamTally, err error) {
	err = m.with(ctx, func() error {
		minutes := m.minutes(&f)
		for i := range minutes {
			out.Add(&minutes[i], 1)
		}
		return nil
	})
	return out, err
}
