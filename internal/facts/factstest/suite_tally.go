package factstest

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"pgregory.net/rapid"

	"github.com/earshot/earshot"
	"github.com/earshot/earshot/internal/facts"
)

func testTally(t *testing.T, open Opener) {
	ctx, s := t.Context(), begin(t, open)
	b := batch(0, 1)
	add := func(person earshot.ID, at int, g earshot.Grade, d earshot.Dimensions, c earshot.Cause) {
		m := minute(person*10, hour+earshot.Instant(at)*60_000, g)
		m.Meeting, m.Person, m.Dimensions, m.Verdict = person%2+1, person, d, earshot.Verdict{Cause: c}
		b.Minutes = append(b.Minutes, m)
	}
	wired := earshot.Dimensions{Site: 5, NetworkType: "Wired", ClientVersion: "6.1.0"}
	wifi := earshot.Dimensions{Site: 5, NetworkType: "Wifi", ClientVersion: "6.2.0"}
	add(1, 0, earshot.Good, wired, earshot.CauseNone)
	add(1, 1, earshot.Bad, wifi, earshot.CauseWifi)
	add(1, 61, earshot.Bad, wifi, earshot.CauseUnknown)
	add(2, 1, earshot.Bad, wifi, earshot.CauseWifi)
	add(2, 2, earshot.Unclassified, wifi, earshot.CauseNone)
	add(3, 2, earshot.Poor, earshot.Dimensions{Site: 6, NetworkType: "Wifi"}, earshot.CauseUnknown)
	must(t, s.Apply(ctx, b))

	day := facts.Filter{From: hour, To: hour + 86_400_000}
	whole := get(s.Tally(ctx, facts.TallyQuery{Filter: day}))(t)
	same(t, whole, []facts.Tally{{Minutes: earshot.GradeCounts{1, 1, 0, 1, 3}, Persons: 3, PersonsBad: 2, Segments: 3, Meetings: 2}})

	byNetwork := get(s.Tally(ctx, facts.TallyQuery{Filter: day, By: []facts.Dimension{facts.BySite, facts.ByNetworkType}}))(t)
	same(t, byNetwork, []facts.Tally{
		{Dimensions: earshot.Dimensions{Site: 5, NetworkType: "Wifi"}, Minutes: earshot.GradeCounts{1, 0, 0, 0, 3}, Persons: 2, PersonsBad: 2, Segments: 2, Meetings: 2},
		{Dimensions: earshot.Dimensions{Site: 5, NetworkType: "Wired"}, Minutes: earshot.GradeCounts{0, 1}, Persons: 1, Segments: 1, Meetings: 1},
		{Dimensions: earshot.Dimensions{Site: 6, NetworkType: "Wifi"}, Minutes: earshot.GradeCounts{0, 0, 0, 1}, Persons: 1, Segments: 1, Meetings: 1},
	})

	byCause := get(s.Tally(ctx, facts.TallyQuery{Filter: day, Where: earshot.Dimensions{Site: 5}, By: []facts.Dimension{facts.ByCause}}))(t)
	same(t, byCause, []facts.Tally{
		{Minutes: earshot.GradeCounts{1, 1}, Persons: 2, Segments: 2, Meetings: 2},
		{Cause: earshot.CauseUnknown, Minutes: earshot.GradeCounts{4: 1}, Persons: 1, PersonsBad: 1, Segments: 1, Meetings: 1},
		{Cause: earshot.CauseWifi, Minutes: earshot.GradeCounts{4: 2}, Persons: 2, PersonsBad: 2, Segments: 2, Meetings: 2},
	})

	byHour := get(s.Tally(ctx, facts.TallyQuery{Filter: day, Step: time.Hour}))(t)
	same(t, byHour, []facts.Tally{
		{At: hour, Minutes: earshot.GradeCounts{1, 1, 0, 1, 2}, Persons: 3, PersonsBad: 2, Segments: 3, Meetings: 2},
		{At: hour + 3_600_000, Minutes: earshot.GradeCounts{4: 1}, Persons: 1, PersonsBad: 1, Segments: 1, Meetings: 1},
	})

	spells := facts.TallyQuery{
		Filter: day, By: []facts.Dimension{facts.ByPerson}, Step: time.Minute, MinutesOnly: true,
		Only: &facts.Spell{Window: 2 * time.Minute, Grade: earshot.Bad, Percent: 50, Seen: 1},
	}
	same(t, get(s.Tally(ctx, spells))(t), []facts.Tally{
		{At: hour, Person: 1, Minutes: earshot.GradeCounts{1: 1}}, {At: hour + 60_000, Person: 1, Minutes: earshot.GradeCounts{4: 1}},
		{At: hour + 60_000, Person: 2, Minutes: earshot.GradeCounts{4: 1}}, {At: hour + 120_000, Person: 2, Minutes: earshot.GradeCounts{1}},
		{At: hour + 61*60_000, Person: 1, Minutes: earshot.GradeCounts{4: 1}},
	})
	spells.Sites, spells.Persons, spells.Only.Percent = []earshot.ID{5, 6}, []earshot.ID{1, 3}, 100
	same(t, len(get(s.Tally(ctx, spells))(t)), 3) // of person 1, whose last one was alone
	spells.Only.Steps = 2
	same(t, len(get(s.Tally(ctx, spells))(t)), 0)
	spells.Limit = 1
	if _, err := s.Tally(ctx, spells); err == nil {
		t.Error("spells with a limit were counted")
	}

	worst := get(s.Tally(ctx, facts.TallyQuery{Filter: facts.Filter{From: hour, To: day.To, Limit: 1}, By: []facts.Dimension{facts.ByClientVersion}}))(t)
	same(t, worst, []facts.Tally{{Dimensions: earshot.Dimensions{ClientVersion: "6.2.0"}, Minutes: earshot.GradeCounts{1, 0, 0, 0, 3}, Persons: 2, PersonsBad: 2, Segments: 2, Meetings: 2}})

	one := get(s.Tally(ctx, facts.TallyQuery{Filter: facts.Filter{From: hour, To: hour + 60_000}, Step: time.Minute, By: []facts.Dimension{facts.ByPerson}}))(t)
	same(t, one, []facts.Tally{{At: hour, Person: 1, Minutes: earshot.GradeCounts{0, 1}, Persons: 1, Segments: 1, Meetings: 1}})

	// Days that were all stored before anything of them was counted in advance, one of them before 1970.
	const dayMs = 86_400_000
	b = batch(1, 2)
	for i := range earshot.Instant(3) {
		b.Minutes = append(b.Minutes, minute(1, day.From+(i+1)*dayMs, earshot.Fair))
	}
	b.Minutes = append(b.Minutes, minute(1, -60_000, earshot.Poor))
	must(t, s.Apply(ctx, b))
	must(t, s.Maintain(ctx, hour, facts.Retention{}))
	byDay := get(s.Tally(ctx, facts.TallyQuery{Filter: facts.Filter{To: hour + 10*dayMs}, Step: 24 * time.Hour, MinutesOnly: true}))(t)
	first := hour - hour%dayMs
	same(t, byDay, []facts.Tally{
		{At: -dayMs, Minutes: earshot.GradeCounts{3: 1}}, {At: first, Minutes: earshot.GradeCounts{1, 1, 0, 1, 3}},
		{At: first + dayMs, Minutes: earshot.GradeCounts{2: 1}}, {At: first + 2*dayMs, Minutes: earshot.GradeCounts{2: 1}}, {At: first + 3*dayMs, Minutes: earshot.GradeCounts{2: 1}},
	})

	if got := get(s.Tally(ctx, facts.TallyQuery{Filter: facts.Filter{From: 1, To: 2}}))(t); len(got) != 0 {
		t.Errorf("nothing tallied to %v", got)
	}
}

