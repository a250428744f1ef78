package report_test

import (
	"bytes"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/earshot/earshot"
	"github.com/earshot/earshot/internal/grade"
	"github.com/earshot/earshot/internal/incident"
	"github.com/earshot/earshot/internal/report"
)

const start = earshot.Instant(1_794_571_200_000)

func at(minute int) earshot.Instant { return start + earshot.Instant(minute)*60_000 }

// personal makes a text that occurs nowhere else, and remembers it.
type personal struct {
	all  []string
	make func(n int) string
}

func (p *personal) text() string {
	s := p.make(len(p.all))
	p.all = append(p.all, s)
	return s
}

func (p *personal) person(n int) report.Who {
	return report.Who{Segment: earshot.ID(0x400 + n), Person: earshot.ID(0x300 + n), Name: p.text()}
}

// stay is a join of half an hour with ten bad minutes in the middle.
func (p *personal) stay(n int, v earshot.Verdict) report.Stay {
	s := report.Stay{Who: p.person(n), Email: p.text()}
	s.Segment = earshot.Segment{
		ID: s.Who.Segment, Person: s.Who.Person, InMeetingID: p.text(), Name: p.text(), Join: at(0), Leave: at(30), FirstReport: at(0), LastReport: at(30),
		LeaveReason: p.text() + " left the meeting. Reason: Host ended the meeting.",
		Devices: []earshot.DeviceSnapshot{
			{At: at(0), Device: "Windows", NetworkType: "Wifi", ConnectionType: "UDP", DataCenter: "Frankfurt", ClientVersion: "6.2.1 (" + p.text() + ")", PublicIP: p.text(), InternalIP: p.text(),
				PCName: p.text(), Domain: p.text(), MAC: p.text(), DiskID: p.text(), Microphone: p.text(), Speaker: p.text(), Camera: p.text(), Location: p.text(), Destination: p.text()},
			{At: at(12), Device: p.text(), DeviceDetail: p.text(), Client: p.text(), NetworkType: p.text(), ConnectionType: p.text()},
		},
	}
	for m := range 30 {
		x := earshot.Minute{Segment: s.Who.Segment, Person: s.Who.Person, At: at(m), Grade: earshot.Good, Dimensions: earshot.Dimensions{Site: 2, NetworkType: p.text()}}
		x.Slots[earshot.SlotAudioReceive] = earshot.Good
		if m >= 10 && m < 20 {
			x.Grade, x.Verdict = earshot.Bad, v
			x.Reason = earshot.Reason{Wire: earshot.WireAudioInput, Direction: earshot.DirectionReceive, Metric: earshot.LossAvgPct, Value: 18.2, Bound: 10, Set: true}
		}
		s.Minutes = append(s.Minutes, x)
		for _, w := range []earshot.Wire{earshot.WireAudioInput, earshot.WireAudioOutput, earshot.WireCPUUsage, earshot.WireWifiRSSI} {
			if m >= 22 && m < 26 {
				continue // a gap
			}
			sample := earshot.Sample{Segment: s.Who.Segment, At: at(m), Wire: w}
			sample.Set(earshot.BitrateKbps, 60)
			sample.Set(earshot.LossAvgPct, float64(m))
			sample.Set(earshot.CPUSystemMaxPct, 40)
			sample.Set(earshot.RSSIAvgDBm, -61)
			s.Samples = append(s.Samples, sample)
		}
	}
	s.Notifications = []earshot.Notification{{Segment: s.Who.Segment, At: at(11), Code: "network bandwidth low"}, {At: at(12), Code: p.text()}}
	s.Drops = []report.Drop{{At: at(21), Kind: "rejoined", Away: 12 * time.Second}}
	return s
}

