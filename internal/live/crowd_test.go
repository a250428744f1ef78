package live_test

import (
	"runtime"
	"testing"

	"github.com/earshot/earshot"
	"github.com/earshot/earshot/internal/live"
)

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
