package live_test

import (
	"context"
	"fmt"
	"runtime"
	"slices"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"pgregory.net/rapid"

	"github.com/earshot/earshot"
	"github.com/earshot/earshot/internal/live"
)

const minuteMs = 60_000

// noon is a whole minute of event time that the tests count from.
const noon = earshot.Instant(1_794_571_200_000)

func at(minute, second int) earshot.Instant {
	return noon + earshot.Instant(minute)*minuteMs + earshot.Instant(second)*1000
}

func meeting(id earshot.ID, lastSeen earshot.Instant) earshot.Meeting {
	return earshot.Meeting{ID: id, Account: 9, UUID: fmt.Sprint("uuid-", id), Kind: earshot.KindMeeting, Number: "123", Topic: "Weekly", Start: noon, FirstSeen: noon, LastSeen: lastSeen}
}

func segment(id, meeting, person earshot.ID, join earshot.Instant) live.Segment {
	return live.Segment{
		Segment:    earshot.Segment{ID: id, Meeting: meeting, Account: 9, Person: person, InMeetingID: fmt.Sprint(id), Name: "N", Join: join, FirstReport: join + 1},
		PersonName: fmt.Sprint("Person ", person),
	}
}

func minute(segment earshot.ID, start earshot.Instant, g earshot.Grade, open bool) live.Minute {
	m := live.Minute{Minute: earshot.Minute{Segment: segment, Meeting: 1, Account: 9, At: start, Kind: earshot.KindMeeting, Grade: g, Reports: 1}, Open: open}
	if g >= earshot.Poor {
		m.Verdict = earshot.Verdict{
			Cause: earshot.CauseLocalNetwork, Confidence: 90, Cell: earshot.Cell{Scope: earshot.ScopeSubnet, ID: 7, Name: "10.20.4.0/24"},
			Direction: earshot.DirectionSend, Inside: earshot.Count{Bad: 17, Of: 19}, Elsewhere: earshot.Count{Bad: 2, Of: 311},
			Metric: earshot.RSSIAvgDBm, Value: -81, Ruled: earshot.RuledCPU, Since: start,
		}
	}
	if g > earshot.Good {
		m.Reason = earshot.Reason{Wire: earshot.WireAudioInput, Direction: earshot.DirectionReceive, Metric: earshot.LossMaxPct, Value: 10 * float32(g), Bound: 5, Set: true}
	} else if g == earshot.Unclassified {
		m.Why = earshot.WhyIdle
	}
	m.Slots[earshot.SlotAudioReceive] = g
	return m
}

func counts(good, fair, poor, bad, unclassified int) earshot.GradeCounts {
	return earshot.GradeCounts{unclassified, good, fair, poor, bad}
}

func one(t testing.TB, s *live.State, id earshot.ID) *live.Meeting {
	t.Helper()
	m, ok := s.Meeting(id)
	if !ok {
		t.Fatalf("meeting %v: not there", id)
	}
	return m
}

