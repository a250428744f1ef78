package incident_test

import (
	"hash/fnv"
	"slices"
	"testing"
	"time"

	"github.com/earshot/earshot"
	"github.com/earshot/earshot/internal/cause"
	"github.com/earshot/earshot/internal/incident"
)

const account = earshot.ID(0xacc)

// nine is nine o'clock, where these tests begin.
const nine = earshot.Instant(1_795_165_200_000)

// at is a time of day, in minutes and seconds after nine.
func at(minute, second int) earshot.Instant {
	return nine.Add(time.Duration(minute)*time.Minute + time.Duration(second)*time.Second)
}

func key(account earshot.ID, cell earshot.Cell, since earshot.Instant) earshot.ID {
	h := fnv.New64a()
	for _, v := range []uint64{uint64(account), uint64(cell.Scope), uint64(cell.ID), uint64(since)} {
		for k := range 8 {
			h.Write([]byte{byte(v >> (8 * k))})
		}
	}
	h.Write([]byte(cell.Name))
	return earshot.ID(h.Sum64())
}

func newEngine() *incident.Engine {
	return incident.New(incident.Options{Account: account, Key: key})
}

// hasty are the rules of somebody who wants to hear of people at once.
func hasty() incident.Rules {
	r := incident.DefaultRules()
	r.PersonLasts, r.UnknownLasts = 0, 0
	return r
}

// The cells of these tests.
var (
	lyon    = earshot.Cell{Scope: earshot.ScopeSite, ID: 0x51}
	berlin  = earshot.Cell{Scope: earshot.ScopeSite, ID: 0x52}
	subnet  = earshot.Cell{Scope: earshot.ScopeSubnet, ID: 0x51, Name: "10.20.4.0/24"}
	orange  = earshot.Cell{Scope: earshot.ScopeISP, Name: "Orange"}
	fr      = earshot.Cell{Scope: earshot.ScopeDataCenter, Name: "FR"}
	pool    = earshot.Cell{Scope: earshot.ScopeVPN, Name: "Berlin VPN"}
	version = earshot.Cell{Scope: earshot.ScopeVersion, Name: "6.5.1"}
)

func causeOf(c earshot.Cell) earshot.Cause {
	switch c.Scope {
	case earshot.ScopeISP:
		return earshot.CauseISP
	case earshot.ScopeDataCenter:
		return earshot.CauseZoomEdge
	case earshot.ScopeVPN:
		return earshot.CauseVPN
	case earshot.ScopeVersion:
		return earshot.CauseClientVersion
	case earshot.ScopeSubnetWifi, earshot.ScopeSiteWifi:
		return earshot.CauseWifi
	case earshot.ScopeMeeting:
		return earshot.CauseRemote
	}
	return earshot.CauseLocalNetwork
}

// people are n ids from first on.
func people(first, n int) []earshot.ID {
	out := make([]earshot.ID, n)
	for k := range out {
		out[k] = earshot.ID(first + k)
	}
	return out
}

// fault is a sure, strong fault of the given people, all of them bad, since a minute before now.
func fault(c earshot.Cell, who []earshot.ID) cause.Fault {
	return cause.Fault{
		Cell: c, Cause: causeOf(c), Confidence: 0.95, Score: 20, Rate: 0.9,
		Inside: earshot.Count{Bad: len(who), Of: len(who) + 2}, Elsewhere: earshot.Count{Bad: 2, Of: 311},
		Troubled: who, BadPeople: who, Meetings: []earshot.ID{0x700, 0x701, 0x702},
	}
}

// weak is a fault that may not open at once.
func weak(c earshot.Cell, who []earshot.ID) cause.Fault {
	f := fault(c, who)
	f.Score, f.Rate = 5.5, 0.25
	return f
}

// sender is a segment that others hear badly.
func sender(segment earshot.ID, listeners []earshot.ID) []cause.Sender {
	return []cause.Sender{{Segment: segment, Meeting: 0x700, Listeners: listeners, Of: len(listeners) + 2}}
}

// measured is what speaks for a cause of one's own, none for an unknown one.
func measured(c earshot.Cause) earshot.Metric {
	switch c {
	case earshot.CauseDevice:
		return earshot.CPUSystemMaxPct
	case earshot.CauseWifi:
		return earshot.RSSIAvgDBm
	case earshot.CauseUnknown, earshot.CauseRemote:
		return earshot.MetricCount
	}
	return earshot.LatencyMs
}

// trouble is a person with bad minutes out of the last five, the newest just over.
func trouble(person int, c earshot.Cause, bad int, now earshot.Instant) cause.Trouble {
	return cause.Trouble{
		Person: earshot.ID(person), Segment: earshot.ID(person + 0x10000), Meeting: 0x700,
		Verdict:    earshot.Verdict{Cause: c, Confidence: 90, Cell: earshot.Cell{Scope: earshot.ScopePerson, ID: earshot.ID(person)}, Metric: measured(c), Value: -80},
		BadMinutes: bad, Harmed: bad, Minutes: 5, BaseRate: 0.008, Last: now,
	}
}

// story is what an engine told.
type story struct {
	t       *testing.T
	e       *incident.Engine
	now     earshot.Instant
	changes []earshot.Incident
	last    map[earshot.ID]earshot.Incident
	order   []earshot.ID
	senders []cause.Sender // in every picture of until
}