// notification is one with somebody's traces in every field that Zoom documents, and in some that it does not.
func (p *personal) notification() string {
	t := p.text
	return fmt.Sprintf(`{"event":"meeting.participant_data","event_ts":%d,"payload":{"account_id":%q,"object":{"uuid":%q,"id":%q,"host_id":%q,"topic":%q,"timezone":%q,"new":{"deep":[%q]},
		"participant":{"user_id":%q,"participant_user_id":%q,"email":%q,"user_name":%q,"registrant_id":%q,"customer_key":%q,"phone_number":%q,"leave_reason":%q,"id":%q,
		"data":[{"device":%q,"location":%q,"network_type":%q,"microphone":%q,"speaker":%q,"camera":%q,"data_center":%q,"connection_type":%q,"pc_name":%q,"domain":%q,"mac_addr":%q,"harddisk_id":%q,"version":%q,
		"signaling_ip_address":%q,"destination_ip_domain":%q,%q:"x"},%q],
		"qos":[{"type":%q,"date_time":%q,"details":{"bitrate":%q,"quality":%q,"network_notification":%q,"latency":"134 ms"}},{"type":"audio_input","date_time":"2026-11-20T09:41:00Z","details":{"avg_loss":"18.2%%"}}]}}}}`,
		int64(at(15)), t(), t(), t(), t(), t(), t(), t(), t(), t(), t(), t(), t(), t(), t(), t(), t(), t(), t(), t(), t(), t(), t(), t(), t(), t(), t(), t(), t(), t(), t(), t(), t(), t(), t(), t(), t(), t(), t())
}

// inputs are one bundle of each kind.
func (p *personal) inputs() map[string]*report.Input {
	sites := map[earshot.ID]*earshot.Site{1: {ID: 1, Name: "Lyon", Zone: "Europe/Paris"}, 2: {ID: 2, Name: p.text(), Derived: true}}
	base := func() *report.Input {
		return &report.Input{Key: []byte("key"), Made: at(40), Version: "1.0", Profile: grade.Earshot(), Sites: sites, Senders: map[earshot.ID]report.Who{}}
	}
	meeting := &earshot.Meeting{ID: 7, UUID: p.text(), Number: p.text(), Topic: p.text(), HostID: p.text(), Start: at(0), End: at(30)}
	sender := p.person(50)
	remote := earshot.Verdict{Cause: earshot.CauseRemote, Confidence: 88, Cell: earshot.Cell{Scope: earshot.ScopeSender, ID: sender.Segment}, Inside: earshot.Count{Bad: 9, Of: 12}, Metric: earshot.MetricCount, Since: at(10)}
	subnet := earshot.Verdict{Cause: earshot.CauseLocalNetwork, Confidence: 93, Cell: earshot.Cell{Scope: earshot.ScopeSubnet, ID: 1, Name: p.text()}, Inside: earshot.Count{Bad: 17, Of: 19},
		Elsewhere: earshot.Count{Bad: 2, Of: 311}, Metric: earshot.MetricCount, Since: at(10)}

	participant := base()
	one := p.stay(1, remote)
	participant.Participant, participant.Meeting, participant.Senders[sender.Segment] = &one, meeting, sender
	participant.Raw = &report.Raw{Who: one.Who, From: at(10), To: at(16), Events: []report.RawEvent{
		{Name: "meeting.participant_data", At: at(15), Received: at(15) + 2000, Body: p.notification()}, {Name: p.text(), At: at(15), Body: p.text()}, {Name: p.text(), At: at(15), Body: `["` + "x" + `"]`}}}

	whole := base()
	whole.Meeting = meeting
	for n := range 4 {
		whole.Stays = append(whole.Stays, p.stay(n, subnet))
	}

	shared := base()
	shared.Incident = &earshot.Incident{ID: 9, Cause: earshot.CauseLocalNetwork, Cell: subnet.Cell, Severity: earshot.SeverityMajor, State: earshot.IncidentOpen, Start: at(10), Confidence: 93, Inside: subnet.Inside,
		Elsewhere: subnet.Elsewhere, Affected: 19, Minutes: 120, Metric: earshot.LossAvgPct, Timeline: []earshot.IncidentEvent{{At: at(12), What: earshot.IncidentOpened, Inside: subnet.Inside, Cell: subnet.Cell, Cause: earshot.CauseLocalNetwork}}}
	shared.Stays, shared.Meetings = whole.Stays, []earshot.Meeting{*meeting}
	shared.Contrast = p.contrast(subnet)

	alone := base()
	who := p.person(60)
	alone.Incident = &earshot.Incident{ID: 10, Cause: earshot.CauseWifi, Cell: earshot.Cell{Scope: earshot.ScopePerson, ID: who.Person}, State: earshot.IncidentClosed, Start: at(10), End: at(20), Affected: 1, Metric: earshot.MetricCount}
	alone.Senders[who.Person] = who
	return map[string]*report.Input{"participant": participant, "meeting": whole, "incident": shared, "one person's incident": alone}
}

