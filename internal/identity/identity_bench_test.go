package identity_test

import (
	"fmt"
	"runtime"
	"testing"
	"time"

	"github.com/earshot/earshot"
	"github.com/earshot/earshot/internal/identity"
	"github.com/earshot/earshot/zoom"
)

// crowd returns a state with n live segments in meetings of 25, each with all that Zoom tells of a participant.
func crowd(n int) (*identity.State, []zoom.Event) {
	s := identity.NewState(keys)
	qos := make([]zoom.Event, n)
	for i := range n {
		uuid := fmt.Sprintf("%022d==", i/25)
		user := fmt.Sprint(16778240 + 1024*(i%25))
		person := zoom.Participant{
			InMeetingID: user, ZoomUserID: fmt.Sprintf("user-%017d", i), Email: fmt.Sprintf("first.last%06d@example.com", i),
		}
		joined := zoom.Event{Family: zoom.FamilyMeeting, Class: zoom.ClassJoined, TimeMs: int64(at(i % 60)), AccountID: acct, Participant: person}
		joined.Meeting = zoom.Meeting{UUID: uuid, ID: fmt.Sprint(84000000000 + i/25), HostID: "hUe6VbQ2RkWm8yTzXcN1Lw", Topic: fmt.Sprint("Review ", i/25), StartMs: int64(epoch)}
		joined.Participant.Name = fmt.Sprintf("First Last%06d", i)
		joined.Participant.JoinMs = joined.TimeMs
		joined.Participant.UUID = "A91D44C8-2F5E-4E7B-8C31-60B7D9E2F1AA"
		data := zoom.Event{Family: zoom.FamilyMeeting, Class: zoom.ClassData, TimeMs: int64(at(70)), AccountID: acct, Participant: person}
		data.Meeting.UUID = uuid
		data.Data = []zoom.Data{{
			Device: "Windows", Location: "Leipzig (DE)", NetworkType: "Wifi", Microphone: "Headset Microphone (Jabra Evolve2 65)",
			Speaker: "Headset Earphone (Jabra Evolve2 65)", Camera: "Integrated Camera", DataCenter: "EU (Frankfurt)", ConnectionType: "UDP",
			PCName: fmt.Sprintf("LAP-%06d", i), Domain: "CORP", MAC: fmt.Sprintf("00:00:5E:%06d", i), DiskID: fmt.Sprintf("S4X%06d", i),
			Version: "6.6.11.23272", SignalingIP: fmt.Sprintf("198.51.%d.%d", i/250%250, i%250), SignalingInternalIP: fmt.Sprintf("10.%d.%d.%d", i>>16, i>>8&255, i&255),
			DestinationDomain: "203.0.113.80", DestinationPort: "8801",
		}}
		s.Apply(&joined, at(i%60))
		s.Apply(&data, at(70))
		q := &qos[i]
		*q = zoom.Event{Family: zoom.FamilyMeeting, Class: zoom.ClassQoS, TimeMs: int64(at(120)), AccountID: acct, Participant: person}
		q.Meeting.UUID = uuid
		for range 7 {
			q.QoS = append(q.QoS, zoom.QoS{TimeMs: int64(at(120)), Type: "audio_input"})
		}
		s.Apply(q, at(121))
	}
	s.TakeChanges(true)
	return s, qos
}

// TestQoSAllocatesNothing is the budget of the hot path: a QoS event for a segment that is known.
func TestQoSAllocatesNothing(t *testing.T) {
	s, qos := crowd(100)
	ms := int64(at(120))
	i := 0
	got := testing.AllocsPerRun(1000, func() {
		ev := &qos[i%len(qos)]
		ms++
		ev.TimeMs = ms
		for j := range ev.QoS {
			ev.QoS[j].TimeMs = ms
		}
		s.Apply(ev, earshot.Instant(ms))
		i++
	})
	if got > 0 {
		t.Errorf("%v allocations per QoS event, want 0", got)
	}
}

func BenchmarkApplyQoS(b *testing.B) {
	s, qos := crowd(10_000)
	b.ReportAllocs()
	ms := int64(at(120))
	for i := 0; b.Loop(); i++ {
		ev := &qos[i%len(qos)]
		ms++
		ev.TimeMs = ms
		for j := range ev.QoS {
			ev.QoS[j].TimeMs = ms
		}
		s.Apply(ev, earshot.Instant(ms))
	}
}

func BenchmarkSnapshot50k(b *testing.B) {
	s, _ := crowd(50_000)
	b.Run("save", func(b *testing.B) {
		for b.Loop() {
			buf, _ := s.AppendBinary(nil)
			b.ReportMetric(float64(len(buf))/50_000, "B/segment")
		}
	})
	buf, _ := s.AppendBinary(nil)
	b.Run("load", func(b *testing.B) {
		for b.Loop() {
			if err := identity.NewState(keys).Load(buf); err != nil {
				b.Fatal(err)
			}
		}
	})
	b.Run("evict", func(b *testing.B) {
		for b.Loop() {
			s.Evict(at(200), time.Hour)
		}
	})
	b.Run("take", func(b *testing.B) {
		for b.Loop() {
			s.TakeChanges(true)
		}
	})
}

// BenchmarkMemory reports what one live segment costs in all: itself, its person, its share of its meeting.
func BenchmarkMemory(b *testing.B) {
	const n = 20_000
	for b.Loop() {
		var before, after runtime.MemStats
		runtime.GC()
		runtime.ReadMemStats(&before)
		s, qos := crowd(n)
		clear(qos)
		qos = nil
		runtime.GC()
		runtime.ReadMemStats(&after)
		b.ReportMetric(float64(after.HeapAlloc-before.HeapAlloc)/n, "B/segment")
		runtime.KeepAlive(s)
	}
}

// BenchmarkOneName is a webinar whose guests are all called alike, and so count as one person: joining must not take longer the more
// of them there are.
func BenchmarkOneName(b *testing.B) {
	for _, n := range []int{1000, 50_000} {
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			for b.Loop() {
				s := identity.NewState(keys)
				for i := range n {
					ev := zoom.Event{Family: zoom.FamilyWebinar, Class: zoom.ClassJoined, TimeMs: int64(at(1)) + int64(i), AccountID: acct}
					ev.Meeting.UUID, ev.Participant.InMeetingID, ev.Participant.Name = "w", fmt.Sprint(i), "iPhone"
					s.Apply(&ev, at(1))
				}
			}
			b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/float64(n), "ns/join")
			b.ReportMetric(0, "ns/op")
		})
	}
}
