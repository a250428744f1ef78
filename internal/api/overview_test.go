package api_test

import (
	"fmt"
	"net/http"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/earshot/earshot"
	"github.com/earshot/earshot/internal/api"
	"github.com/earshot/earshot/internal/facts"
	"github.com/earshot/earshot/internal/live"
)

type (
	overviewNow struct {
		Received                          bool
		LastEvent                         *time.Time `json:"last_event"`
		CutOff                            int        `json:"cut_off"`
		People, External, Meetings, Calls int
		CallsBad                          int            `json:"calls_bad"`
		CallsScored                       int            `json:"calls_scored"`
		ByGrade                           api.GradeCount `json:"by_grade"`
		MeetingsByGrade                   api.GradeCount `json:"meetings_by_grade"`
		Strip                             []api.StripMinute
		Groups                            []struct {
			Cause  string
			Cell   *cell
			People int
		}
		Sites []struct {
			Site        struct{ Name string }
			Bad, People int
		}
		Bad []struct {
			Segment string
			Meeting struct{ ID, Topic string }
			Person  struct{ Name string }
			Site    *struct{ Name string }
			Since   *time.Time
			Reason  *reason
			Cause   struct{ Cause string }
		}
		Coverage struct{ Expected, Reported int }
	}
	daySum struct {
		Minutes          api.GradeCount
		OKPct            *float64 `json:"ok_pct"`
		People, Meetings int
	}
	overviewDay struct {
		From, To       *time.Time
		TargetPct      float64 `json:"target_pct"`
		Today          daySum
		Before         *daySum
		BeforeFrom     *time.Time `json:"before_from"`
		Timeline       []api.DayStep
		BeforeTimeline []api.DayStep `json:"before_timeline"`
	}
	overviewGroups struct {
		HasBefore bool `json:"has_before"`
		Compared  int
		Movers    []struct {
			Dimension, Name string
			Now, Before     daySum
			Change          float64
		}
		Sites []struct {
			Site     *struct{ Name string }
			Places   int
			All      daySum
			Before   *daySum
			Networks []struct {
				Network string
				daySum
			}
		}
	}
)

func TestOverviewNow(t *testing.T) {
	w := newWorld(t).fill(t)
	must(t, w.facts.Apply(t.Context(), &facts.Batch{Cursor: facts.CursorFold, Journal: "j", From: 1, To: 2, CallSamples: []earshot.CallSample{
		{Call: 0x61, Account: account, At: at(-1), Side: earshot.SideCaller, Direction: earshot.DirectionSend, MOS: earshot.Some(2.5)},
		{Call: 0x62, Account: account, At: at(-1), Side: earshot.SideCaller, Direction: earshot.DirectionSend, MOS: earshot.Some(4.2)},
		{Call: 0x63, Account: account, At: at(-30), Side: earshot.SideCaller, Direction: earshot.DirectionSend, MOS: earshot.Some(1.2)}, // was bad, half an hour ago
	}}))
	u := live.Update{Watermark: noon, LastEvent: noon, Seq: 10, ReceivedAt: noon}
	for id := earshot.ID(0x61); id <= 0x63; id++ {
		u.Calls = append(u.Calls, earshot.Call{ID: id, Account: account, FirstSeen: at(-40), LastSeen: noon})
	}
	bad := minute(annTownHall, townHall, ann, -1, earshot.Bad)
	bad.Verdict = earshot.Verdict{Cause: earshot.CauseLocalNetwork, Confidence: 90, Cell: earshot.Cell{Scope: earshot.ScopeSubnet, ID: lyon, Name: "10.20.4.0/22"}}
	u.Minutes = []live.Minute{{Minute: bad, Open: true}}
	w.live.Apply(u)

	o := read[overviewNow](t, w, "/api/v1/overview/now")
	// Ann is in two meetings at once, in one of them badly.
	if !o.Received || o.People != 4 || o.External != 1 || o.Meetings != 3 || o.ByGrade != (api.GradeCount{Good: 1, Fair: 1, Bad: 1, Unclassified: 1}) {
		t.Errorf("%+v", o)
	}
	if o.LastEvent == nil || !o.LastEvent.Equal(noon.Time()) || o.CutOff != 0 {
		t.Errorf("last event %v, %d meetings cut off; want noon, none", o.LastEvent, o.CutOff)
	}
	if o.Calls != 3 || o.CallsBad != 1 || o.CallsScored != 2 {
		t.Errorf("%d calls, %d scored, %d bad; want 3, 2, 1", o.Calls, o.CallsScored, o.CallsBad)
	}
	if len(o.Bad) != 1 || o.Bad[0].Person.Name != "Ann Ångström" || o.Bad[0].Meeting.Topic != "Town hall" || o.Bad[0].Segment != annTownHall.String() ||
		o.Bad[0].Since == nil || !o.Bad[0].Since.Equal(at(-4).Time()) || o.Bad[0].Reason == nil || o.Bad[0].Cause.Cause != "local-network" || o.Bad[0].Site == nil || o.Bad[0].Site.Name != "Lyon" {
		t.Errorf("bad: %+v", o.Bad)
	}
	if len(o.Groups) != 1 || o.Groups[0].Cause != "local-network" || o.Groups[0].People != 1 || o.Groups[0].Cell == nil || o.Groups[0].Cell.Site == nil || o.Groups[0].Cell.Site.Name != "Lyon" || o.Groups[0].Cell.Name != "10.20.4.0/22" {
		t.Errorf("groups: %+v", o.Groups)
	}
	if len(o.Sites) != 1 || o.Sites[0].Site.Name != "Lyon" || o.Sites[0].Bad != 1 || o.Sites[0].People != 3 {
		t.Errorf("sites: %+v", o.Sites)
	}
	if n := len(o.Strip); n != 30 || o.Strip[n-2].GradeCount != (api.GradeCount{Good: 1, Fair: 1, Bad: 1}) {
		t.Errorf("strip: %+v", o.Strip)
	}
}

