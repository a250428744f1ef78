package api

import (
	"cmp"
	"context"
	"fmt"
	"slices"

	"github.com/earshot/earshot"
	"github.com/earshot/earshot/internal/facts"
	"github.com/earshot/earshot/internal/identity"
	"github.com/earshot/earshot/internal/live"
)

// join is one segment with everything that is known about it from the three sources.
type join struct {
	segment *earshot.Segment
	now     *live.SegmentNow // nil when live does not hold it
	person  *earshot.Person  // nil when unknown
	tally   tally
}

// joins returns a meeting's segments: the registry's, and those that only live has yet.
func (a *API) joins(ctx context.Context, meeting earshot.ID, minutes ledger) ([]join, error) {
	known, err := a.registry.SegmentsOf(ctx, meeting)
	if err != nil {
		return nil, fmt.Errorf("segments of meeting %s: %w", meeting, err)
	}
	now := a.live.Segments(meeting)
	all := make([]join, 0, max(len(known), len(now)))
	index := make(map[earshot.ID]int, len(known))
	for i := range known {
		index[known[i].ID] = len(all)
		all = append(all, join{segment: &known[i]})
	}
	for i := range now {
		k, ok := index[now[i].ID]
		if !ok {
			k = len(all)
			all = append(all, join{})
		}
		all[k].take(&now[i])
	}
	all = withoutDuplicates(all)
	if err := a.who(ctx, all); err != nil {
		return nil, err
	}
	for i := range all {
		all[i].tally = minutes.tally(a.profile, all[i].segment.ID)
	}
	return all, nil
}

// withoutDuplicates leaves out the silent twin of a breakout room stay: see identity.Duplicate.
func withoutDuplicates(all []join) []join {
	byID := make(map[earshot.ID]*earshot.Segment, len(all))
	for i := range all {
		byID[all[i].segment.ID] = all[i].segment
	}
	return slices.DeleteFunc(all, func(j join) bool { return identity.Duplicate(j.segment, byID[j.segment.Parent]) })
}

// take adds what live knows. It is newer than the registry, but has no devices.
func (j *join) take(now *live.SegmentNow) {
	s := now.Segment.Segment
	if j.segment != nil {
		s.Devices = j.segment.Devices
		// An update that says less does not make the registry forget; the same holds here.
		s.Leave = max(s.Leave, j.segment.Leave)
		s.LastReport = max(s.LastReport, j.segment.LastReport)
		s.FirstReport = cmp.Or(s.FirstReport, j.segment.FirstReport)
		s.LeaveReason = cmp.Or(s.LeaveReason, j.segment.LeaveReason)
		s.Name = cmp.Or(s.Name, j.segment.Name)
	}
	j.segment, j.now = &s, now
}

// who looks up the persons of joins.
func (a *API) who(ctx context.Context, all []join) error {
	ids := make([]earshot.ID, 0, len(all))
	for i := range all {
		if id := all[i].segment.Person; id != 0 {
			ids = append(ids, id)
		}
	}
	slices.Sort(ids)
	persons, err := a.registry.PersonsByID(ctx, slices.Compact(ids))
	if err != nil {
		return fmt.Errorf("people of %d segments: %w", len(all), err)
	}
	byID := make(map[earshot.ID]*earshot.Person, len(persons))
	for i := range persons {
		byID[persons[i].ID] = &persons[i]
	}
	for i := range all {
		all[i].person = byID[all[i].segment.Person]
	}
	return nil
}

// name is the display name in this meeting, else the person's, else the e-mail address.
func (j *join) name() string {
	name := j.segment.Name
	if name == "" && j.now != nil {
		name = j.now.PersonName
	}
	if name == "" && j.person != nil {
		name = personName(j.person)
	}
	return name
}