func testStreams(t *testing.T, open Opener) {
	ctx, s := t.Context(), begin(t, open)
	b := batch(0, 1)
	for i := range 6 {
		m := minute(earshot.ID(i%2+1), hour+earshot.Instant(i)*3_000_000, earshot.Fair)
		m.Slots = [earshot.SlotCount]earshot.Grade{earshot.Good, earshot.Grade(i % 3), 5: earshot.Bad}
		m.ZoomAudio, m.ZoomShare = earshot.Good, earshot.Poor
		b.Minutes = append(b.Minutes, m)
	}
	must(t, s.Apply(ctx, b))
	for _, when := range []string{"as stored", "after maintenance"} {
		got := get(s.Streams(ctx, facts.Filter{}))(t)
		want := facts.StreamTally{Streams: [earshot.SlotCount]earshot.GradeCounts{{0, 6}, {2, 2, 2}, {6}, {6}, {6}, {4: 6}, {6}, {6}}}
		want.Agreement[0][earshot.Good][earshot.Good], want.Agreement[0][earshot.Fair][earshot.Good] = 4, 2
		want.Agreement[1][0][0] = 6
		want.Agreement[2][earshot.Bad][earshot.Poor] = 6
		same(t, got, want)
		some := get(s.Streams(ctx, facts.Filter{From: hour, To: hour + 6_000_001, Segment: 1}))(t)
		same(t, some.Streams[earshot.SlotAudioSend], earshot.GradeCounts{0, 2})
		if t.Failed() {
			t.Fatal(when)
		}
		must(t, s.Maintain(ctx, hour, facts.Retention{}))
	}
}