func TestOverviewOfNothing(t *testing.T) {
	w := newWorld(t)
	if o := read[overviewNow](t, w, "/api/v1/overview/now"); o.Received || o.People != 0 || len(o.Strip) != 0 {
		t.Errorf("%+v", o)
	}
	if d := read[overviewDay](t, w, "/api/v1/overview/day"); d.From != nil || d.TargetPct != 95 || len(d.Timeline) != 0 || d.Before != nil {
		t.Errorf("%+v", d)
	}
	if g := read[overviewGroups](t, w, "/api/v1/overview/groups"); g.HasBefore || len(g.Sites) != 0 {
		t.Errorf("%+v", g)
	}
}

// A challenge moves event time on, and is no event.
func TestOverviewOfAChallenge(t *testing.T) {
	w := newWorld(t)
	w.live.Apply(live.Update{Watermark: noon, Seq: 1, ReceivedAt: noon})
	if o := read[overviewNow](t, w, "/api/v1/overview/now"); o.Received || o.LastEvent != nil {
		t.Errorf("received %v, last event %v; want nothing yet", o.Received, o.LastEvent)
	}
}

func TestOverviewZone(t *testing.T) {
	w := newWorld(t).fill(t)
	for _, zone := range []string{"Nowhere", "Local", "../etc/passwd", "Europe/Paris%00"} {
		if status, _, body := get(t, w, "/api/v1/overview/day?tz="+zone); status != http.StatusUnprocessableEntity {
			t.Errorf("tz=%s: %d %s", zone, status, body)
		}
	}
	// Noon in UTC is past midnight on the other side of the world.
	if d := read[overviewDay](t, w, "/api/v1/overview/day?tz=Pacific/Kiritimati"); d.From == nil || !d.From.Equal(noon.Time().Add(-2*time.Hour)) {
		t.Errorf("the day begins %v", d.From)
	}
}

func sumOf(c api.GradeCount) int { return c.Good + c.Fair + c.Poor + c.Bad + c.Unclassified }

// Today is what is stored, and from six minutes ago on what the live view has, nothing twice.
func TestOverviewDay(t *testing.T) {
	w := newWorld(t).fill(t)
	const week = 7 * 24 * 60
	last := []earshot.Minute{
		minute(annReview, review, ann, -week-100, earshot.Good), minute(bobReview, review, bob, -week-100, earshot.Poor),
		minute(annReview, review, ann, -week+30, earshot.Bad),  // in the afternoon: not compared, but drawn
		minute(annReview, review, ann, -week-800, earshot.Bad), // the day before
	}
	must(t, w.facts.Apply(t.Context(), &facts.Batch{Cursor: facts.CursorFold, Journal: "j", From: 1, To: 2, Minutes: last}))
	var want api.GradeCount
	add := func(g earshot.Grade) {
		switch g {
		case earshot.Good:
			want.Good++
		case earshot.Fair:
			want.Fair++
		case earshot.Poor:
			want.Poor++
		case earshot.Bad:
			want.Bad++
		}
	}
	for _, m := range storedMinutes() {
		if m.At < at(-6) {
			add(m.Grade)
		}
	}
	for _, m := range liveUpdate().Minutes {
		if m.At >= at(-6) {
			add(m.Grade)
		}
	}
	d := read[overviewDay](t, w, "/api/v1/overview/day?tz=UTC")
	if d.Today.Minutes != want || d.Today.People != 3 || d.Today.OKPct == nil {
		t.Errorf("today %+v, want %+v of 3 people", d.Today, want)
	}
	var timeline api.GradeCount
	for _, s := range d.Timeline {
		timeline.Good, timeline.Fair, timeline.Poor, timeline.Bad = timeline.Good+s.Good, timeline.Fair+s.Fair, timeline.Poor+s.Poor, timeline.Bad+s.Bad
		if s.At.Unix()%600 != 0 || sumOf(s.GradeCount) == 0 {
			t.Errorf("step %+v", s)
		}
	}
	if timeline != want {
		t.Errorf("the timeline adds up to %+v, the day to %+v", timeline, want)
	}
	if d.Before == nil || d.Before.Minutes != (api.GradeCount{Good: 1, Poor: 1}) || d.Before.People != 2 || len(d.BeforeTimeline) != 2 || d.BeforeFrom == nil || !d.BeforeFrom.Equal(noon.Time().Add(-7*24*time.Hour-12*time.Hour)) {
		t.Errorf("a week ago: %+v from %v, %+v", d.Before, d.BeforeFrom, d.BeforeTimeline)
	}
}

