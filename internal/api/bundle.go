package api

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"slices"
	"time"
	_ "time/tzdata" // zones are asked for by name, on machines that know none

	"github.com/earshot/earshot"
	"github.com/earshot/earshot/internal/facts"
	"github.com/earshot/earshot/internal/report"
)

// The notifications of a bundle: those of its worst minutes.
const (
	bundleRawSpan   = 6 * 60_000 // milliseconds
	bundleRawEvents = 40
)

type bundleInput struct {
	ByID
	Redact bool   `query:"redact" default:"true" doc:"pseudonyms for people, addresses, hosts, hardware and meetings; of notifications only documented fields"`
	Zone   string `query:"zone" maxLength:"64" doc:"IANA time zone in which times are told; that of the site unless given, else UTC"`
	Raw    bool   `query:"raw" default:"true" doc:"with what Zoom sent in the worst minutes"`
}

// bundle starts the input of a bundle.
func (a *API) bundle(ctx context.Context, in *bundleInput, account earshot.ID, site earshot.ID) (*report.Input, error) {
	_, sites, err := a.sitesNow(ctx)
	if err != nil {
		return nil, err
	}
	out := &report.Input{
		Redact: in.Redact, Key: a.pseudonyms, Made: a.live.Watermark(), Version: a.version, Profile: a.profile, Sites: sites, Senders: map[earshot.ID]report.Who{},
	}
	out.Audio, out.Video = a.meaning(account)
	if in.Zone != "" {
		if out.Zone, err = time.LoadLocation(in.Zone); err != nil || in.Zone == "Local" {
			return nil, badInput("zone", "%q is no IANA time zone; want one like Europe/Paris", in.Zone)
		}
	} else if s := sites[site]; s != nil && s.Zone != "" {
		out.Zone, _ = time.LoadLocation(s.Zone) // nil, which is UTC, where the file names a zone that there is not
	}
	return out, nil
}

// bundleFile is a bundle ready to be sent. It is made whole before the first byte leaves: it is small, and half of it would be nothing.
func bundleFile(in *report.Input, what string, at earshot.Instant, id earshot.ID) (*download, error) {
	var b bytes.Buffer
	if err := report.Write(&b, in); err != nil {
		return nil, err
	}
	if in.Redact {
		what += "-redacted"
	}
	return &download{name: fileName(what, timeOf(at), id, ".html"), write: func(_ context.Context, w io.Writer) error {
		_, err := b.WriteTo(w)
		return err
	}}, nil
}

func (j *join) who() report.Who {
	return report.Who{Segment: j.segment.ID, Person: j.segment.Person, Name: j.name(), External: j.segment.External}
}

// stay is a join with its minutes, as a bundle has it.
func (j *join) stay(minutes ledger) report.Stay {
	s := report.Stay{Who: j.who(), Segment: *j.segment, Minutes: plain(minutes[j.segment.ID])}
	if j.person != nil {
		s.Email = j.person.Email
	}
	return s
}

// siteOf is the site of the last minute that names one.
func siteOf(minutes []earshot.Minute) earshot.ID {
	for _, m := range slices.Backward(minutes) {
		if m.Site != 0 {
			return m.Site
		}
	}
	return 0
}

func (a *API) bundleSegment(ctx context.Context, in *bundleInput) (*download, error) {
	j, err := a.segment(ctx, in.ID.ID)
	if err != nil {
		return nil, err
	}
	s := j.segment
	minutes, err := a.segmentMinutes(ctx, s)
	if err != nil {
		return nil, err
	}
	stay := j.stay(minutes)
	out, err := a.bundle(ctx, in, s.Account, siteOf(stay.Minutes))
	if err != nil {
		return nil, err
	}
	if out.Meeting, _, err = a.meeting(ctx, s.Meeting); err != nil {
		return nil, err
	}
	if err := a.fillStay(ctx, &stay); err != nil {
		return nil, err
	}
	all, err := a.joins(ctx, s.Meeting, nil)
	if err != nil {
		return nil, err
	}
	if stay.Drops, err = a.bundleDrops(ctx, s, all); err != nil {
		return nil, err
	}
	from, to := segmentSpan(s, out.Made)
	usual, _, err := a.others(ctx, s, all, max(from, to-longestSeries), to)
	if err != nil {
		return nil, err
	}
	for i := range usual {
		stay.Others = append(stay.Others, report.Median{At: usual[i].At, Wire: usual[i].Wire, Values: usual[i].Values})
	}
	for i := range all {
		out.Senders[all[i].segment.ID] = all[i].who()
	}
	out.Participant = &stay
	if in.Raw {
		out.Raw = a.bundleRaw(ctx, &stay)
	}
	return bundleFile(out, "participant", from, s.ID)
}

// fillStay adds everything that only the participant's own bundle has.
func (a *API) fillStay(ctx context.Context, stay *report.Stay) error {
	s := &stay.Segment
	from, to := segmentSpan(s, a.live.Watermark())
	from = max(from, to-longestSeries)
	filter := facts.Filter{From: from, To: to, Account: s.Account, Meeting: s.Meeting, Segment: s.ID, Limit: maxSamples}
	samples, err := a.facts.Samples(ctx, filter)
	if err != nil {
		return fmt.Errorf("samples of segment %s: %w", s.ID, err)
	}
	stay.Samples = make([]earshot.Sample, len(samples))
	for i := range samples {
		stay.Samples[i] = samples[i].Sample
	}
	if stay.Summaries, err = a.facts.Summaries(ctx, facts.Filter{From: s.Join, Account: s.Account, Segment: s.ID}); err != nil {
		return fmt.Errorf("summaries of segment %s: %w", s.ID, err)
	}
	filter.Segment = 0
	told, err := a.facts.Notifications(ctx, filter)
	if err != nil {
		return fmt.Errorf("notifications of meeting %s: %w", s.Meeting, err)
	}
	stay.Notifications = slices.DeleteFunc(told, func(n earshot.Notification) bool { return n.Segment != 0 && n.Segment != s.ID })
	return nil
}