// compareTallies counts after a history (late minutes, replaced and dropped hours, maintenance, openings), whatever of it the store
// counted in advance: the answer is what counting the minutes gives.
func (h *history) compareTallies() {
	for range 6 {
		q := drawTally(h.r)
		want, got := get(h.model.Tally(h.r.Context(), q))(h.r), get(h.store.Tally(h.r.Context(), q))(h.r)
		if d := cmp.Diff(want, got, cmpopts.EquateEmpty()); d != "" {
			h.r.Fatalf("%+v: -model +store:\n%s", q, d)
		}
	}
}

func drawTally(r *rapid.T) facts.TallyQuery {
	at := rapid.Custom(func(r *rapid.T) earshot.Instant {
		return hour + 60_000*earshot.Instant(rapid.SampledFrom([]int{-60, 0, 0, 1, 59, 60, 61, 120, 130, 240}).Draw(r, "minute"))
	})
	id := func(most int, name string) earshot.ID { return earshot.ID(rapid.IntRange(0, most).Draw(r, name)) }
	q := facts.TallyQuery{Filter: facts.Filter{From: at.Draw(r, "from"), To: at.Draw(r, "to"), Meeting: id(2, "meeting"), Person: id(2, "person")}}
	q.Where = earshot.Dimensions{Site: id(1, "site"), NetworkType: rapid.SampledFrom([]string{"", "Wifi"}).Draw(r, "network")}
	q.By = rapid.SliceOfNDistinct(rapid.SampledFrom([]facts.Dimension{
		facts.ByAccount, facts.ByMeeting, facts.ByPerson, facts.BySegment, facts.BySite, facts.ByNetworkType, facts.ByKind, facts.ByCause,
	}), 0, 4, rapid.ID).Draw(r, "by")
	q.Step = rapid.SampledFrom([]time.Duration{0, time.Minute, time.Hour, 2 * time.Hour, 24 * time.Hour}).Draw(r, "step")
	q.MinutesOnly = rapid.Bool().Draw(r, "minutes only")
	q.Limit = rapid.IntRange(0, 3).Draw(r, "limit")
	q.Sites = rapid.SliceOfNDistinct(rapid.Just(earshot.ID(1)), 0, 1, rapid.ID).Draw(r, "sites")
	q.Persons = rapid.SliceOfNDistinct(rapid.SampledFrom([]earshot.ID{1, 2, 3}), 0, 3, rapid.ID).Draw(r, "persons")
	q.Meetings = rapid.SliceOfNDistinct(rapid.SampledFrom([]earshot.ID{1, 2, 3}), 0, 3, rapid.ID).Draw(r, "meetings")
	if q.Step > 0 && len(q.By) > 0 && rapid.Bool().Draw(r, "only spells") {
		q.Limit = 0
		q.Only = &facts.Spell{
			Window: q.Step * time.Duration(rapid.IntRange(0, 3).Draw(r, "window")), Grade: rapid.SampledFrom([]earshot.Grade{earshot.Poor, earshot.Bad}).Draw(r, "grade"),
			Percent: rapid.SampledFrom([]float64{0, 30, 50, 100}).Draw(r, "percent"), Steps: rapid.IntRange(0, 2).Draw(r, "steps"), Seen: rapid.IntRange(0, 2).Draw(r, "seen"),
		}
	}
	return q
}