func newStory(t *testing.T) *story {
	return &story{t: t, e: newEngine(), now: nine, last: map[earshot.ID]earshot.Incident{}}
}

func newHastyStory(t *testing.T) *story {
	s := newStory(t)
	s.e = incident.New(incident.Options{Account: account, Key: key, Rules: hasty()})
	return s
}

// until evaluates every ten seconds up to and including a time.
func (s *story) until(to earshot.Instant, what func(now earshot.Instant) ([]cause.Fault, []cause.Trouble)) {
	s.t.Helper()
	for s.now < to {
		s.now += 10_000
		faults, troubles := what(s.now)
		slices.SortFunc(faults, func(a, b cause.Fault) int { return int(a.Cell.Scope) - int(b.Cell.Scope) })
		s.tick(cause.Picture{Now: s.now, Faults: faults, People: troubles, Senders: s.senders})
	}
}

func (s *story) tick(p cause.Picture) {
	s.t.Helper()
	s.now = p.Now
	for _, i := range s.e.Tick(p) {
		if _, ok := s.last[i.ID]; !ok {
			s.order = append(s.order, i.ID)
		}
		s.last[i.ID] = i
		s.changes = append(s.changes, i)
	}
	check(s.t, s.e.Live())
}

// all returns every incident in its last state, in order of appearance.
func (s *story) all() []earshot.Incident {
	var out []earshot.Incident
	for _, id := range s.order {
		out = append(out, s.last[id])
	}
	return out
}

// only returns the one incident there was.
func (s *story) only() earshot.Incident {
	s.t.Helper()
	all := s.all()
	if len(all) != 1 {
		s.t.Fatalf("%d incidents, want one: %s", len(all), brief(all))
	}
	return all[0]
}

// none asserts that there was no incident.
func (s *story) none() {
	s.t.Helper()
	if all := s.all(); len(all) != 0 {
		s.t.Errorf("want no incident, got %s", brief(all))
	}
}

func brief(all []earshot.Incident) string {
	text := ""
	for _, i := range all {
		text += "\n  " + i.State.String() + " " + i.Cause.String() + " in " + i.Cell.String() + " since " + clock(i.Start) + " to " + clock(i.End) + ":"
		for _, ev := range i.Timeline {
			text += " " + clock(ev.At) + " " + ev.What.String()
		}
	}
	return text
}

func clock(t earshot.Instant) string { return t.Time().Format("15:04:05") }

// quietly has nothing going on.
func quietly(earshot.Instant) ([]cause.Fault, []cause.Trouble) { return nil, nil }

// always has the same faults at each evaluation.
func always(faults ...cause.Fault) func(earshot.Instant) ([]cause.Fault, []cause.Trouble) {
	return func(earshot.Instant) ([]cause.Fault, []cause.Trouble) { return slices.Clone(faults), nil }
}

// whats are the lines of a timeline.
func whats(i earshot.Incident) []earshot.IncidentChange {
	var out []earshot.IncidentChange
	for _, ev := range i.Timeline {
		out = append(out, ev.What)
	}
	return out
}

// check asserts what holds at any time: one open incident a cell, an ordered timeline, states that agree with times.
func check(t interface {
	Helper()
	Errorf(string, ...any)
}, all []earshot.Incident) {
	t.Helper()
	cells := map[earshot.Cell]earshot.ID{}
	for _, i := range all {
		if other, ok := cells[i.Cell]; ok {
			t.Errorf("incidents %s and %s are both in %s", i.ID, other, i.Cell)
		}
		cells[i.Cell] = i.ID
		well(t, i)
	}
}

// well asserts what holds of every incident that is shown.
func well(t interface {
	Helper()
	Errorf(string, ...any)
}, i earshot.Incident) {
	t.Helper()
	if len(i.Timeline) == 0 || i.Timeline[0].What != earshot.IncidentOpened {
		t.Errorf("%s: its timeline does not begin with its opening: %v", i.ID, i.Timeline)
	}
	if !slices.IsSortedFunc(i.Timeline, func(a, b earshot.IncidentEvent) int { return int(a.At - b.At) }) {
		t.Errorf("%s: its timeline is not ordered", i.ID)
	}
	if open := i.State == earshot.IncidentOpen; open != (i.End == 0) {
		t.Errorf("%s: %s with end %s", i.ID, i.State, clock(i.End))
	}
	if i.End != 0 && i.End <= i.Start || i.Start != i.Start.Minute() || i.Start > i.Opened || i.Opened > i.Updated {
		t.Errorf("%s: start %s, end %s, opened %s, updated %s", i.ID, clock(i.Start), clock(i.End), clock(i.Opened), clock(i.Updated))
	}
	if (i.State == earshot.IncidentMerged) != (i.MergedInto != 0) || i.MergedInto == i.ID {
		t.Errorf("%s: %s, merged into %s", i.ID, i.State, i.MergedInto)
	}
	if i.Cause == earshot.CauseNone || i.Severity == 0 || i.Affected < len(i.People) {
		t.Errorf("%s: cause %q, severity %q, %d affected, %d people", i.ID, i.Cause, i.Severity, i.Affected, len(i.People))
	}
	if i.Cause != earshot.CauseUnknown && len(i.Candidates) > 0 {
		t.Errorf("%s: %s with candidates %v", i.ID, i.Cause, i.Candidates)
	}
}
