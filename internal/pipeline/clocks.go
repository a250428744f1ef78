package pipeline

import (
	"time"

	"github.com/earshot/earshot"
	"github.com/earshot/earshot/zoom"
)

// Clocks are believed within bounds only. One event_ts of the year 9999 would keep its meeting running, and win every name of
// its person, until then; one of 1970 would make a stay of half a century, every hour of which is computed again as soon as it
// turns out whose it is.
const (
	// believableEventTime is how far event_ts may be from event time: more than anybody replays, and than the emulator runs ahead in a
	// week at sixty times the speed.
	believableEventTime = earshot.Instant(400 * 24 * time.Hour / time.Millisecond)
	// believableStay is how far before or after its event anything that it tells may lie: when a meeting began, when somebody left. Zoom
	// ends meetings after 30 hours.
	believableStay = earshot.Instant(31 * 24 * time.Hour / time.Millisecond)
	// What is not between the years 2000 and 2100 is not believed even before there is event time, and does not move it.
	leastEventTime, mostEventTime = earshot.Instant(946_684_800_000), earshot.Instant(4_102_444_800_000)
)

// timeOf returns the time of an event and moves event time on by it. A time that cannot be is corrected in the event, and counts
// as drift: the event's own becomes that of its receipt, another is left out, which says nothing.
func (f *Fold) timeOf(ev *zoom.Event, receivedAt earshot.Instant) earshot.Instant {
	at := earshot.Instant(ev.TimeMs)
	believed := at >= leastEventTime && at < mostEventTime
	switch {
	case ev.TimeMs == 0:
		at, believed = receivedAt, true
		f.mark.event(at, receivedAt)
	case believed:
		f.mark.event(at, receivedAt)
		believed = f.mark.Now == 0 || apart(at, f.mark.Now) <= believableEventTime
	default:
		f.mark.event(0, receivedAt)
	}
	if !believed {
		f.drift.note(ev.Name, "event_ts!far", receivedAt)
		if at = receivedAt; f.mark.Now != 0 && apart(at, f.mark.Now) > believableEventTime {
			at = f.mark.Now // receipt lies elsewhere than event time: a replay, or the emulator
		}
	}
	ev.TimeMs = int64(at)
	m, p, c := &ev.Meeting, &ev.Participant, &ev.Call
	for _, t := range [...]struct {
		name string
		ms   *int64
	}{
		{"start_time", &m.StartMs}, {"end_time", &m.EndMs}, {"join_time", &p.JoinMs}, {"leave_time", &p.LeaveMs}, {"date_time", &p.AtMs},
		{"call_start_time", &c.StartMs}, {"ringing_start_time", &c.RingingMs}, {"connected_start_time", &c.ConnectedMs}, {"call_end_time", &c.EndMs},
	} {
		if *t.ms != 0 && apart(earshot.Instant(*t.ms), at) > believableStay {
			f.drift.note(ev.Name, t.name+"!far", receivedAt)
			*t.ms = 0
		}
	}
	return at
}

func apart(a, b earshot.Instant) earshot.Instant { return max(a-b, b-a) }
