package live_test

import (
	"fmt"
	"testing"

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
