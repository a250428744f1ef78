package api_test

import (
	"math"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/earshot/earshot"
	"github.com/earshot/earshot/internal/facts"
	"github.com/earshot/earshot/internal/grade"
	"github.com/earshot/earshot/internal/registry"
)

type drop struct {
	At          time.Time
	Segment     string
	Person      struct{ Name string }
	Kind        string
	Back        string
	AwaySeconds *float64 `json:"away_seconds"`
}

// TestDrops: Ann left the review and was back a minute later.
func TestDrops(t *testing.T) {
	w := newWorld(t).fill(t)
	away := 60.0
	want := []drop{{At: at(-150).Time(), Segment: annReview.String(), Person: struct{ Name string }{"Ann Ångström"}, Kind: "rejoined", Back: annRejoin.String(), AwaySeconds: &away}}
	type detail struct{ Drops []drop }
	for path, want := range map[string][]drop{
		"/api/v1/meetings/" + review.String():      want,
		"/api/v1/segments/" + annReview.String():   want,
		"/api/v1/segments/" + annRejoin.String():   want, // the page of the later join tells of it, too
		"/api/v1/segments/" + bobReview.String():   {},
		"/api/v1/meetings/" + townHall.String():    {},
		"/api/v1/segments/" + annTownHall.String(): {},
	} {
		if diff := cmp.Diff(want, read[detail](t, w, path).Drops); diff != "" {
			t.Errorf("drops of %s (-want +got):\n%s", path, diff)
		}
	}
}

// TestASilentPersonIsADrop: Bob's reports stop ten minutes before now, the town hall goes on, and nobody said that he left;
// once Zoom sums him up, he did.
func TestASilentPersonIsADrop(t *testing.T) {
	w := newWorld(t).fill(t)
	type detail struct{ Drops []drop }
	silent := earshot.Segment{ID: 0x4100, Meeting: townHall, Account: account, Person: cat, InMeetingID: "99", Join: at(-40), FirstReport: at(-39), LastReport: at(-10)}
	must(t, w.registry.Apply(t.Context(), changed(silent)))
	got := read[detail](t, w, "/api/v1/meetings/"+townHall.String()).Drops
	if len(got) != 1 || got[0].Kind != "silent" || got[0].Segment != silent.ID.String() || got[0].Back != "" || got[0].AwaySeconds != nil || !got[0].At.Equal(at(-10).Time()) {
		t.Errorf("drops %+v, want the silent one", got)
	}
	must(t, w.facts.Apply(t.Context(), &facts.Batch{Cursor: facts.CursorFold, Journal: "j", From: 1, To: 2,
		Summaries: []earshot.Summary{{Segment: silent.ID, Account: account, At: at(-9), Wire: earshot.WireAudioInput}}}))
	if got := read[detail](t, w, "/api/v1/meetings/"+townHall.String()).Drops; len(got) != 0 {
		t.Errorf("drops %+v, want none: Zoom summed them up", got)
	}
}

func changed(s earshot.Segment) *registry.Changes {
	c := &registry.Changes{Journal: "j", From: 1, To: 2}
	c.Segments = []earshot.Segment{s}
	return c
}

