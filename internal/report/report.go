package report

import (
	"cmp"
	_ "embed"
	"fmt"
	"html/template"
	"io"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/earshot/earshot"
	"github.com/earshot/earshot/internal/grade"
	"github.com/earshot/earshot/internal/incident"
)

//go:embed bundle.html
var source string

// page is parsed once: the file is a part of the program, and a test writes it.
var page = template.Must(template.New("bundle").Parse(source))

// Bounds of a bundle: what is beyond them is counted and not listed.
const (
	maxStrips   = 300
	maxTroubles = 20
	maxMoments  = 200
)

// Write writes the bundle of in. See the package comment for what it guarantees.
func Write(w io.Writer, in *Input) error {
	b := &builder{in: in, namer: namer{redact: in.Redact, key: in.Key}}
	if err := page.Execute(w, b.document()); err != nil {
		return fmt.Errorf("write the bundle: %w", err)
	}
	return nil
}

// builder turns an input into what stands in the page.
type builder struct {
	in *Input
	namer
}

// field is a label with its value.
type field struct{ Label, Value string }

// moment is a line of the timeline.
type moment struct{ When, What, Detail string }

// figures are the numbers of a stream over the whole stay.
type figures struct{ Stream, Reports, Least, Median, P95, Greatest, Zoom string }

// bound is a rule of the profile.
type bound struct{ What, Fair, Poor, Bad, Source string }

// document is the page's content.
type document struct {
	Redacted                bool
	Kind, Title, When, Zone string
	Verdict, VerdictGrade   string
	Facts                   []field
	Counts                  []observation
	Where                   *wherePart
	Troubles                []trouble
	MoreTroubles            int
	StripTitle              string
	Strips                  []strip
	MoreStrips              int
	StripTicks              []tick
	Charts                  []chart
	BothWays                bool // charts stand in two columns, sent and received
	OthersDrawn             bool // a chart has the line of the others
	Figures                 []figures
	Devices                 []deviceTable
	Timeline                []moment
	MoreMoments             int
	Meetings                []field
	Raw                     *rawPart
	Removed                 []string
	Made, Version, Profile  string
	ProfileAbout            string
	Bounds                  []bound
	Reading                 string
}

type rawPart struct {
	Who, When, Note string
	Events          []rawLine
}

type rawLine struct{ When, Name, Received, Body string }

type deviceTable struct {
	Since  string
	Fields []field
}

func (b *builder) document() *document {
	in := b.in
	d := &document{
		Redacted: in.Redact, Made: in.clockSeconds(in.Made), Version: in.Version, Profile: in.Profile.Name, ProfileAbout: in.Profile.About, Bounds: b.bounds(),
		Zone:    in.zone().String() + in.Made.Time().In(in.zone()).Format(", UTC-07:00"),
		Reading: fmt.Sprintf("Zoom’s “input” was read as %s for audio and %s for video; latency is a round trip through Zoom and back.", meaning(in.Audio), meaning(in.Video)),
	}
	if in.Redact {
		d.Removed = removed
	}
	switch {
	case in.Incident != nil:
		b.incident(d)
	case in.Participant != nil:
		b.participant(d)
	default:
		b.meeting(d)
	}
	if len(d.Timeline) > maxMoments {
		d.MoreMoments = len(d.Timeline) - maxMoments
		d.Timeline = d.Timeline[:maxMoments]
	}
	if in.Raw != nil {
		d.Raw = b.raw(in.Raw)
	}
	return d
}

// removed says what a redacted bundle leaves out.
var removed = []string{
	"Names of people, their e-mail addresses and identifiers, IP and hardware addresses, subnets, host names, domains, disks and meetings have pseudonyms. " +
		"The same pseudonym means the same thing in every bundle of this installation; without its key nobody can tell what it stands for.",
	"Topics, meeting numbers, names of microphones, speakers and cameras, and locations are left out.",
	"Of each notification only documented fields remain, and of these only values of the documented shape; how many fields were left out stands below it.",
	"Names of sites, internet providers, VPN pools, Zoom’s data centres and client versions remain: without them nobody could act on this.",
}