func TestMeetingNow(t *testing.T) {
	s := live.New(live.Options{})
	m := meeting(1, at(5, 30))
	m.HostID = "host"
	ann, bob, cat := segment(11, 1, 21, at(0, 0)), segment(12, 1, 22, at(0, 0)), segment(13, 1, 23, at(0, 0))
	bob.ZoomUserID, bob.PersonName = "host", "Bob"
	cat.FirstReport = 0 // nobody reports about her
	left := segment(14, 1, 24, at(0, 0))
	left.Leave = at(4, 0)
	s.Apply(live.Update{
		Watermark: at(5, 30), Meetings: []earshot.Meeting{m}, Segments: []live.Segment{ann, bob, cat, left},
		Minutes: []live.Minute{
			minute(11, at(2, 0), earshot.Good, false), minute(11, at(3, 0), earshot.Bad, false), minute(11, at(4, 0), earshot.Bad, false), minute(11, at(5, 0), earshot.Bad, true),
			minute(12, at(4, 0), earshot.Good, false), minute(12, at(5, 0), earshot.Fair, true),
			minute(14, at(2, 0), earshot.Poor, false), minute(14, at(3, 0), earshot.Poor, false),
		},
	})
	got := one(t, s, 1)
	want := &live.Meeting{
		Meeting: m, Live: true, Host: "Bob", People: 3, Unreported: 1,
		Grade: earshot.Bad, Since: at(3, 0), Reason: minute(11, 0, earshot.Bad, false).Reason, ReasonSegment: 11,
		Now: counts(0, 1, 0, 1, 1), Minutes: counts(2, 1, 2, 3, 0), Affected: counts(0, 1, 1, 1, 0),
		Strip: []live.StripMinute{
			{At: at(2, 0), Counts: [5]uint32{0, 1, 0, 1, 0}}, {At: at(3, 0), Counts: [5]uint32{0, 0, 0, 1, 1}},
			{At: at(4, 0), Counts: [5]uint32{0, 1, 0, 0, 1}}, {At: at(5, 0), Counts: [5]uint32{0, 0, 1, 0, 1}},
		},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("meeting (-want +got):\n%s", diff)
	}
	status := s.Status()
	if status.Meetings != 1 || status.People != 3 || status.Unreported != 1 || status.ByGrade != counts(0, 1, 0, 1, 1) || status.MeetingsByGrade != counts(0, 0, 0, 1, 0) {
		t.Errorf("status: got %+v", status)
	}
	rows := s.Segments(1)
	if rows[2].Why != earshot.WhyNoReport || !rows[2].Present {
		t.Errorf("a person without reports: got present %v, why %v", rows[2].Present, rows[2].Why)
	}
	if rows[3].Present || rows[3].Grade != earshot.Poor || !rows[3].Reason.Set {
		t.Errorf("a person who left: got present %v, grade %v, reason %+v; want their worst", rows[3].Present, rows[3].Grade, rows[3].Reason)
	}
}

// A person on two devices is one person, with the worse of both grades.
func TestPersonOnTwoDevicesCountsOnce(t *testing.T) {
	s := live.New(live.Options{})
	s.Apply(live.Update{
		Watermark: at(1, 0), Meetings: []earshot.Meeting{meeting(1, at(1, 0))},
		Segments: []live.Segment{segment(11, 1, 21, noon), segment(12, 1, 21, noon)},
		Minutes:  []live.Minute{minute(11, at(0, 0), earshot.Good, true), minute(12, at(0, 0), earshot.Poor, true)},
	})
	m := one(t, s, 1)
	if m.People != 1 || m.Now != counts(0, 0, 1, 0, 0) || m.Minutes != counts(0, 0, 1, 0, 0) || m.ReasonSegment != 12 {
		t.Errorf("got %d people, now %v, minutes %v, decided by %v", m.People, m.Now, m.Minutes, m.ReasonSegment)
	}
}

func TestGradeGrowsStale(t *testing.T) {
	s := live.New(live.Options{})
	s.Apply(live.Update{
		Watermark: at(0, 30), Meetings: []earshot.Meeting{meeting(1, at(0, 30))}, Segments: []live.Segment{segment(11, 1, 21, noon)},
		Minutes: []live.Minute{minute(11, at(0, 0), earshot.Bad, true)},
	})
	for now, want := range map[earshot.Instant]earshot.Grade{at(2, 59): earshot.Bad, at(3, 0): earshot.Unclassified} {
		c := live.New(live.Options{})
		clone(t, s, c)
		c.Apply(live.Update{Watermark: now})
		if got := one(t, c, 1).Grade; got != want {
			t.Errorf("at %v: got %v, want %v", now.Time(), got, want)
		}
	}
}

func clone(t testing.TB, from, to *live.State) {
	t.Helper()
	b, err := from.AppendBinary(nil)
	if err != nil {
		t.Fatal(err)
	}
	if err := to.Load(b); err != nil {
		t.Fatal(err)
	}
}

