package identity_test

import (
	"testing"

	gocmp "github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/earshot/earshot"
	"github.com/earshot/earshot/internal/identity"
	"github.com/earshot/earshot/zoom"
)

// copied is what a minute takes from its segment.
type copied struct {
	Person, Meeting, Account           earshot.ID
	Kind                               earshot.Kind
	Device, Version, Network, Public   string
	Connection, DataCenter, InternalIP string
	TooShort                           bool
}

func copiedAt(s *identity.State, segment earshot.ID, t earshot.Instant) copied {
	g := s.Segment(segment)
	c := copied{Person: g.Person, Meeting: g.Meeting, Account: g.Account, Kind: s.Meeting(g.Meeting).Kind}
	if d := g.Device(t); d != nil {
		c.Device, c.Version, c.Network, c.Public = d.Device, d.ClientVersion, d.NetworkType, d.PublicIP
		c.Connection, c.DataCenter, c.InternalIP = d.ConnectionType, d.DataCenter, d.InternalIP
	}
	begin := g.FirstReport
	if g.Join != 0 && g.Join < begin {
		begin = g.Join
	}
	c.TooShort = g.FirstReport == g.LastReport || max(g.LastReport, g.Leave)-begin < 60_000
	return c
}

// TestMovedCovers plays a pipeline that seals every minute at once: it copies what minutes copy when a report comes, and
// again only where Moved says so. In the end nothing it holds is out of date.
func TestMovedCovers(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		events := rapid.SliceOfN(rapid.Custom(someEvent), 1, 40).Draw(t, "events")
		s := identity.NewState(keys)
		type key struct {
			segment earshot.ID
			at      earshot.Instant
		}
		sealed := map[key]copied{}
		for i := range events {
			ev := &events[i].ev
			r := s.Apply(ev, events[i].at)
			for _, m := range r.Moved {
				if m.From > m.To || m.From == 0 {
					t.Fatalf("moved %+v", m)
				}
				for k := range sealed {
					if k.segment == m.Segment && k.at >= m.From && k.at <= m.To {
						sealed[k] = copiedAt(s, k.segment, k.at)
					}
				}
			}
			if ev.Class != zoom.ClassQoS || r.Segment == 0 {
				continue
			}
			for j := range ev.QoS {
				at := identity.ReportTime(ev, ev.QoS[j].TimeMs)
				sealed[key{r.Segment, at}] = copiedAt(s, r.Segment, at)
			}
		}
		for k, have := range sealed {
			if diff := gocmp.Diff(copiedAt(s, k.segment, k.at), have); diff != "" {
				t.Fatalf("segment %v at %v is out of date (-now +sealed):\n%s", k.segment, k.at, diff)
			}
		}
	})
}

// TestNothingMovesInOrdinaryLife: join, data, then reports minute by minute recompute nothing but the first minute, which
// had no verdict until the second report.
func TestNothingMovesInOrdinaryLife(t *testing.T) {
	s := identity.NewState(keys)
	apply := func(ev zoom.Event) []identity.Moved { return s.Apply(&ev, earshot.Instant(ev.TimeMs)).Moved }
	if m := apply(joined(0, "1", "zoom-ann", "Ann")); m != nil {
		t.Fatalf("joining moves %+v", m)
	}
	if m := apply(data(3, "1", zoom.Data{Device: "Windows", NetworkType: "Wifi"})); m != nil {
		t.Fatalf("the first data moves %+v", m)
	}
	if m := apply(qos(30, "1")); m != nil {
		t.Fatalf("the first report moves %+v", m)
	}
	g := keys.Segment(uuid, "1")
	if diff := gocmp.Diff([]identity.Moved{{Segment: g, From: at(30), To: at(90)}}, apply(qos(90, "1"))); diff != "" {
		t.Fatalf("second report (-want +got):\n%s", diff)
	}
	for second := 150; second < 600; second += 60 {
		if m := apply(qos(second, "1")); m != nil {
			t.Fatalf("the report at +%ds moves %+v", second, m)
		}
	}
	if m := apply(data(600, "1", zoom.Data{NetworkType: "Wired"})); m != nil {
		t.Fatalf("a change that is newer than all reports moves %+v", m)
	}
	if m := apply(data(300, "1", zoom.Data{Microphone: "Jabra"})); m != nil {
		t.Fatalf("a late change of what minutes do not copy moves %+v", m)
	}
	if diff := gocmp.Diff([]identity.Moved{{Segment: g, From: at(300), To: at(570)}}, apply(data(300, "1", zoom.Data{NetworkType: "Cellular"}))); diff != "" {
		t.Fatalf("a late change of network (-want +got):\n%s", diff)
	}
	left := lifecycle(zoom.ClassLeft, 620, "1")
	left.Participant.RegistrantID = "reg-ann"
	if m := apply(left); m != nil {
		t.Fatalf("a lesser identifier moves %+v", m)
	}
	late := lifecycle(zoom.ClassJoined, -1, "1")
	late.Participant.ZoomUserID = "zoom-anna"
	if m := apply(late); m != nil {
		t.Fatalf("an older value moves %+v", m)
	}
}