func meaning(m earshot.InputMeaning) string {
	if m == earshot.InputSent {
		return "sent"
	}
	return "received"
}

func (b *builder) participant(d *document) {
	in, s := b.in, b.in.Participant
	name := b.person(s.Who)
	d.Kind, d.Title = "Participant", name+" in "+b.meetingName(in.Meeting)
	from, to := stayBounds(s)
	d.When = in.span(cmp.Or(s.Segment.Join, from), cmp.Or(s.Segment.Leave, to))
	stay := grade.Stay(s.Minutes)
	d.VerdictGrade = stay.Grade.String()
	d.Troubles = b.troubles(s)
	d.Verdict = overallSentence(name, &stay)
	if len(d.Troubles) > 0 {
		d.Verdict, d.VerdictGrade = d.Troubles[0].Sentence, d.Troubles[0].Grade
	}
	b.cutTroubles(d)
	d.Facts = b.gradeFacts(&stay)
	d.Facts = append(d.Facts, b.who(s)...)
	d.StripTitle = "Grade of each minute"
	b.strips(d, []Stay{*s}, from, to)
	step := cadence(s.Samples)
	for _, l := range lanes(in, s.Samples) {
		c := in.draw(&l, from, to, step)
		d.OthersDrawn = d.OthersDrawn || c.Ghost != ""
		d.Charts = append(d.Charts, c)
		d.Figures = append(d.Figures, b.figures(&l, s.Summaries))
	}
	d.columns()
	d.Devices = b.devices(s)
	d.Timeline = b.timeline(s)
}

// columns puts what was sent beside what was received, where there is both: alone they would fill half a page.
func (d *document) columns() {
	has := func(way string) bool {
		return slices.ContainsFunc(d.Charts, func(c chart) bool { return c.Way == way })
	}
	if d.BothWays = has(earshot.DirectionSend.String()) && has(earshot.DirectionReceive.String()); d.BothWays {
		return
	}
	for i := range d.Charts {
		d.Charts[i].Way = ""
	}
}

func (b *builder) meeting(d *document) {
	in := b.in
	d.Kind, d.Title = "Meeting", b.meetingName(in.Meeting)
	from, to := earshot.Instant(0), earshot.Instant(0)
	var all []earshot.Minute
	byCause := map[earshot.Cause]int{}
	for i := range in.Stays {
		f, t := stayBounds(&in.Stays[i])
		if f != 0 && (from == 0 || f < from) {
			from = f
		}
		to = max(to, t)
		all = append(all, in.Stays[i].Minutes...)
	}
	for i := range all {
		byCause[all[i].Verdict.Cause]++
	}
	d.When = in.span(cmp.Or(in.Meeting.Start, from), cmp.Or(in.Meeting.End, to))
	whole := grade.Many(all)
	d.Verdict, d.VerdictGrade = overallSentence("The meeting", &whole), whole.Grade.String()
	d.Facts = append(b.gradeFacts(&whole), field{"Joins", fmt.Sprint(len(in.Stays))})
	d.Facts = append(d.Facts, b.meetingFacts(in.Meeting)...)
	for _, c := range slices.SortedFunc(maps.Keys(byCause), func(x, y earshot.Cause) int { return cmp.Or(byCause[y]-byCause[x], int(x)-int(y)) }) {
		if c != earshot.CauseNone {
			d.Counts = append(d.Counts, observation{What: causeTitle(c), Value: counted(byCause[c], "poor or bad participant-minute", "poor and bad participant-minutes")})
		}
	}
	if in.Participant != nil {
		d.Troubles = b.troubles(in.Participant)
	} else if len(in.Stays) > 0 {
		d.Troubles = b.troubles(&in.Stays[0])
	}
	b.cutTroubles(d)
	d.StripTitle = "Everybody, minute by minute, worst first"
	b.strips(d, in.Stays, from, to)
	for i := range in.Stays {
		s := &in.Stays[i]
		for _, x := range s.Drops {
			d.Timeline = append(d.Timeline, moment{in.clockSeconds(x.At), dropWords[x.Kind], b.person(s.Who)})
		}
		for k := range s.Notifications {
			d.Timeline = append(d.Timeline, moment{in.clockSeconds(s.Notifications[k].At), "Zoom: " + b.notice(s.Notifications[k].Code), b.person(s.Who)})
		}
	}
	sortMoments(d.Timeline)
}