func TestSealedMinuteReplacesOpenOne(t *testing.T) {
	s := live.New(live.Options{})
	s.Apply(live.Update{Watermark: at(0, 30), Meetings: []earshot.Meeting{meeting(1, at(0, 30))}, Segments: []live.Segment{segment(11, 1, 21, noon)}})
	for _, step := range []struct {
		m    live.Minute
		want live.Minute
	}{
		{minute(11, noon, earshot.Good, true), minute(11, noon, earshot.Good, true)},
		{minute(11, noon, earshot.Poor, true), minute(11, noon, earshot.Poor, true)},
		{minute(11, noon, earshot.Fair, false), minute(11, noon, earshot.Fair, false)},
		{minute(11, noon, earshot.Bad, true), minute(11, noon, earshot.Fair, false)},
		{minute(11, noon, earshot.Bad, false), minute(11, noon, earshot.Bad, false)},
	} {
		s.Apply(live.Update{Minutes: []live.Minute{step.m}})
		step.want.Person = 21
		if diff := cmp.Diff([]live.SegmentMinutes{{Segment: 11, Minutes: []live.Minute{step.want}}}, s.Minutes(11)); diff != "" {
			t.Errorf("after %v, open %v (-want +got):\n%s", step.m.Grade, step.m.Open, diff)
		}
	}
}

func TestMeetingEndsAndGoes(t *testing.T) {
	for name, c := range map[string]struct {
		end  earshot.Instant
		over earshot.Instant // when it is
	}{
		"ended":  {end: at(1, 0), over: at(1, 0)},
		"silent": {over: at(0, 30) + earshot.Silence + 1},
	} {
		t.Run(name, func(t *testing.T) {
			s := live.New(live.Options{})
			m := meeting(1, at(0, 30))
			m.End = c.end
			s.Apply(live.Update{
				Watermark: at(0, 30), Meetings: []earshot.Meeting{m}, Segments: []live.Segment{segment(11, 1, 21, noon)},
				Minutes: []live.Minute{minute(11, noon, earshot.Good, true)},
			})
			sub := s.Subscribe(0, "")
			if d := sub.Take(); len(d.Meetings) != 1 || len(d.Ended) != 0 {
				t.Fatalf("at the start: got %d meetings, ended %v", len(d.Meetings), d.Ended)
			}
			s.Apply(live.Update{Watermark: c.over})
			if d := sub.Take(); len(d.Meetings) != 0 || !slices.Equal(d.Ended, []earshot.ID{1}) {
				t.Errorf("when over: got %d meetings, ended %v", len(d.Meetings), d.Ended)
			}
			if got := s.Meetings(live.Filter{}); len(got) != 0 {
				t.Errorf("still in the list")
			}
			if v := one(t, s, 1); v.Live || v.People != 0 {
				t.Errorf("for a minute: got live %v, %d people", v.Live, v.People)
			}
			s.Apply(live.Update{Watermark: c.over + 61_000})
			if _, ok := s.Meeting(1); ok {
				t.Errorf("still readable after a minute")
			}
			if len(s.Minutes(1)) != 1 {
				t.Errorf("its minutes went before they can be in the facts")
			}
			s.Apply(live.Update{Watermark: c.over + 62_000, Gone: []earshot.ID{1}})
			s.Apply(live.Update{Watermark: c.over + 11*minuteMs})
			if s.Minutes(1) != nil || s.Segments(1) != nil {
				t.Errorf("still held after the fold let go of it")
			}
			s.Apply(live.Update{Watermark: c.over + 60*minuteMs, Meetings: []earshot.Meeting{m}})
			if _, ok := s.Meeting(1); ok {
				t.Errorf("a late report brought it back")
			}
		})
	}
}

// What began before the history is known all the same.
func TestSinceOutlivesHistory(t *testing.T) {
	s := live.New(live.Options{History: 20 * time.Minute})
	for k := range 90 {
		g := earshot.Poor
		if k < 5 {
			g = earshot.Good
		}
		s.Apply(live.Update{
			Watermark: at(k, 30), Meetings: []earshot.Meeting{meeting(1, at(k, 30))}, Segments: []live.Segment{segment(11, 1, 21, noon)},
			Minutes: []live.Minute{minute(11, at(k, 0), g, true)},
		})
		want := at(5, 0)
		if k < 5 {
			want = noon
		}
		if got := one(t, s, 1).Since; got != want {
			t.Fatalf("minute %d: since %v, want %v", k, got.Time(), want.Time())
		}
	}
	if got := s.Minutes(11)[0].Minutes; len(got) != 20 {
		t.Errorf("got %d minutes, want the history of 20", len(got))
	}
}

