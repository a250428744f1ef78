package live

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/earshot/earshot"
)

// Pace is the least time between two deltas of one subscription.
const Pace = time.Second

// backfill is how far a new subscription looks back, so that what changed between loading a page and subscribing is not
// missed; applying a change twice does no harm.
const backfill = 10 // seconds of receipt

// Delta is what changed since the last one.
type Delta struct {
	// Cursor continues after this delta, see [State.Subscribe].
	Cursor string
	// Resync says that changes were lost: load everything again. The rest of the delta is complete from here on.
	Resync   bool
	Status   Status
	Meetings []*Meeting   // running ones that changed or began, by id
	Ended    []earshot.ID // those that ended, in that order
	// Segments and Minutes are those of the subscribed meeting that changed, by id.
	Segments []SegmentNow
	Minutes  []SegmentMinutes
	// InRooms are the segments of the subscribed meeting's breakout rooms that changed, by room and id: the stays of its people
	// in them.
	InRooms []SegmentNow
}

// Subscription follows the state for one reader. It holds nothing but a version: the bound of its queue is zero. Only one
// goroutine may use it, and nothing has to be closed.
type Subscription struct {
	state   *State
	meeting earshot.ID
	version uint64
	resync  bool
	last    time.Time
}

// Subscribe begins to follow the state; with a meeting, also its segments and minutes, and who is in its breakout rooms. An empty cursor begins a few seconds
// back; one of another process, or one too old, makes the first delta say Resync.
func (s *State) Subscribe(meeting earshot.ID, cursor string) *Subscription {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.refresh()
	sub := &Subscription{state: s, meeting: meeting, version: s.recent()}
	if cursor != "" {
		version, ok := s.parse(cursor)
		if ok {
			sub.version = version
		} else {
			sub.version, sub.resync = s.version, true
		}
	}
	return sub
}

// recent returns the version of some seconds of receipt ago.
func (s *State) recent() uint64 {
	version := s.version
	newest := int64(s.receivedAt) / 1000
	for _, m := range s.marks {
		if m.second > newest-backfill && m.second <= newest {
			version = min(version, m.version)
		}
	}
	return max(version, s.floor)
}

func (s *State) cursor(version uint64) string { return fmt.Sprintf("%016x-%d", s.epoch, version) }

func (s *State) parse(cursor string) (uint64, bool) {
	epoch, rest, ok := strings.Cut(cursor, "-")
	if !ok || epoch != fmt.Sprintf("%016x", s.epoch) {
		return 0, false
	}
	version, err := strconv.ParseUint(rest, 10, 64)
	if err != nil || version > s.version || version < s.floor {
		return 0, false
	}
	return version, true
}

// Next waits until [Pace] has passed since the last delta and returns what changed since then, which may be nothing but
// the status. Its only error is the context's.
func (sub *Subscription) Next(ctx context.Context) (Delta, error) {
	if wait := time.Until(sub.last.Add(Pace)); !sub.last.IsZero() && wait > 0 {
		timer := time.NewTimer(wait)
		defer timer.Stop()
		select {
		case <-ctx.Done():
			return Delta{}, ctx.Err()
		case <-timer.C:
		}
	}
	if err := ctx.Err(); err != nil {
		return Delta{}, err
	}
	sub.last = time.Now()
	return sub.take(), nil
}

func (sub *Subscription) take() Delta {
	s := sub.state
	s.mu.Lock()
	defer s.mu.Unlock()
	d := Delta{Status: s.status(), Resync: sub.resync, Cursor: s.cursor(s.version)}
	after := sub.version
	if after < s.floor {
		d.Resync = true
	}
	var rooms []*meeting
	for _, m := range s.meetings {
		if m.view.Live && m.changed > after {
			d.Meetings = append(d.Meetings, m.view)
		}
		if sub.meeting != 0 && m.Parent == sub.meeting {
			rooms = append(rooms, m)
		}
	}
	slices.SortFunc(d.Meetings, byID)
	for _, e := range s.ended {
		if m := s.meetings[e.id]; e.version > after && (m == nil || !m.view.Live) {
			d.Ended = append(d.Ended, e.id)
		}
	}
	if m := s.meetings[sub.meeting]; m != nil {
		for _, g := range m.segments {
			if g.changed <= after {
				continue
			}
			d.Segments = append(d.Segments, s.now(g))
			if minutes := s.minutesOf(g, after); len(minutes.Minutes) > 0 {
				d.Minutes = append(d.Minutes, minutes)
			}
		}
	}
	slices.SortFunc(rooms, func(a, b *meeting) int { return cmp.Compare(a.ID, b.ID) })
	for _, m := range rooms {
		for _, g := range m.segments {
			if g.changed > after {
				d.InRooms = append(d.InRooms, s.now(g))
			}
		}
	}
	sub.version, sub.resync = s.version, false
	return d
}
