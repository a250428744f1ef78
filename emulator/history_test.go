package emulator

import (
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/earshot/earshot"
	"github.com/earshot/earshot/zoom"
)

var historyBegin = time.Date(2026, 11, 12, 9, 0, 0, 0, time.UTC)

// observed lets a small world live with a history.
func observed(t *testing.T, o HistoryOptions, minutes int) (*World, *History, []Event) {
	t.Helper()
	w, err := NewWorld(Options{People: 60, Meetings: 8, Seed: 11, From: historyBegin})
	if err != nil {
		t.Fatal(err)
	}
	h := NewHistory(o)
	var all []Event
	for w.Now().Before(historyBegin.Add(time.Duration(minutes) * time.Minute)) {
		events := w.Step()
		h.Observe(w, events)
		all = append(all, events...)
	}
	return w, h, all
}

// fortyMinutes of that world, made once; nobody changes them.
var fortyMinutes = sync.OnceValue(func() (lived struct {
	history *History
	events  []Event
}) {
	w, err := NewWorld(Options{People: 60, Meetings: 8, Seed: 11, From: historyBegin})
	if err != nil {
		panic(err)
	}
	lived.history = NewHistory(HistoryOptions{})
	for w.Now().Before(historyBegin.Add(40 * time.Minute)) {
		events := w.Step()
		lived.history.Observe(w, events)
		lived.events = append(lived.events, events...)
	}
	return lived
})

// A world has been running before: its first meetings are known from the first moment on, with everybody in them.
func TestHistoryKnowsWhatBeganBefore(t *testing.T) {
	w, err := NewWorld(Options{People: 60, Meetings: 8, Seed: 11, From: historyBegin})
	if err != nil {
		t.Fatal(err)
	}
	h := NewHistory(HistoryOptions{})
	h.Observe(w, w.Step())
	n := 0
	for _, kind := range []earshot.Kind{earshot.KindMeeting, earshot.KindWebinar, earshot.KindSession} {
		for _, k := range h.List(kind, true, time.Time{}, time.Time{}) {
			n++
			in, ok := h.Instance(k.UUID)
			if !ok || in.Topic == "" || in.Host.UserID == "" || len(in.Members) == 0 && in.Start.Before(historyBegin.Add(-time.Minute)) {
				t.Errorf("%+v", in)
			}
		}
	}
	if n < 6 {
		t.Errorf("%d meetings, want about 8", n)
	}
}

// The history's reports are the notifications, no more and no fewer, for everybody it has seen.
func TestHistoryHasEveryReport(t *testing.T) {
	t.Parallel()
	h, events := fortyMinutes().history, fortyMinutes().events
	want, got := map[string]int{}, map[string]int{}
	var dec zoom.Decoder
	var ev zoom.Event
	for _, e := range events {
		if err := dec.Decode(e.Body, &ev); err != nil {
			t.Fatal(err)
		}
		if ev.Class == zoom.ClassQoS {
			want[ev.Participant.InMeetingID]++ // of any meeting: only the sums must agree
		}
	}
	for _, in := range h.instances {
		for _, m := range in.Members {
			if n := len(m.Reports); n > 0 {
				got[m.ID] += n
			}
		}
	}
	if d := cmp.Diff(want, got); d != "" || len(want) == 0 {
		t.Errorf("reports by in-meeting id (-notified +remembered):\n%s", d)
	}
	if h.damaged != 0 {
		t.Errorf("%d bodies could not be read", h.damaged)
	}
}

func TestHistoryEndsWhatEnds(t *testing.T) {
	t.Parallel()
	h := fortyMinutes().history
	past := h.List(earshot.KindMeeting, false, historyBegin.AddDate(0, 0, -1), historyBegin.AddDate(0, 0, 1))
	if len(past) == 0 {
		t.Fatal("nothing has ended in 40 minutes")
	}
	for _, k := range past {
		in, _ := h.Instance(k.UUID)
		for _, m := range in.Members {
			if m.Left.IsZero() || m.Left.Before(m.Joined) || m.LeaveReason == "" {
				t.Errorf("meeting %s is over; member %s joined %v, left %v, %q", in.UUID, m.ID, m.Joined, m.Left, m.LeaveReason)
			}
			for _, s := range m.Shares {
				if s.End.IsZero() {
					t.Errorf("meeting %s is over, but member %s still shares", in.UUID, m.ID)
				}
			}
		}
	}
}

func TestHistoryForgetsWhatEndedFirst(t *testing.T) {
	t.Parallel()
	whole := fortyMinutes().history
	_, h, _ := observed(t, HistoryOptions{Minutes: 200}, 40)
	if len(h.instances) >= len(whole.instances) || len(h.members) >= len(whole.members) {
		t.Errorf("%d instances of %d, %d members of %d: nothing was forgotten", len(h.instances), len(whole.instances), len(h.members), len(whole.members))
	}
	live := func(h *History) int { return len(h.List(earshot.KindMeeting, true, time.Time{}, time.Time{})) }
	if live(h) != live(whole) {
		t.Errorf("%d live meetings, want %d: what goes on must stay", live(h), live(whole))
	}
	n := 0
	for _, in := range h.instances {
		for _, m := range in.Members {
			n += m.weight()
		}
	}
	if n != h.reports {
		t.Errorf("%d reports counted, %d there", h.reports, n)
	}
}

func TestHistoryMayBeNil(t *testing.T) {
	w, err := NewWorld(Options{People: 10, Meetings: 1, Seed: 1, From: historyBegin})
	if err != nil {
		t.Fatal(err)
	}
	var h *History
	h.Observe(w, w.Step())
}

func TestTheAccountDependsOnTheSeedAlone(t *testing.T) {
	_, h, _ := observed(t, HistoryOptions{}, 1)
	e, err := New(Options{People: 1000, Seed: 11})
	if err != nil {
		t.Fatal(err)
	}
	if e.AccountID() != h.AccountID() || e.AccountID() == "" {
		t.Errorf("%q, want %q", e.AccountID(), h.AccountID())
	}
}