// TestTrust: a segment of ten minutes of which eight were reported, with a summary that agrees on one metric of two.
func TestTrust(t *testing.T) {
	w := newWorld(t).fill(t)
	s := earshot.Segment{ID: 0x4101, Meeting: planning, Account: account, Person: ann, InMeetingID: "77", Join: at(-80), Leave: at(-70), FirstReport: at(-79), LastReport: at(-70)}
	must(t, w.registry.Apply(t.Context(), changed(s)))
	b := facts.Batch{Cursor: facts.CursorFold, Journal: "j", From: 1, To: 2}
	for i := range 10 {
		if i == 3 || i == 4 {
			continue
		}
		x := facts.Sample{Account: account, Meeting: planning, Sample: earshot.Sample{Segment: s.ID, At: at(-79 + i), Wire: earshot.WireAudioInput}}
		x.Set(earshot.BitrateKbps, 60)
		x.Set(earshot.LatencyMs, 100)
		x.Set(earshot.JitterMs, 5)
		x.Set(earshot.LossAvgPct, 1)
		b.Samples = append(b.Samples, x)
		m := minute(s.ID, planning, ann, -79+i, earshot.Good)
		m.ZoomAudio = earshot.Good
		if i > 6 {
			m.ZoomAudio = earshot.Poor
		}
		b.Minutes = append(b.Minutes, m)
	}
	stat := func(x float64) earshot.SummaryStat {
		return earshot.SummaryStat{Avg: earshot.Some(x), Max: earshot.Some(x)}
	}
	b.Summaries = []earshot.Summary{{Segment: s.ID, Account: account, At: at(-70), Wire: earshot.WireAudioInput, Latency: stat(101), Jitter: stat(50)}}
	must(t, w.facts.Apply(t.Context(), &b))

	type spread struct{ Min, Avg, Max *float64 }
	type agreement struct {
		Media                                  string
		Compared, Same, Harsher, Milder, Apart int
		Kappa                                  *float64
	}
	type trust struct {
		ExpectedMinutes int     `json:"expected_minutes"`
		ReportedMinutes int     `json:"reported_minutes"`
		MissingPct      float64 `json:"missing_pct"`
		Streams         []struct {
			Wire, Direction, Metric string
			Ours, Zoom              spread
			Agrees                  bool
		}
		Agreement []agreement
	}
	type detail struct{ Trust *trust }
	path := "/api/v1/segments/" + s.ID.String()
	got := read[detail](t, w, path).Trust
	if got == nil || got.ExpectedMinutes != 10 || got.ReportedMinutes != 8 || got.MissingPct != 20 {
		t.Fatalf("trust %+v, want 8 of 10 minutes", got)
	}
	if len(got.Streams) != 2 || got.Streams[0].Metric != "latency_ms" || !got.Streams[0].Agrees || *got.Streams[0].Ours.Avg != 100 || *got.Streams[0].Zoom.Avg != 101 ||
		got.Streams[0].Zoom.Min != nil || got.Streams[0].Direction != "receive" || got.Streams[1].Metric != "jitter_ms" || got.Streams[1].Agrees {
		t.Errorf("streams %+v", got.Streams)
	}
	want := []agreement{{Media: "audio", Compared: 8, Same: 5, Milder: 3, Apart: 3, Kappa: new(float64)}}
	if diff := cmp.Diff(want, got.Agreement); diff != "" {
		t.Errorf("agreement (-want +got):\n%s", diff)
	}
	// The two minutes were spent in a breakout room: nothing is missing.
	room := earshot.Meeting{ID: 0x2010, Account: account, UUID: "room", Kind: earshot.KindMeeting, Parent: planning, FirstSeen: at(-77), LastSeen: at(-75)}
	c := changed(earshot.Segment{ID: 0x4102, Meeting: room.ID, Account: account, Person: ann, InMeetingID: "77", Parent: s.ID, Join: at(-77), Leave: at(-75)})
	c.From, c.To, c.Meetings = 2, 3, []earshot.Meeting{room}
	must(t, w.registry.Apply(t.Context(), c))
	if got := read[detail](t, w, path).Trust; got.ExpectedMinutes != 8 || got.ReportedMinutes != 8 || got.MissingPct != 0 {
		t.Errorf("with a breakout room: %+v", got)
	}
	if d := read[detail](t, w, "/api/v1/segments/"+guest.String()); d.Trust != nil {
		t.Errorf("trust in somebody without reports: %+v", d.Trust)
	}

	type series struct {
		Streams    []columns
		InputVideo string `json:"input_video"`
	}
	mos := read[series](t, w, path+"/series")
	want2 := math.Round(100*grade.EstimatedMOS(100, 5, 1)) / 100
	if len(mos.Streams) != 1 || len(mos.Streams[0].Metrics["estimated_mos"]) != 8 || *mos.Streams[0].Metrics["estimated_mos"][0] != want2 || mos.InputVideo != "sent" {
		t.Errorf("series %+v, want an estimated MOS of %v", mos, want2)
	}
}

// TestState: a present person's state holds the worst of the last three minutes that flowed; who left has none.
func TestState(t *testing.T) {
	w := newWorld(t).fill(t)
	type row struct {
		ID, Grade, State string
		StateSince       *time.Time `json:"state_since"`
	}
	type detail struct{ Segments []row }
	type minutes struct {
		Rows []struct {
			Segment string
			Minutes []struct{ Grade string }
		}
	}
	present, gone := 0, 0
	strip := read[minutes](t, w, "/api/v1/meetings/"+townHall.String()+"/minutes")
	for _, s := range read[detail](t, w, "/api/v1/meetings/"+townHall.String()).Segments {
		for _, r := range strip.Rows {
			if r.Segment != s.ID || s.State == "" {
				continue
			}
			present++
			worst := "good"
			for _, m := range r.Minutes[max(0, len(r.Minutes)-3):] {
				if g, _ := earshot.ParseGrade(m.Grade); g > gradeOf(worst) {
					worst = m.Grade
				}
			}
			if s.State != worst || s.StateSince == nil {
				t.Errorf("%s is %s now, state %s since %v; want the worst of three minutes, %s", s.ID, s.Grade, s.State, s.StateSince, worst)
			}
		}
	}
	for _, s := range read[detail](t, w, "/api/v1/meetings/"+review.String()).Segments {
		if gone++; s.State != "" {
			t.Errorf("%s left and has the state %s", s.ID, s.State)
		}
	}
	if present == 0 || gone == 0 {
		t.Errorf("%d present and %d gone: this test shows nothing", present, gone)
	}
}