// After an outage of the way in, the fold tells of reports only: the people are those of before.
func TestMeetingComesBackAfterAnOutage(t *testing.T) {
	s := live.New(live.Options{})
	s.Apply(live.Update{Watermark: noon, Meetings: []earshot.Meeting{meeting(1, noon)}, Segments: []live.Segment{segment(11, 1, 21, noon)}})
	s.Apply(live.Update{Watermark: at(50, 0)})
	if n := s.Status().Meetings; n != 0 {
		t.Fatalf("after silence: %d meetings", n)
	}
	s.Apply(live.Update{Watermark: at(90, 0), Meetings: []earshot.Meeting{meeting(1, at(90, 0))}, Minutes: []live.Minute{minute(11, at(90, 0), earshot.Fair, true)}})
	if m := one(t, s, 1); !m.Live || m.People != 1 || m.Grade != earshot.Fair {
		t.Errorf("got live %v, %d people, %v", m.Live, m.People, m.Grade)
	}
}

func TestFilter(t *testing.T) {
	s := live.New(live.Options{})
	a, b := meeting(1, noon), meeting(2, noon)
	b.Account, b.Kind, b.Topic, b.Series = 8, earshot.KindWebinar, "Town hall", 5
	sa, sb := segment(11, 1, 21, noon), segment(12, 2, 22, noon)
	sb.PersonName, sb.Site, sb.SiteName = "Zoë", 77, "Lyon"
	s.Apply(live.Update{
		Watermark: noon, Meetings: []earshot.Meeting{a, b}, Segments: []live.Segment{sa, sb},
		Minutes: []live.Minute{minute(12, noon, earshot.Bad, true)},
	})
	for name, c := range map[string]struct {
		f    live.Filter
		want []earshot.ID
	}{
		"all":            {live.Filter{}, []earshot.ID{1, 2}},
		"topic":          {live.Filter{Query: "TOWN"}, []earshot.ID{2}},
		"number":         {live.Filter{Query: "123"}, []earshot.ID{1, 2}},
		"uuid":           {live.Filter{Query: "UUID-0000000000000001"}, []earshot.ID{1}},
		"name":           {live.Filter{Query: "zoë"}, []earshot.ID{2}},
		"nothing":        {live.Filter{Query: "xyz"}, nil},
		"account":        {live.Filter{Account: 9}, []earshot.ID{1}},
		"series":         {live.Filter{Series: 5}, []earshot.ID{2}},
		"person":         {live.Filter{Person: 21}, []earshot.ID{1}},
		"site":           {live.Filter{Site: 77}, []earshot.ID{2}},
		"kind":           {live.Filter{Kind: earshot.KindWebinar}, []earshot.ID{2}},
		"grade":          {live.Filter{Grades: []earshot.Grade{earshot.Unclassified, earshot.Good}}, []earshot.ID{1}},
		"account, other": {live.Filter{Account: 9, Site: 77}, nil},
	} {
		t.Run(name, func(t *testing.T) {
			var got []earshot.ID
			for _, m := range s.Meetings(c.f) {
				got = append(got, m.ID)
			}
			if !slices.Equal(got, c.want) {
				t.Errorf("got %v, want %v", got, c.want)
			}
		})
	}
	want := []live.SiteNow{{Site: 77, Name: "Lyon", People: 1, Now: counts(0, 0, 0, 1, 0)}}
	if diff := cmp.Diff(want, s.Sites(0)); diff != "" {
		t.Errorf("sites (-want +got):\n%s", diff)
	}
}