func (b *builder) incident(d *document) {
	in := b.in
	i := *in.Incident
	i.Cell = b.cell(i.Cell)
	names := incident.Names{Zone: in.zone(), Site: b.site(in.Sites[in.Incident.Cell.ID])}
	if i.Personal() {
		who := in.Senders[in.Incident.Cell.ID]
		who.Person = in.Incident.Cell.ID
		names.Person = b.person(who)
	}
	d.Kind, d.Title = "Incident", incident.Headline(&i, names)
	d.When = in.span(i.Start, i.End)
	v := earshot.Verdict{Cause: i.Cause, Confidence: i.Confidence, Cell: in.Incident.Cell, Direction: i.Direction, Inside: i.Inside, Elsewhere: i.Elsewhere, Metric: earshot.MetricCount, Since: i.Start}
	if i.End != 0 {
		v.Since = 0 // it is over, and both times stand above
	}
	if i.Cause == earshot.CauseUnknown && len(i.Candidates) > 0 {
		v.Candidate = i.Candidates[0]
	}
	d.Verdict, d.VerdictGrade = b.sentence(v), earshot.Bad.String()
	d.Counts = b.people(v)
	d.Where = b.where(in.Contrast)
	d.Facts = []field{
		{"Cause", causeTitle(i.Cause)}, {"Confidence", fmt.Sprintf("%d %%", i.Confidence)}, {"Severity", i.Severity.String()}, {"State", i.State.String()},
		{"People affected", fmt.Sprint(i.Affected)}, {"Bad participant-minutes", fmt.Sprint(i.Minutes)}, {"Which way", wayWord(i.Direction)},
	}
	if i.Metric != earshot.MetricCount {
		d.Facts = append(d.Facts, field{"Decided most by", grade.MetricName(i.Metric)})
	}
	for k := range i.Timeline {
		d.Timeline = append(d.Timeline, b.change(&i.Timeline[k]))
	}
	d.StripTitle = "The people, minute by minute, worst first"
	to := cmp.Or(i.End, in.Made)
	b.strips(d, in.Stays, i.Start.Minute()-10*60_000, min(to+10*60_000, i.Start+12*3_600_000))
	for k := range in.Meetings {
		m := &in.Meetings[k]
		d.Meetings = append(d.Meetings, field{b.meetingName(m), in.span(cmp.Or(m.Start, m.FirstSeen), m.End)})
	}
}

func (b *builder) change(e *earshot.IncidentEvent) moment {
	var parts []string
	if e.Cause != earshot.CauseNone {
		parts = append(parts, causeTitle(e.Cause))
	}
	if e.Cell.Scope != earshot.ScopeNone && e.Cell.Scope != earshot.ScopePerson {
		parts = append(parts, b.cellName(e.Cell))
	}
	// At its end the people are those of the last time that its cause was seen.
	if over := e.What == earshot.IncidentEnded && e.Other == 0; e.Inside.Of > 0 && !over {
		people := fmt.Sprintf("%d of %d people bad", e.Inside.Bad, e.Inside.Of)
		if e.What == earshot.IncidentCalmed {
			people += " when it was seen last"
		}
		parts = append(parts, people)
	}
	return moment{b.in.clockSeconds(e.At), changeWords[e.What], strings.Join(parts, ", ")}
}