func gradeOf(word string) earshot.Grade {
	g, _ := earshot.ParseGrade(word)
	return g
}

type gradeSum struct {
	Grade   string
	Minutes struct{ Good, Fair, Poor, Bad, Unclassified int }
	OKPct   *float64 `json:"ok_pct"`
}

// TestOverall: a meeting, a join and a person are graded from their minutes, with the observation that decided most.
func TestOverall(t *testing.T) {
	w := newWorld(t).fill(t)
	type detail struct {
		Minutes struct{ Good, Fair, Poor, Bad, Unclassified int }
		Overall struct {
			gradeSum
			Reason  *struct{ Text string }
			Decided int
		}
	}
	for _, path := range []string{"meetings/" + review.String(), "segments/" + annReview.String(), "persons/" + ann.String()} {
		d := read[detail](t, w, "/api/v1/"+path)
		if d.Overall.Minutes != d.Minutes || d.Overall.OKPct == nil {
			t.Errorf("%s: overall %+v, minutes %+v", path, d.Overall, d.Minutes)
		}
		if (d.Overall.Grade != "good") != (d.Overall.Reason != nil) || (d.Overall.Decided > 0) != (d.Overall.Reason != nil) {
			t.Errorf("%s: overall %+v", path, d.Overall)
		}
	}
	if d := read[detail](t, w, "/api/v1/segments/"+annReview.String()); d.Overall.Grade != "bad" || d.Overall.Reason == nil || d.Overall.Reason.Text != "audio received, loss 18.2 %, bad from 10 %" {
		t.Errorf("Ann's review: %+v", d.Overall)
	}
}

// TestGrades: the sums of a span are those of its stored minutes, whole and by site and stream.
func TestGrades(t *testing.T) {
	w := newWorld(t).fill(t)
	weekly := &registry.Changes{Journal: "j", From: 1, To: 2}
	for _, m := range meetings() {
		if m.ID == review || m.ID == planning {
			m.Series = 0x7001
			weekly.Meetings = append(weekly.Meetings, m)
		}
	}
	must(t, w.registry.Apply(t.Context(), weekly))
	type grades struct {
		From, To time.Time
		Profile  string
		gradeSum
		Streams []struct {
			Stream string
			gradeSum
		}
		Sites []struct {
			Site struct{ Name string }
			gradeSum
		}
		Series []struct {
			Series, Topic string
			Meetings      int
			gradeSum
		}
		Agreement []struct{ Media string }
	}
	got := read[grades](t, w, "/api/v1/grades")
	stored, err := w.facts.Minutes(t.Context(), facts.Filter{From: at(-24 * 60), To: at(0)})
	must(t, err)
	var want earshot.GradeCounts
	for i := range stored {
		want.Add(stored[i].Grade)
	}
	if m := got.Minutes; m.Good != want[earshot.Good] || m.Bad != want[earshot.Bad] || m.Unclassified != want[earshot.Unclassified] || want.Classified() == 0 {
		t.Errorf("minutes %+v, want %v", m, want)
	}
	if got.Grade != grade.Whole(want).String() || got.Profile != "earshot" || !got.From.Equal(at(-24*60).Time()) || !got.To.Equal(at(0).Time()) {
		t.Errorf("%s by %s from %v to %v", got.Grade, got.Profile, got.From, got.To)
	}
	if len(got.Sites) != 1 || got.Sites[0].Site.Name != "Lyon" || got.Sites[0].Minutes != got.Minutes || len(got.Streams) == 0 || got.Streams[0].Stream != "audio_receive" {
		t.Errorf("sites %+v, streams %+v", got.Sites, got.Streams)
	}
	if len(got.Series) != 1 || got.Series[0].Meetings != 2 || got.Series[0].Topic != "Planning" || got.Series[0].Minutes.Bad == 0 || got.Series[0].Minutes == got.Minutes {
		t.Errorf("series %+v", got.Series)
	}
	part := read[grades](t, w, "/api/v1/grades?from="+at(-180).Time().Format(time.RFC3339)+"&to="+at(-120).Time().Format(time.RFC3339))
	if part.Minutes == got.Minutes || part.Minutes.Good == 0 {
		t.Errorf("of an hour: %+v", part.Minutes)
	}
	if empty := read[grades](t, w, "/api/v1/grades?from="+at(-1600).Time().Format(time.RFC3339)+"&to="+at(-1500).Time().Format(time.RFC3339)); empty.Grade != "unclassified" || empty.OKPct != nil {
		t.Errorf("of nothing: %+v", empty)
	}
}