// story draws updates that a pipeline could give: meetings before their segments, segments before their minutes, within
// less time than the history.
func story(t *rapid.T) []live.Update {
	type join struct {
		live.Segment
		meeting int
	}
	now := noon
	var meetings []earshot.Meeting
	var joins []join
	var out []live.Update
	for step := range rapid.IntRange(1, 60).Draw(t, "steps") {
		now += earshot.Instant(rapid.IntRange(0, 25_000).Draw(t, "pause"))
		u := live.Update{Watermark: now, Seq: uint64(step + 1), ReceivedAt: now + 100}
		for range rapid.IntRange(1, 3).Draw(t, "events") {
			kind := rapid.SampledFrom([]string{"start", "join", "join", "report", "report", "report", "report", "leave", "end", "call", "seal"}).Draw(t, "event")
			if len(meetings) == 0 {
				kind = "start"
			} else if len(joins) == 0 && kind != "end" && kind != "call" {
				kind = "join"
			}
			switch kind {
			case "start":
				m := meeting(earshot.ID(len(meetings)+1), now)
				m.Start = now
				meetings = append(meetings, m)
				u.Meetings = append(u.Meetings, m)
			case "end":
				m := &meetings[rapid.IntRange(0, len(meetings)-1).Draw(t, "m")]
				m.End, m.LastSeen = now, now
				u.Meetings = append(u.Meetings, *m)
			case "join":
				k := rapid.IntRange(0, len(meetings)-1).Draw(t, "m")
				g := segment(earshot.ID(1000+len(joins)), meetings[k].ID, earshot.ID(rapid.IntRange(0, 6).Draw(t, "person")), now)
				g.FirstReport = 0
				g.Site = earshot.ID(rapid.IntRange(0, 2).Draw(t, "site"))
				joins = append(joins, join{g, k})
				meetings[k].LastSeen = now
				u.Meetings, u.Segments = append(u.Meetings, meetings[k]), append(u.Segments, g)
			case "leave", "report", "seal":
				j := &joins[rapid.IntRange(0, len(joins)-1).Draw(t, "s")]
				meetings[j.meeting].LastSeen = now
				u.Meetings = append(u.Meetings, meetings[j.meeting])
				if kind == "leave" {
					j.Leave = now
				} else {
					if j.FirstReport == 0 {
						j.FirstReport = now
					}
					j.LastReport = now
					back := earshot.Instant(rapid.IntRange(0, 3).Draw(t, "back")) * minuteMs
					g := earshot.Grade(rapid.IntRange(0, 4).Draw(t, "grade"))
					m := minute(j.ID, (now - back).Minute(), g, kind == "report")
					m.Meeting, m.Person = j.Meeting, j.Person
					u.Minutes = append(u.Minutes, m)
				}
				u.Segments = append(u.Segments, j.Segment)
			case "call":
				c := earshot.Call{ID: earshot.ID(rapid.IntRange(1, 4).Draw(t, "call")), ZoomID: "c", FirstSeen: now, LastSeen: now}
				if rapid.Bool().Draw(t, "hangup") {
					c.End = now
				}
				u.Calls = append(u.Calls, c)
			}
		}
		out = append(out, u)
	}
	return out
}

// picture is everything that can be read.
type picture struct {
	Status   live.Status
	Meetings []*live.Meeting
	Segments map[earshot.ID][]live.SegmentNow
	Minutes  map[earshot.ID][]live.SegmentMinutes
	Sites    []live.SiteNow
}

func look(s *live.State) picture {
	p := picture{Status: s.Status(), Sites: s.Sites(0), Segments: map[earshot.ID][]live.SegmentNow{}, Minutes: map[earshot.ID][]live.SegmentMinutes{}}
	p.Status.Lag = 0
	for id := range earshot.ID(64) {
		if m, ok := s.Meeting(id); ok {
			p.Meetings = append(p.Meetings, m)
		}
		if g := s.Segments(id); g != nil {
			p.Segments[id], p.Minutes[id] = g, s.Minutes(id)
		}
	}
	return p
}

func TestPiecesEqualTheWhole(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		updates := story(t)
		pieces, whole := live.New(live.Options{}), live.New(live.Options{})
		var all live.Update
		for _, u := range updates {
			pieces.Apply(u)
			if rapid.Bool().Draw(t, "read") {
				pieces.Status() // looking must not change anything
			}
			all.Watermark, all.Seq, all.ReceivedAt = u.Watermark, u.Seq, u.ReceivedAt
			all.Meetings, all.Segments = append(all.Meetings, u.Meetings...), append(all.Segments, u.Segments...)
			all.Minutes, all.Calls = append(all.Minutes, u.Minutes...), append(all.Calls, u.Calls...)
		}
		whole.Apply(all)
		if diff := cmp.Diff(look(whole), look(pieces)); diff != "" {
			t.Fatalf("whole and pieces (-whole +pieces):\n%s", diff)
		}
	})
}