func (b *builder) cutTroubles(d *document) {
	if len(d.Troubles) > maxTroubles {
		d.MoreTroubles = len(d.Troubles) - maxTroubles
		d.Troubles = d.Troubles[:maxTroubles]
	}
}

// overallSentence says what minutes amount to.
func overallSentence(who string, o *grade.Overall) string {
	if o.Minutes.Classified() == 0 {
		return who + ": nothing is known of how it was; no minute could be graded."
	}
	s := fmt.Sprintf("%s: %d of %s poor or bad.", who, o.Minutes[earshot.Poor]+o.Minutes[earshot.Bad], counted(o.Minutes.Classified(), "graded minute", "graded minutes"))
	if o.Reason.Set {
		s += " Decided most by " + grade.Describe(o.Reason, o.ReasonGrade) + "."
	}
	return s
}

func (b *builder) gradeFacts(o *grade.Overall) []field {
	out := []field{{"Grade", o.Grade.String()}}
	for g := earshot.Bad; g >= earshot.Unclassified && g <= earshot.Bad; g-- {
		out = append(out, field{"Minutes " + g.String(), fmt.Sprint(o.Minutes[g])})
	}
	return out
}

func (b *builder) meetingName(m *earshot.Meeting) string {
	if m == nil {
		return "a meeting"
	}
	if b.redact {
		return b.code("meeting", m.UUID)
	}
	return cmp.Or(m.Topic, m.Number, m.UUID, "a meeting without a name")
}

// meetingFacts are what Zoom's support asks for first.
func (b *builder) meetingFacts(m *earshot.Meeting) []field {
	if m == nil {
		return nil
	}
	out := []field{{"Meeting UUID", b.secret("meeting", m.UUID)}}
	if !b.redact && m.Number != "" {
		out = append(out, field{"Meeting number", m.Number})
	}
	return out
}

// who are the identifiers of a participant.
func (b *builder) who(s *Stay) []field {
	out := b.meetingFacts(b.in.Meeting)
	out = append(out, field{"In-meeting id", b.secret("participant", s.Segment.InMeetingID)})
	if s.Email != "" {
		out = append(out, field{"E-mail", b.secret("email", s.Email)})
	}
	if r := b.leaveReason(s.Segment.LeaveReason); r != "" {
		out = append(out, field{"Left", r})
	}
	return out
}

func (b *builder) devices(s *Stay) []deviceTable {
	out := make([]deviceTable, 0, len(s.Segment.Devices))
	for i := range s.Segment.Devices {
		x := &s.Segment.Devices[i]
		t := deviceTable{Since: b.in.clockSeconds(x.At)}
		add := func(label, value string) {
			if value != "" {
				t.Fields = append(t.Fields, field{label, value})
			}
		}
		add("Device", b.device(x.Device))
		add("Client version", b.version(x.ClientVersion))
		add("Network", b.networkType(x.NetworkType))
		add("Connection", b.connectionType(x.ConnectionType))
		add("Data centre", b.place(x.DataCenter))
		add("Zoom’s end", b.zoomsEnd(x.Destination))
		add("Public address", b.secret("address", x.PublicIP))
		add("Local address", b.secret("address", x.InternalIP))
		add("Host name", b.secret("host", x.PCName))
		add("Domain", b.secret("domain", x.Domain))
		add("MAC address", b.secret("mac", x.MAC))
		add("Disk", b.secret("disk", x.DiskID))
		if !b.redact {
			add("Client", x.Client)
			add("Device detail", x.DeviceDetail)
			add("Location, by Zoom", x.Location)
			add("Microphone", x.Microphone)
			add("Speaker", x.Speaker)
			add("Camera", x.Camera)
		}
		out = append(out, t)
	}
	return out
}