// contrast is one with every trait; of each, what can name somebody does.
func (p *personal) contrast(own earshot.Verdict) *report.Contrast {
	lyon, home := earshot.Cell{Scope: earshot.ScopeSite, ID: 1}, earshot.Cell{Scope: earshot.ScopeSite, ID: 2}
	few, many := earshot.Count{Bad: 17, Of: 19}, earshot.Count{Bad: 3, Of: 267}
	named := func(s earshot.Scope, name string) earshot.Cell { return earshot.Cell{Scope: s, Name: name} }
	c := &report.Contrast{From: at(12), To: at(15)}
	c.Splits = []incident.Split{
		{By: incident.TraitSubnet, Cell: own.Cell, Own: true, Inside: few, Elsewhere: many},
		{By: incident.TraitSite, Cell: lyon, Inside: few, Elsewhere: many}, {By: incident.TraitSite, Cell: home, Inside: few, Elsewhere: many},
		{By: incident.TraitAddress, Cell: lyon, Name: p.text(), Inside: few, Elsewhere: many},
		{By: incident.TraitNetwork, Cell: lyon, Name: "Wifi", Inside: few, Elsewhere: earshot.Count{}}, {By: incident.TraitNetwork, Cell: own.Cell, Name: p.text(), Inside: few},
		{By: incident.TraitISP, Cell: named(earshot.ScopeISP, "Arvel Fibre"), Inside: few, Elsewhere: many},
		{By: incident.TraitVersion, Cell: named(earshot.ScopeVersion, "6.6.11 ("+p.text()+")"), Inside: few, Elsewhere: many},
	}
	c.Clues = []incident.Clue{
		{Cause: earshot.CauseISP, Kind: incident.ClueOthers, Cell: named(earshot.ScopeISP, "Arvel Fibre"), Count: many, Line: true},
		{Cause: earshot.CauseClientVersion, Kind: incident.ClueOthers, Cell: named(earshot.ScopeVersion, "6.6.11 ("+p.text()+")"), Count: many},
		{Cause: earshot.CauseLocalNetwork, Kind: incident.ClueWired, Cell: home, Count: many},
		{Cause: earshot.CauseWifi, Kind: incident.ClueAlone, Maybe: true},
	}
	return c
}