func TestSnapshotRestores(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		updates := story(t)
		cut := rapid.IntRange(0, len(updates)).Draw(t, "cut")
		straight, stopped := live.New(live.Options{}), live.New(live.Options{})
		for _, u := range updates[:cut] {
			straight.Apply(u)
			stopped.Apply(u)
		}
		b, err := stopped.AppendBinary([]byte("before"))
		if err != nil || string(b[:6]) != "before" {
			t.Fatalf("append: %v, %q", err, b[:6])
		}
		b = b[6:]
		restored := live.New(live.Options{})
		if err := restored.Load(b); err != nil {
			t.Fatal(err)
		}
		again, err := restored.AppendBinary(nil)
		if err != nil || !slices.Equal(again, b) {
			t.Fatalf("the snapshot of what was restored differs (%v)", err)
		}
		for _, u := range updates[cut:] {
			straight.Apply(u)
			restored.Apply(u)
		}
		if diff := cmp.Diff(look(straight), look(restored)); diff != "" {
			t.Fatalf("(-straight +restored):\n%s", diff)
		}
	})
}

func TestDeltasAddUp(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s := live.New(live.Options{})
		sub := s.Subscribe(1, "")
		meetings := map[earshot.ID]*live.Meeting{}
		segments := map[earshot.ID]live.SegmentNow{}
		minutes := map[earshot.MinuteKey]live.Minute{}
		take := func() {
			d := sub.Take()
			if d.Resync {
				t.Fatal("resync without need")
			}
			for _, id := range d.Ended {
				delete(meetings, id)
			}
			for _, m := range d.Meetings {
				meetings[m.ID] = m
			}
			for _, g := range d.Segments {
				segments[g.ID] = g
			}
			for _, r := range d.Minutes {
				for _, m := range r.Minutes {
					minutes[m.Key()] = m
				}
			}
			if rapid.Bool().Draw(t, "reconnect") {
				sub = s.Subscribe(1, d.Cursor)
			}
		}
		for _, u := range story(t) {
			s.Apply(u)
			if rapid.Bool().Draw(t, "take") {
				take()
			}
		}
		take()
		want := map[earshot.ID]*live.Meeting{}
		for _, m := range s.Meetings(live.Filter{}) {
			want[m.ID] = m
		}
		if diff := cmp.Diff(want, meetings, cmpopts.IgnoreFields(earshot.Meeting{}, "LastSeen")); diff != "" {
			t.Fatalf("meetings (-state +deltas):\n%s", diff)
		}
		wantSegments, wantMinutes := map[earshot.ID]live.SegmentNow{}, map[earshot.MinuteKey]live.Minute{}
		for _, g := range s.Segments(1) {
			wantSegments[g.ID] = g
		}
		for _, r := range s.Minutes(1) {
			for _, m := range r.Minutes {
				wantMinutes[m.Key()] = m
			}
		}
		if diff := cmp.Diff(wantSegments, segments, cmpopts.IgnoreFields(earshot.Segment{}, "LastReport")); diff != "" {
			t.Fatalf("segments (-state +deltas):\n%s", diff)
		}
		if diff := cmp.Diff(wantMinutes, minutes); diff != "" {
			t.Fatalf("minutes (-state +deltas):\n%s", diff)
		}
	})
}

func TestSubscriptionKeepsPace(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := live.New(live.Options{})
		sub := s.Subscribe(0, "")
		begin := time.Now()
		for k := range 4 {
			if _, err := sub.Next(t.Context()); err != nil {
				t.Fatal(err)
			}
			if got, want := time.Since(begin), time.Duration(k)*live.Pace; got != want {
				t.Errorf("delta %d after %v, want %v", k, got, want)
			}
		}
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		if _, err := sub.Next(ctx); err != context.Canceled {
			t.Errorf("got %v, want the context's error", err)
		}
	})
}

