package live_test

import (
	"context"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"pgregory.net/rapid"

	"github.com/earshot/earshot"
	"github.com/earshot/earshot/internal/live"
)

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