func write(t interface{ Fatal(...any) }, in *report.Input) string {
	var b bytes.Buffer
	if err := report.Write(&b, in); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

// elements parses a bundle and returns its elements and the text of each kind of them.
func elements(t testing.TB, page string) (names map[string]int, attributes []xml.Attr, text string) {
	t.Helper()
	d := xml.NewDecoder(strings.NewReader(page))
	d.Strict, d.AutoClose, d.Entity = false, []string{"meta"}, xml.HTMLEntity
	names = map[string]int{}
	var words strings.Builder
	for {
		token, err := d.Token()
		if errors.Is(err, io.EOF) {
			return names, attributes, words.String()
		}
		if err != nil {
			t.Fatalf("the bundle does not parse: %v", err)
		}
		switch x := token.(type) {
		case xml.StartElement:
			names[x.Name.Local]++
			attributes = append(attributes, x.Attr...)
		case xml.CharData:
			words.Write(x)
		}
	}
}

func TestABundleTellsWhatItShould(t *testing.T) {
	p := &personal{make: func(n int) string { return fmt.Sprintf("personal-%d", n) }}
	all := p.inputs()
	for kind, want := range map[string][]string{
		"participant": {"9 of 12 listeners received badly what", "'s sending", "What decided", "audio received, loss 18.2 %, bad from 10 %", "Audio received, loss", "Joined", "Fell out and came back", "network bandwidth low",
			"meeting.participant_data", "received", "How grades are made", "times in UTC", "Listeners of that sender", "Earshot 1.0"},
		"meeting": {"Everybody, minute by minute", "17 of 19 people on", "in Lyon", "40 poor and bad participant-minutes", "Local network"},
		"incident": {"network ", " in Lyon, 19 people, since", "17 of 19 people bad", "2 of 311 people bad", "Opened", "major", "Meetings that it touched",
			"Where it is, and where it is not", "17 of 19", "89\u00a0%", "other sites", "3 of 267", "Arvel Fibre", "Wifi in Lyon", "Wifi elsewhere", "Not: Internet provider", "3 of 267 other people on Arvel Fibre had it; the site's own line is not ruled out.",
			"Maybe: Wi-Fi"},
		"one person's incident": {"own Wi-Fi", "closed"},
	} {
		for _, redact := range []bool{false, true} {
			all[kind].Redact = redact
			page := write(t, all[kind])
			_, _, text := elements(t, page)
			for _, w := range want {
				if !strings.Contains(text, w) {
					t.Errorf("%s, redacted %v: %q is missing", kind, redact, w)
				}
			}
			if strings.Contains(text, "This copy is redacted") != redact {
				t.Errorf("%s: redacted %v is not said", kind, redact)
			}
			if again := write(t, all[kind]); again != page {
				t.Errorf("%s: two bundles of one input differ", kind)
			}
		}
	}
	all["participant"].Redact = false
	page := write(t, all["participant"])
	for _, s := range []string{all["participant"].Participant.Name, all["participant"].Meeting.Topic, all["participant"].Participant.Segment.Devices[0].PublicIP} {
		if !strings.Contains(page, s) {
			t.Errorf("%q is missing from the bundle that is not redacted", s)
		}
	}
}

// The others' median is drawn behind the participant's own line where there is one, with a gap where too few were reported.
func TestTheOthersAreDrawnDashed(t *testing.T) {
	p := &personal{make: func(n int) string { return fmt.Sprintf("personal-%d", n) }}
	in := p.inputs()["participant"]
	if page := write(t, in); strings.Contains(page, `class="ghost"`) || strings.Contains(page, "Dashed") {
		t.Error("a bundle without medians draws one")
	}
	for _, m := range []int{2, 3, 4, 9, 10} {
		median := report.Median{At: at(m), Wire: earshot.WireAudioInput}
		median.Set(earshot.LossAvgPct, 0.5)
		in.Participant.Others = append(in.Participant.Others, median)
	}
	page := write(t, in)
	ghosts := regexp.MustCompile(`class="ghost" d="([^"]*)"`).FindAllStringSubmatch(page, -1)
	both := strings.Contains(page, `<figure class="send"`) && strings.Contains(page, `<figure class="receive"`)
	if told := strings.Contains(page, "Sent at the left"); told != both || strings.Contains(page, `<figure class="`) != both {
		t.Errorf("two columns are told of: %v; sent and received are both drawn in them: %v", told, both)
	}
	if len(ghosts) != 1 || strings.Count(ghosts[0][1], "M") != 2 || strings.Count(ghosts[0][1], "L") != 3 {
		t.Errorf("drawn: %q, want one line in two pieces, of three minutes and of two", ghosts)
	}
	for _, want := range []string{"; others 0.5\u00a0%", "Dashed: the median of the others", "the others’ median 0.5\u00a0%"} {
		if !strings.Contains(page, want) {
			t.Errorf("%q is missing", want)
		}
	}
}

// Whatever stands in a personal field of the input, nothing of it is in the redacted bundle.
func TestNothingPersonalIsLeft(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		shape := rapid.SampledFrom([]string{"%s", "%s@example.com", "fe80::%s", "10.1.2.3/%s", "%s left the meeting.", "<%s>", "Windows %s", "6.1.2 %s", "12 %s", "%s.zoom.us", "Mac-%s", "2026-11-20T09:41:00Z%s", "http://%s/"}).Draw(t, "shape")
		letters := rapid.StringMatching(`[qxz]{4}[A-Z]{3}`).Draw(t, "letters")
		p := &personal{make: func(n int) string { return fmt.Sprintf(shape, fmt.Sprintf("%s%04d", letters, n)) }}
		kind := rapid.SampledFrom([]string{"participant", "participant", "meeting", "incident", "one person's incident"}).Draw(t, "kind")
		in := p.inputs()[kind]
		in.Redact = true
		page := write(t, in)
		if i := strings.Index(strings.ToLower(page), strings.ToLower(letters)); i >= 0 {
			t.Fatalf("%s: something personal is left: …%s…", kind, page[max(0, i-80):min(len(page), i+80)])
		}
	})
}