func TestSlowSubscriberResyncs(t *testing.T) {
	s := live.New(live.Options{})
	sub := s.Subscribe(0, "")
	first := sub.Take()
	for k := range 5000 {
		id := earshot.ID(k + 1)
		m := meeting(id, noon)
		s.Apply(live.Update{Watermark: noon, Meetings: []earshot.Meeting{m}})
		s.Status()
		m.End = noon
		s.Apply(live.Update{Watermark: noon, Meetings: []earshot.Meeting{m}})
		s.Status()
	}
	d := sub.Take()
	if !d.Resync {
		t.Errorf("5,000 meetings ended unseen: got no resync")
	}
	if len(d.Ended) > 4096 {
		t.Errorf("remembers %d ended meetings", len(d.Ended))
	}
	if d := sub.Take(); d.Resync || len(d.Ended) != 0 {
		t.Errorf("after the resync: got %v, %d ended", d.Resync, len(d.Ended))
	}
	for name, cursor := range map[string]string{"too old": first.Cursor, "another process": "0000000000000000-3", "nonsense": "x", "future": d.Cursor + "0"} {
		if d := s.Subscribe(0, cursor).Take(); !d.Resync {
			t.Errorf("cursor %s: got no resync", name)
		}
	}
	if d := s.Subscribe(0, d.Cursor).Take(); d.Resync {
		t.Errorf("a good cursor: got resync")
	}
}

func TestSubscribeLooksBackABit(t *testing.T) {
	s := live.New(live.Options{})
	for k := range 30 {
		id := earshot.ID(k + 1)
		s.Apply(live.Update{Watermark: at(0, k), ReceivedAt: at(0, k), Meetings: []earshot.Meeting{meeting(id, at(0, k))}})
		s.Status()
	}
	var got []earshot.ID
	for _, m := range s.Subscribe(0, "").Take().Meetings {
		got = append(got, m.ID)
	}
	want := []earshot.ID{21, 22, 23, 24, 25, 26, 27, 28, 29, 30}
	if !slices.Equal(got, want) {
		t.Errorf("got %v, want those of the last ten seconds, %v", got, want)
	}
}

func TestLoadRefuses(t *testing.T) {
	s := crowd(3, 4, 10)
	good, err := s.AppendBinary(nil)
	if err != nil {
		t.Fatal(err)
	}
	before := look(s)
	for n := range good {
		if err := s.Load(good[:n]); err == nil {
			t.Fatalf("cut to %d of %d bytes: accepted", n, len(good))
		}
	}
	if err := s.Load(append(slices.Clone(good), 0)); err == nil {
		t.Error("a byte too many: accepted")
	}
	if err := s.Load([]byte("earshot live 9\n")); err == nil {
		t.Error("another version: accepted")
	}
	if diff := cmp.Diff(before, look(s)); diff != "" {
		t.Errorf("a refused snapshot changed the state:\n%s", diff)
	}
}

func FuzzLoad(f *testing.F) {
	b, err := crowd(2, 3, 4).AppendBinary(nil)
	if err != nil {
		f.Fatal(err)
	}
	f.Add(b)
	f.Add(b[:len(b)/2])
	f.Fuzz(func(t *testing.T, data []byte) {
		s := live.New(live.Options{})
		if s.Load(data) != nil {
			return
		}
		look(s)
		s.Apply(live.Update{Watermark: s.Watermark() + minuteMs})
		look(s)
	})
}

// Readers, subscribers and snapshots beside the writer: the race detector judges.
func TestReadersBesideTheWriter(t *testing.T) {
	s := live.New(live.Options{})
	done := make(chan struct{})
	var readers sync.WaitGroup
	for _, read := range []func(){
		func() { look(s) },
		func() { s.Meetings(live.Filter{Query: "person", Site: 5}); s.Segment(1_000_003); s.Breakouts(1) },
		func() {
			if b, err := s.AppendBinary(nil); err != nil || live.New(live.Options{}).Load(b) != nil {
				t.Error("a snapshot that cannot be loaded")
			}
		},
		func() { s.Subscribe(1, s.Subscribe(2, "").Take().Cursor).Take() },
	} {
		readers.Go(func() {
			for {
				select {
				case <-done:
					return
				default:
					read()
				}
			}
		})
	}
	for k := range 30 {
		for m := range 5 {
			s.Apply(crowdUpdate(m, 6, k))
		}
	}
	close(done)
	readers.Wait()
	if got := s.Status(); got.Meetings != 5 || got.People != 30 {
		t.Errorf("got %d meetings, %d people", got.Meetings, got.People)
	}
}