func (j *join) row(sites map[earshot.ID]*earshot.Site) SegmentRow {
	s := j.segment
	row := SegmentRow{
		ID: s.ID, Meeting: s.Meeting, Person: PersonRef{ID: s.Person, Name: j.name(), External: s.External}, InMeetingID: s.InMeetingID,
		Join: timeOf(s.Join), Leave: timeOf(s.Leave), LeaveReason: s.LeaveReason, Parent: s.Parent,
		Reported: s.FirstReport != 0 || j.tally.last != nil, Minutes: gradeCount(j.tally.counts),
	}
	j.place(&row, sites)
	switch {
	case j.now != nil && j.now.Present:
		row.Present = true
		if state, since := j.tally.state.Grade(); state != earshot.Unclassified {
			row.State, row.StateSince = &state, timeOf(since)
		}
		row.Grade, row.Why, row.Reason = j.now.Grade, j.now.Why, reasonOf(j.now.Reason, j.now.Grade)
	case j.tally.worst != nil:
		w := j.tally.worst
		row.Grade, row.Why, row.Reason = w.Grade, w.Why, reasonOf(w.Reason, w.Grade)
	case j.now != nil && j.now.Minutes != (earshot.GradeCounts{}):
		row.Grade, row.Why, row.Reason = j.now.Grade, j.now.Why, reasonOf(j.now.Reason, j.now.Grade)
	default:
		row.Why = earshot.WhyNoReport
	}
	return row
}

// place fills in where and with what the person takes part: as live knows it, else as the newest minute and device say.
func (j *join) place(row *SegmentRow, sites map[earshot.ID]*earshot.Site) {
	var d earshot.Dimensions
	if j.tally.last != nil {
		d = j.tally.last.Dimensions
	}
	if now := j.now; now != nil {
		d.Site = cmp.Or(now.Site, d.Site)
		d.NetworkType, d.DataCenter = cmp.Or(now.NetworkType, d.NetworkType), cmp.Or(now.DataCenter, d.DataCenter)
		d.ClientVersion, d.DeviceClass = cmp.Or(now.ClientVersion, d.ClientVersion), cmp.Or(now.Device, now.DeviceClass, d.DeviceClass)
	}
	if n := len(j.segment.Devices); n > 0 {
		s := &j.segment.Devices[n-1]
		d.NetworkType, d.DataCenter = cmp.Or(d.NetworkType, s.NetworkType), cmp.Or(d.DataCenter, s.DataCenter)
		d.ClientVersion, d.DeviceClass = cmp.Or(d.ClientVersion, s.ClientVersion), cmp.Or(d.DeviceClass, s.Device)
	}
	row.Site = siteRef(d.Site, sites)
	if row.Site != nil && row.Site.Name == "" && j.now != nil && j.now.Site == d.Site {
		row.Site.Name, row.Site.Derived = j.now.SiteName, j.now.SiteDerived
	}
	row.Network, row.DataCenter, row.ClientVersion, row.Device = d.NetworkType, d.DataCenter, d.ClientVersion, d.DeviceClass
}

// worstFirst sorts rows: by grade, then by how long it was bad, poor, fair; those present before those who left; by name.
func worstFirst(a, b SegmentRow) int {
	return cmp.Or(
		cmp.Compare(b.Grade, a.Grade), cmp.Compare(b.Minutes.Bad, a.Minutes.Bad), cmp.Compare(b.Minutes.Poor, a.Minutes.Poor),
		cmp.Compare(b.Minutes.Fair, a.Minutes.Fair), -compareBool(a.Present, b.Present), -compareBool(a.Reported, b.Reported),
		cmp.Compare(a.Person.Name, b.Person.Name), cmp.Compare(a.ID, b.ID))
}

// compareBool orders false before true.
func compareBool(a, b bool) int {
	switch {
	case a == b:
		return 0
	case a:
		return 1
	}
	return -1
}

// meetingMinutes reads the minutes of a meeting within a span.
func (a *API) meetingMinutes(ctx context.Context, m *earshot.Meeting, from, to earshot.Instant) (ledger, error) {
	l, err := a.minutesOf(ctx, facts.Filter{From: from, To: to, Account: m.Account, Meeting: m.ID}, m.ID)
	if err != nil {
		return nil, fmt.Errorf("minutes of meeting %s: %w", m.ID, err)
	}
	return l, nil
}