func TestPseudonymsAreStable(t *testing.T) {
	p := &personal{make: func(n int) string { return fmt.Sprintf("10.0.%d.%d", n/250, n%250) }}
	all := p.inputs()
	codes := func(in *report.Input) []string {
		in.Redact = true
		_, _, text := elements(t, write(t, in))
		found := regexp.MustCompile(`person [a-z2-7]{7}`).FindAllString(text, -1)
		slices.Sort(found)
		return slices.Compact(found)
	}
	meeting, incident := codes(all["meeting"]), codes(all["incident"])
	if len(meeting) != 4 || !slices.Equal(meeting, incident) {
		t.Errorf("the same four people are %v in one bundle and %v in another", meeting, incident)
	}
	all["meeting"].Key = []byte("another")
	if other := codes(all["meeting"]); slices.Equal(meeting, other) {
		t.Error("another key gives the same pseudonyms")
	}
}

// Three hundred names that try to be something else are text, in every kind of bundle, and nothing is loaded or run.
func TestHostileNamesAreText(t *testing.T) {
	attacks := []string{
		`<script>alert(1)</script>`, `"><img src=x onerror=alert(1)>`, `' onload='alert(1)`, `</title><script>alert(1)</script>`, `</style><script>x</script>`, `javascript:alert(1)`, `{{.Key}}`,
		`<svg/onload=alert(1)>`, `]]><!--`, `--></main>`, "\u202Eevil", `&lt;b&gt;`, "a\x00b", `<iframe src=//evil.example>`, `expression(alert(1))`,
	}
	p := &personal{make: func(n int) string { return fmt.Sprintf("%s %d", attacks[n%len(attacks)], n) }}
	all := p.inputs()
	for n := range 300 {
		all["meeting"].Stays = append(all["meeting"].Stays, report.Stay{Who: p.person(1000 + n), Minutes: all["meeting"].Stays[0].Minutes})
	}
	calm := &personal{make: func(n int) string { return fmt.Sprintf("calm %d", n) }}
	plain := calm.inputs()
	for n := range 300 {
		plain["meeting"].Stays = append(plain["meeting"].Stays, report.Stay{Who: calm.person(1000 + n), Minutes: plain["meeting"].Stays[0].Minutes})
	}
	for kind, in := range all {
		for _, redact := range []bool{false, true} {
			in.Redact, plain[kind].Redact = redact, redact
			page := write(t, in)
			names, attributes, _ := elements(t, page)
			same, _, _ := elements(t, write(t, plain[kind]))
			for name, n := range names {
				if same[name] != n {
					t.Errorf("%s: %d <%s>, with harmless names %d", kind, n, name, same[name])
				}
			}
			for _, a := range attributes {
				if strings.HasPrefix(strings.ToLower(a.Name.Local), "on") || slices.Contains([]string{"src", "href", "action", "style", "srcdoc"}, a.Name.Local) {
					t.Errorf("%s: attribute %s=%q", kind, a.Name.Local, a.Value)
				}
			}
			if names["script"]+names["img"]+names["link"]+names["iframe"]+names["a"] > 0 || strings.Contains(page, "url(") || strings.Contains(page, "@import") {
				t.Errorf("%s: something that loads or runs: %v", kind, names)
			}
		}
	}
}

func TestRuns(t *testing.T) {
	bad := earshot.Verdict{Cause: earshot.CauseISP, Confidence: 60, Cell: earshot.Cell{Scope: earshot.ScopeISP, Name: "A"}}
	sure, other := bad, bad
	sure.Confidence, other.Cell.Name = 90, "B"
	var row []earshot.Minute
	for m, v := range map[int]earshot.Verdict{0: bad, 1: sure, 5: bad, 10: bad, 11: other} {
		row = append(row, earshot.Minute{At: at(m), Verdict: v})
	}
	row = append(row, earshot.Minute{At: at(2)})
	slices.SortFunc(row, func(a, b earshot.Minute) int { return int(a.At - b.At) })
	runs := report.Runs(row)
	if len(runs) != 3 || runs[0].From != at(0) || runs[0].To != at(6) || runs[0].Minutes != 3 || runs[0].Best.Confidence != 90 || runs[1].From != at(10) || runs[2].Best.Cell.Name != "B" {
		t.Errorf("%+v", runs)
	}
}