// crowd is a state with meetings of equal size and some minutes of history each.
func crowd(meetings, people, minutes int) *live.State {
	s := live.New(live.Options{})
	for k := range minutes {
		for m := range meetings {
			s.Apply(crowdUpdate(m, people, k))
		}
	}
	return s
}

func crowdUpdate(m, people, k int) live.Update {
	id := earshot.ID(m + 1)
	u := live.Update{Watermark: at(k, 30), Seq: uint64(k), ReceivedAt: at(k, 31), Meetings: []earshot.Meeting{meeting(id, at(k, 30))}}
	for p := range people {
		sid := earshot.ID(1_000_000 + m*people + p)
		g := segment(sid, id, sid+1_000_000, noon)
		g.Dimensions = earshot.Dimensions{Site: 5, NetworkType: "Wifi", DataCenter: "Frankfurt", ClientVersion: "6.2.1", DeviceClass: "Windows", ISP: "Example", Transport: "UDP"}
		g.SiteName, g.Device = "Lyon", "Windows"
		g.LastReport = at(k, 20)
		u.Segments = append(u.Segments, g)
		grade := earshot.Good
		if (7*p+k)%20 == 0 { // more than in life
			grade = earshot.Poor + earshot.Grade(p%2)
		}
		u.Minutes = append(u.Minutes, minute(sid, at(k, 0), grade, true))
	}
	return u
}

func TestMemoryAndSnapshotOfTenThousand(t *testing.T) {
	if testing.Short() {
		t.Skip("builds ten thousand people")
	}
	var before, after runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&before)
	s := crowd(1000, 10, 30)
	s.Status()
	runtime.GC()
	runtime.ReadMemStats(&after)
	if each := (int64(after.HeapAlloc) - int64(before.HeapAlloc)) / 10_000; each > 2000 {
		t.Errorf("a participant takes %d bytes, want under 2,000", each)
	} else {
		t.Logf("a participant takes %d bytes", each)
	}
	b, err := s.AppendBinary(nil)
	if err != nil {
		t.Fatal(err)
	}
	t.Logf("the snapshot has %d bytes a participant", len(b)/10_000)
	runtime.KeepAlive(s)
}

func BenchmarkApply(b *testing.B) {
	s := crowd(1000, 10, 30)
	updates := make([]live.Update, 1000)
	for m := range updates {
		updates[m] = crowdUpdate(m, 1, 29)
	}
	b.ReportAllocs()
	i := 0
	for b.Loop() {
		u := &updates[i%1000]
		u.Minutes[0].Grade = earshot.Grade(1 + i/1000%4)
		s.Apply(*u)
		i++
	}
}

func BenchmarkThousandChangesAndStatus(b *testing.B) {
	s := crowd(1000, 10, 30)
	b.ReportAllocs()
	i := 0
	for b.Loop() {
		i++
		for m := range 1000 {
			u := crowdUpdate(m, 1, 29)
			u.Minutes[0].Grade = earshot.Grade(1 + i%4)
			s.Apply(u)
		}
		s.Status()
	}
}

func BenchmarkSnapshot(b *testing.B) {
	s := crowd(1000, 10, 30)
	buf, err := s.AppendBinary(nil)
	if err != nil {
		b.Fatal(err)
	}
	b.Run("append", func(b *testing.B) {
		for b.Loop() {
			if buf, err = s.AppendBinary(buf[:0]); err != nil {
				b.Fatal(err)
			}
		}
	})
	b.Run("load", func(b *testing.B) {
		for b.Loop() {
			if err := live.New(live.Options{}).Load(buf); err != nil {
				b.Fatal(err)
			}
		}
	})
}
