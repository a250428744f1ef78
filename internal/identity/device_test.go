package identity_test

import (
	"cmp"
	"fmt"
	"slices"
	"testing"

	gocmp "github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/earshot/earshot"
	"github.com/earshot/earshot/internal/identity"
	"github.com/earshot/earshot/zoom"
)

func devices(s *identity.State) []earshot.DeviceSnapshot {
	return s.Segment(keys.Segment(uuid, "1")).Devices
}

func TestDeviceSnapshots(t *testing.T) {
	summary := data(900, "1", zoom.Data{Device: "Windows", NetworkType: "Wired", Camera: "Integrated Camera"})
	summary.Class = zoom.ClassDataSummary
	cases := []struct {
		name   string
		events []zoom.Event
		want   []earshot.DeviceSnapshot
	}{
		{"nothing said", []zoom.Event{data(0, "1"), data(1, "1", zoom.Data{})}, nil},
		{"a change keeps the rest", []zoom.Event{data(0, "1", zoom.Data{Device: "Mac", NetworkType: "Wifi"}), data(60, "1", zoom.Data{NetworkType: "Wired"})},
			[]earshot.DeviceSnapshot{{At: at(0), Device: "Mac", NetworkType: "Wifi"}, {At: at(60), Device: "Mac", NetworkType: "Wired"}}},
		{"what changes nothing is no snapshot", []zoom.Event{data(0, "1", zoom.Data{Device: "Mac"}), data(60, "1", zoom.Data{Device: "Mac"})},
			[]earshot.DeviceSnapshot{{At: at(0), Device: "Mac"}}},
		{"a late change comes between", []zoom.Event{data(0, "1", zoom.Data{NetworkType: "Wifi"}), data(60, "1", zoom.Data{NetworkType: "Wifi"}), data(30, "1", zoom.Data{NetworkType: "Wired"})},
			[]earshot.DeviceSnapshot{{At: at(0), NetworkType: "Wifi"}, {At: at(30), NetworkType: "Wired"}, {At: at(60), NetworkType: "Wifi"}}},
		{"the summary is the first snapshot where there is no other", []zoom.Event{summary},
			[]earshot.DeviceSnapshot{{At: at(900), Device: "Windows", NetworkType: "Wired", Camera: "Integrated Camera"}}},
		{"the summary fills what nothing told, and overwrites nothing earlier", []zoom.Event{summary, data(10, "1", zoom.Data{NetworkType: "Wifi"})},
			[]earshot.DeviceSnapshot{
				{At: at(10), Device: "Windows", NetworkType: "Wifi", Camera: "Integrated Camera"},
				{At: at(900), Device: "Windows", NetworkType: "Wired", Camera: "Integrated Camera"},
			}},
		{"later entries of one array win", []zoom.Event{data(0, "1", zoom.Data{Speaker: "b"}, zoom.Data{Speaker: "a"})},
			[]earshot.DeviceSnapshot{{At: at(0), Speaker: "a"}}},
		{"addresses", []zoom.Event{data(0, "1", zoom.Data{SignalingIP: "198.51.100.24", AudioInternalIP: "10.0.0.2", VideoInternalIP: "10.0.0.3", DestinationDomain: "203.0.113.80", DestinationPort: "8801"})},
			[]earshot.DeviceSnapshot{{At: at(0), PublicIP: "198.51.100.24", InternalIP: "10.0.0.2", Destination: "203.0.113.80:8801"}}},
		{"more addresses", []zoom.Event{data(0, "1", zoom.Data{SignalingInternalIP: "10.0.0.1", AudioInternalIP: "10.0.0.2", DestinationDomain: "2001:db8::1", DestinationPort: "8801"})},
			[]earshot.DeviceSnapshot{{At: at(0), InternalIP: "10.0.0.1", Destination: "[2001:db8::1]:8801"}}},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			if diff := gocmp.Diff(c.want, devices(played(c.events...))); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

func TestEveryDeviceFieldIsKept(t *testing.T) {
	s := played(sample(t, "meeting.participant_data_summary.json").ev)
	want := []earshot.DeviceSnapshot{{
		At: 1767780896700, Device: "Windows", DeviceDetail: "GoogleChrome 143", Client: "Web Meeting SDK 5.0.2", ClientVersion: "6.6.11.23272",
		NetworkType: "Wifi", ConnectionType: "UDP", DataCenter: "EU (Frankfurt)", Location: "Leipzig (DE)",
		Microphone: "Headset Microphone (Jabra Evolve2 65)", Speaker: "Headset Earphone (Jabra Evolve2 65)", Camera: "Integrated Camera",
		PCName: "LAP-40721", Domain: "CORP", MAC: "00:00:5E:00:53:2A", DiskID: "S4X9NF0M",
		PublicIP: "198.51.100.24", InternalIP: "192.0.2.57", Destination: "203.0.113.80:8801",
	}}
	if diff := gocmp.Diff(want, s.Segment(keys.Segment(uuid, "16779264")).Devices); diff != "" {
		t.Fatalf("(-want +got):\n%s", diff)
	}
	b := save(t, s)
	back := identity.NewState(keys)
	if err := back.Load(b); err != nil {
		t.Fatal(err)
	}
	if diff := gocmp.Diff(want, back.Segment(keys.Segment(uuid, "16779264")).Devices); diff != "" {
		t.Fatalf("after a snapshot (-want +got):\n%s", diff)
	}
}

// naive folds partials the way the documentation says it, with everything kept.
func naive(events []zoom.Event) []earshot.DeviceSnapshot {
	byTime := map[int64]earshot.DeviceSnapshot{}
	merge := func(into *string, value string, greater bool) {
		if value != "" && (!greater || value > *into) {
			*into = value
		}
	}
	for i := range events {
		var p earshot.DeviceSnapshot
		for _, d := range events[i].Data {
			merge(&p.Device, d.Device, false)
			merge(&p.NetworkType, d.NetworkType, false)
			merge(&p.Microphone, d.Microphone, false)
		}
		if p == (earshot.DeviceSnapshot{}) {
			continue
		}
		q := byTime[events[i].TimeMs]
		merge(&q.Device, p.Device, true)
		merge(&q.NetworkType, p.NetworkType, true)
		merge(&q.Microphone, p.Microphone, true)
		q.At = earshot.Instant(events[i].TimeMs)
		byTime[events[i].TimeMs] = q
	}
	partials := make([]earshot.DeviceSnapshot, 0, len(byTime))
	for _, p := range byTime {
		partials = append(partials, p)
	}
	slices.SortFunc(partials, func(a, b earshot.DeviceSnapshot) int { return cmp.Compare(a.At, b.At) })
	var now earshot.DeviceSnapshot
	for i := len(partials) - 1; i >= 0; i-- { // the first value of each field stands from the beginning
		merge(&now.Device, partials[i].Device, false)
		merge(&now.NetworkType, partials[i].NetworkType, false)
		merge(&now.Microphone, partials[i].Microphone, false)
	}
	var out []earshot.DeviceSnapshot
	for i, p := range partials {
		next := now
		merge(&next.Device, p.Device, false)
		merge(&next.NetworkType, p.NetworkType, false)
		merge(&next.Microphone, p.Microphone, false)
		if i == 0 || next != now {
			now = next
			next.At = p.At
			out = append(out, next)
		}
	}
	return out
}

func TestDevicesAsDocumented(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		events := someData(t, 30, 20)
		want := naive(events)
		if len(want) == 0 {
			return
		}
		if diff := gocmp.Diff(want, devices(played(events...))); diff != "" {
			t.Fatalf("(-documented +got):\n%s", diff)
		}
	})
}