func (b *builder) timeline(s *Stay) []moment {
	in := b.in
	var out []moment
	add := func(at earshot.Instant, what, detail string) {
		if at != 0 {
			out = append(out, moment{in.clockSeconds(at), what, detail})
		}
	}
	add(s.Segment.Join, "Joined", "")
	add(s.Segment.Leave, "Left", b.leaveReason(s.Segment.LeaveReason))
	for i := range s.Segment.Devices {
		if i > 0 {
			add(s.Segment.Devices[i].At, "Device or network changed", "see above")
		}
	}
	for i := range s.Notifications {
		add(s.Notifications[i].At, "Zoom: "+b.notice(s.Notifications[i].Code), "")
	}
	for _, x := range s.Drops {
		detail := ""
		if x.Away > 0 {
			detail = fmt.Sprintf("back after %s", x.Away.Round(time.Second))
		}
		add(x.At, dropWords[x.Kind], detail)
	}
	for _, r := range Runs(s.Minutes) {
		add(r.From, "Trouble begins: "+causeTitle(r.Best.Cause), counted(r.Minutes, "poor or bad minute", "poor and bad minutes")+", until "+in.clock(r.To))
	}
	sortMoments(out)
	return out
}

func sortMoments(all []moment) {
	slices.SortStableFunc(all, func(a, b moment) int { return strings.Compare(a.When, b.When) })
}

// figures are the numbers of a lane, beside what Zoom's own summary says of it.
func (b *builder) figures(l *lane, summaries []earshot.Summary) figures {
	f := figures{
		Stream: l.name(), Reports: fmt.Sprint(len(l.value)), Least: measure(l.metric, slices.Min(l.value)), Median: measure(l.metric, quantile(l.value, 0.5)),
		P95: measure(l.metric, quantile(l.value, 0.95)), Greatest: measure(l.metric, slices.Max(l.value)),
	}
	for i := range summaries {
		s := &summaries[i]
		if s.Wire != l.wire {
			continue
		}
		stat := map[earshot.Metric]earshot.SummaryStat{
			earshot.LossAvgPct: s.Loss, earshot.JitterMs: s.Jitter, earshot.LatencyMs: s.Latency, earshot.BitrateKbps: s.Bitrate, earshot.FrameRateFPS: s.FrameRate, earshot.RSSIAvgDBm: s.RSSI,
		}[l.metric]
		if stat.Avg.Present {
			f.Zoom = measure(l.metric, stat.Avg.Value)
		}
	}
	return f
}

func (b *builder) raw(r *Raw) *rawPart {
	out := &rawPart{Who: b.person(r.Who), When: b.in.span(r.From, r.To), Note: r.Note}
	for i := range r.Events {
		e := &r.Events[i]
		name := e.Name
		if b.redact {
			name = cmp.Or(eventName(name), "a notification")
		}
		out.Events = append(out.Events, rawLine{b.in.clockSeconds(cmp.Or(e.At, e.Received)), name, b.in.clockSeconds(e.Received), b.body(e.Body)})
	}
	return out
}

// bounds are the rules by which grades are made.
func (b *builder) bounds() []bound {
	var out []bound
	for _, r := range b.in.Profile.Bands() {
		what := capital(strings.TrimSpace(mediaWord(r.Media) + " " + grade.MetricName(r.Metric)))
		if r.Direction != earshot.DirectionNone {
			what += ", " + wayWord(r.Direction)
		}
		way := "from "
		if !r.Inclusive {
			way = "above "
		}
		if r.Falling {
			way = "below "
		}
		at := func(x float64) string {
			if x != x {
				return ""
			}
			return way + measure(r.Metric, x)
		}
		out = append(out, bound{what, at(r.Fair), at(r.Poor), at(r.Bad), r.Source})
	}
	return out
}

func sortedKeys[V any](m map[string]V) []string { return slices.Sorted(maps.Keys(m)) }