func (a *API) bundleDrops(ctx context.Context, s *earshot.Segment, all []join) ([]report.Drop, error) {
	inRooms, err := a.breakoutJoins(ctx, s.Meeting)
	if err != nil {
		return nil, err
	}
	drops, err := a.dropsOf(ctx, s, all, inRooms)
	return reportDrops(drops), err
}

func reportDrops(drops []Drop) []report.Drop {
	out := make([]report.Drop, len(drops))
	for i, d := range drops {
		out[i] = report.Drop{At: earshot.InstantOf(d.At), Kind: d.Kind}
		if d.AwaySeconds != nil {
			out[i].Away = time.Duration(*d.AwaySeconds * float64(time.Second))
		}
	}
	return out
}

// bundleRaw is what Zoom sent in a stay's worst minutes; what is missing of it is said, and is no error.
func (a *API) bundleRaw(ctx context.Context, stay *report.Stay) *report.Raw {
	var worst *report.Run
	runs := report.Runs(stay.Minutes)
	for i := range runs {
		if worst == nil || runs[i].Minutes > worst.Minutes {
			worst = &runs[i]
		}
	}
	out := &report.Raw{Who: stay.Who}
	if worst == nil {
		_, to := segmentSpan(&stay.Segment, a.live.Watermark())
		out.From, out.To = to-bundleRawSpan/2, to
	} else {
		out.From = worst.From - 60_000
		out.To = min(worst.To+60_000, out.From+bundleRawSpan)
	}
	if a.journal == nil {
		out.Note = "There is no journal here to read them from."
		return out
	}
	found, err := a.rawEvents(ctx, &stay.Segment, out.From, out.To)
	switch {
	case err != nil:
		out.Note = "The receiver, which keeps them, did not answer when this was made."
	case found.Gone && len(found.Events) == 0:
		out.Note = "They are older than what is kept."
	case len(found.Events) == 0:
		out.Note = "There are none of that time."
	case len(found.Events) > bundleRawEvents || !found.Complete:
		out.Note = "These are the first of them; there are more."
	}
	if found != nil {
		for _, e := range found.Events[:min(len(found.Events), bundleRawEvents)] {
			raw := report.RawEvent{Name: e.Event, Received: earshot.InstantOf(e.ReceivedAt), Body: e.Body}
			if e.At != nil {
				raw.At = earshot.InstantOf(*e.At)
			}
			out.Events = append(out.Events, raw)
		}
	}
	return out
}

func (a *API) bundleMeeting(ctx context.Context, in *bundleInput) (*download, error) {
	m, now, err := a.meeting(ctx, in.ID.ID)
	if err != nil {
		return nil, err
	}
	all, minutes, err := a.attendance(ctx, m, now != nil)
	if err != nil {
		return nil, err
	}
	_, sites, err := a.sitesNow(ctx)
	if err != nil {
		return nil, err
	}
	rows := make(map[earshot.ID]SegmentRow, len(all))
	for i := range all {
		rows[all[i].segment.ID] = all[i].row(sites)
	}
	slices.SortFunc(all, func(x, y join) int { return worstFirst(rows[x.segment.ID], rows[y.segment.ID]) })
	site := earshot.ID(0)
	if len(all) > 0 {
		site = siteOf(plain(minutes[all[0].segment.ID]))
	}
	out, err := a.bundle(ctx, in, m.Account, site)
	if err != nil {
		return nil, err
	}
	out.Meeting = m
	for i := range all {
		out.Stays = append(out.Stays, all[i].stay(minutes))
		out.Senders[all[i].segment.ID] = all[i].who()
	}
	if in.Raw && len(out.Stays) > 0 {
		out.Raw = a.bundleRaw(ctx, &out.Stays[0])
	}
	return bundleFile(out, "meeting", began(m), m.ID)
}

func (a *API) bundleIncident(ctx context.Context, in *bundleInput) (*download, error) {
	i, ok, err := a.registry.Incident(ctx, in.ID.ID)
	if err != nil {
		return nil, err
	}
	if !ok {
		return nil, errNotFound
	}
	out, err := a.bundle(ctx, in, i.Account, i.Cell.ID)
	if err != nil {
		return nil, err
	}
	stays, err := a.touched(ctx, &i)
	if err != nil {
		return nil, err
	}
	out.Incident = &i
	for k := range stays {
		s := &stays[k]
		out.Stays = append(out.Stays, s.join.stay(ledger{s.join.segment.ID: s.minutes}))
		out.Senders[s.join.segment.ID] = s.join.who()
		if i.Personal() && s.join.segment.Person == i.Cell.ID {
			out.Senders[i.Cell.ID] = s.join.who()
		}
	}
	if out.Meetings, err = a.registry.MeetingsByID(ctx, i.Meetings); err != nil {
		return nil, fmt.Errorf("meetings of incident %s: %w", i.ID, err)
	}
	if out.Contrast, _, err = a.contrast(ctx, &i); err != nil {
		return nil, err
	}
	if in.Raw && len(out.Stays) > 0 {
		out.Raw = a.bundleRaw(ctx, &out.Stays[0])
	}
	return bundleFile(out, "incident", i.Start, i.ID)
}