// crowd puts people with a minute each, every so often, into the facts of a day.
func crowd(days int, people, minutes, bad int, d earshot.Dimensions) (out []earshot.Minute) {
	for p := range people {
		for k := range minutes {
			id := earshot.ID(0x9000+days*1000+p) + d.Site<<20
			m := minute(id, review, id, days*24*60-200+k, earshot.Good)
			if p*minutes+k < bad {
				m.Grade = earshot.Bad
			}
			m.Dimensions = d
			out = append(out, m)
		}
	}
	return out
}

func TestOverviewGroups(t *testing.T) {
	w := newWorld(t)
	const porto, home earshot.ID = 0x5003, 0x5100
	w.fill(t)
	at := func(site earshot.ID, network string) earshot.Dimensions {
		return earshot.Dimensions{Site: site, NetworkType: network, ClientVersion: "6.3.0"}
	}
	var all []earshot.Minute
	for _, part := range [][]earshot.Minute{
		crowd(0, 12, 20, 60, at(porto, "Wifi")), crowd(-7, 12, 20, 12, at(porto, "Wifi")), // 75 % now, 95 % then; with those on wire 81.25 %
		crowd(0, 4, 20, 0, at(porto, "Wired")),
		crowd(0, 9, 20, 60, at(prefix, "Wired")), crowd(-7, 9, 20, 0, at(prefix, "Wired")), // one person too few
	} {
		all = append(all, part...)
	}
	for i := range 15 { // everybody at home, each behind an address of their own
		all = append(all, crowd(0, 1, 20, 0, at(home+earshot.ID(i), "Wifi"))...)
	}
	must(t, w.facts.Apply(t.Context(), &facts.Batch{Cursor: facts.CursorFold, Journal: "j", From: 1, To: 2, Minutes: all}))

	g := read[overviewGroups](t, w, "/api/v1/overview/groups?tz=UTC")
	var movers []string
	for _, m := range g.Movers {
		movers = append(movers, fmt.Sprintf("%s %s %+.1f: %d of %d people", m.Dimension, m.Name, m.Change, m.Now.People, m.Before.People))
	}
	// Everybody is on the same version, which therefore changed as well.
	if len(g.Movers) < 3 || g.Movers[0].Dimension != "site" || g.Movers[0].Change != -13.8 || g.Movers[0].Now.People != 12 {
		t.Errorf("movers: %q", movers)
	}
	for i, m := range g.Movers {
		if m.Now.People < 10 || m.Before.People < 10 || i > 0 && m.Change < g.Movers[i-1].Change {
			t.Errorf("movers: %q", movers)
		}
	}
	if !g.HasBefore || g.Compared < len(g.Movers) {
		t.Errorf("compared %d, before %v", g.Compared, g.HasBefore)
	}

	var rows []string
	for _, s := range g.Sites {
		name := "elsewhere"
		if s.Site != nil {
			name = s.Site.Name
		}
		row := fmt.Sprintf("%s %d/%d of %d", name, s.All.Minutes.Bad, sumOf(s.All.Minutes), s.All.People)
		for _, n := range s.Networks {
			row += fmt.Sprintf(", %s %d of %d", n.Network, sumOf(n.Minutes), n.People)
		}
		rows = append(rows, row)
	}
	want := []string{
		" 60/320 of 12, Wifi 240 of 12, Wired 80 of 4", // Porto, which the registry does not know by name yet
		"elsewhere 60/480 of 24, Wifi 300 of 15, Wired 180 of 9",
	}
	for i := range want {
		if i >= len(rows) || rows[i] != want[i] {
			t.Errorf("sites (-want +got):\n%s", cmp.Diff(want, rows))
			break
		}
	}
	if len(rows) != 3 || rows[2][:5] != "Lyon " { // three people: last
		t.Errorf("sites: %q", rows)
	}
}