// TestLateIdentityMovesEverything: a segment that turns out to be somebody is theirs from its first minute.
func TestLateIdentityMovesEverything(t *testing.T) {
	s := identity.NewState(keys)
	for _, second := range []int{30, 90, 150} {
		ev := qos(second, "1")
		s.Apply(&ev, at(second))
	}
	id := keys.Segment(uuid, "1")
	nobody := s.Segment(id).Person
	if s.Person(nobody).KeyKind != earshot.PersonByNothing {
		t.Fatalf("known by %v", s.Person(nobody).KeyKind)
	}
	want := []identity.Moved{{Segment: id, From: at(30), To: at(150)}}
	for _, step := range []struct {
		kind earshot.PersonKey
		set  func(*zoom.Participant)
	}{
		{earshot.PersonByNameDevice, func(p *zoom.Participant) { p.Name = "Ann" }},
		{earshot.PersonByEmail, func(p *zoom.Participant) { p.Email = "Ann@Example.com " }},
		{earshot.PersonByCustomerKey, func(p *zoom.Participant) { p.CustomerKey = "key-ann" }},
		{earshot.PersonByRegistrant, func(p *zoom.Participant) { p.RegistrantID = "reg-ann" }},
		{earshot.PersonByZoomUser, func(p *zoom.Participant) { p.ZoomUserID = "zoom-ann" }},
	} {
		ev := lifecycle(zoom.ClassJoined, 0, "1")
		step.set(&ev.Participant)
		r := s.Apply(&ev, at(700))
		if diff := gocmp.Diff(want, r.Moved); diff != "" {
			t.Fatalf("%v (-want +got):\n%s", step.kind, diff)
		}
		if got := s.Person(s.Segment(id).Person).KeyKind; got != step.kind {
			t.Fatalf("known by %v, want %v", got, step.kind)
		}
	}
	p := s.Person(s.Segment(id).Person)
	want2 := earshot.Person{
		ID: keys.Person(keys.Account(acct), earshot.PersonByZoomUser, "zoom-ann"), Account: keys.Account(acct), KeyKind: earshot.PersonByZoomUser,
		ZoomUserID: "zoom-ann", Registrant: "reg-ann", CustomerKey: "key-ann", Email: "ann@example.com", Name: "Ann",
	}
	if diff := gocmp.Diff(want2, *p); diff != "" {
		t.Fatalf("person (-want +got):\n%s", diff)
	}
	if n := s.Stats().Persons; n != 1 || s.Person(nobody) != nil {
		t.Fatalf("%d persons in memory, want only Ann", n)
	}
	if told := s.TakeChanges(true).Persons; len(told) != 1 {
		t.Fatalf("told of %d persons: those in between were never anybody", len(told))
	}
}
