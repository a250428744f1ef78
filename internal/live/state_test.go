package live_test

import (
	"slices"
	"sync"
	"testing"

	"github.com/earshot/earshot"
	"github.com/earshot/earshot/internal/live"
)

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