func someData(t *rapid.T, most, seconds int) []zoom.Event {
	return rapid.SliceOfN(rapid.Custom(func(t *rapid.T) zoom.Event {
		return data(rapid.IntRange(0, seconds).Draw(t, "second"), "1", zoom.Data{
			Device: pick(t, "device", "", "", "Windows", "Mac"), NetworkType: pick(t, "network", "", "", "Wifi", "Wired"), Microphone: pick(t, "microphone", "", "a", "b", "c"),
		}, zoom.Data{NetworkType: pick(t, "network again", "", "", "", "Cellular")})
	}), most/2, most).Draw(t, "data")
}

// TestDevicesAreBounded: beyond 64 changes the last ones are one, and still no order shows.
func TestDevicesAreBounded(t *testing.T) {
	var events []zoom.Event
	for i := range 200 {
		events = append(events, data(i, "1", zoom.Data{Microphone: fmt.Sprint("microphone ", i), Device: "Mac"}))
	}
	s := played(events...)
	got := devices(s)
	if len(got) != 64 || got[63].At != at(63) || got[63].Microphone != "microphone 199" || got[62].Microphone != "microphone 62" {
		t.Fatalf("%d snapshots, the last %+v", len(got), got[len(got)-1])
	}
	if n := s.Stats().Collapsed; n != 136 {
		t.Fatalf("%d collapsed, want 136", n)
	}
	rapid.Check(t, func(t *rapid.T) {
		events := someData(t, 300, 400)
		order := rapid.Permutation(append(events[:len(events):len(events)], events[:len(events)/3]...)).Draw(t, "order")
		sorted := slices.Clone(events)
		slices.SortFunc(sorted, func(a, b zoom.Event) int { return cmp.Compare(a.TimeMs, b.TimeMs) })
		a, b := played(sorted...), played(order...)
		if diff := gocmp.Diff(devices(a), devices(b)); diff != "" {
			t.Fatalf("another order (-sorted +shuffled):\n%s", diff)
		}
		back := identity.NewState(keys)
		if err := back.Load(save(t, b)); err != nil {
			t.Fatal(err)
		}
		if diff := gocmp.Diff(devices(b), devices(back)); diff != "" {
			t.Fatalf("after a snapshot (-before +after):\n%s", diff)
		}
	})
}
