package registry_test

import (
	"context"
	"fmt"
	"net/netip"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/earshot/earshot"
	"github.com/earshot/earshot/internal/identity"
	"github.com/earshot/earshot/internal/registry"
)

const findMinute = 60_000

// ticketWorld is a morning in minutes: two laptops swap an address, one of them changes network in the middle of a meeting.
func ticketWorld() registry.Changes {
	m := func(minutes int) earshot.Instant { return earshot.Instant(1_790_000_000_000 + minutes*findMinute) }
	lan := func(at int, ip, mac, pc string) earshot.DeviceSnapshot {
		return earshot.DeviceSnapshot{At: m(at), InternalIP: ip, PublicIP: "198.51.100.7", MAC: mac, PCName: pc}
	}
	return registry.Changes{Changes: identity.Changes{
		Meetings: []earshot.Meeting{
			{ID: 10, Account: 1, UUID: "aaAA+/==", Number: "8522117788", Topic: "Übergabe", FirstSeen: m(0), LastSeen: m(60)},
			{ID: 11, Account: 2, UUID: "bb", Number: "999000111", Topic: "Later", FirstSeen: m(100), LastSeen: m(160)},
		},
		Persons: []earshot.Person{{ID: 20, Account: 1, Name: "Zoë Ångström", Email: "Zoe@Example.com"}, {ID: 21, Account: 2, Name: "Bob"}},
		Segments: []earshot.Segment{
			{ID: 30, Meeting: 10, Account: 1, Person: 20, Name: "Zoë", Join: m(0), Leave: m(60), Devices: []earshot.DeviceSnapshot{
				lan(1, "10.20.4.17", "00:00:5E:00:53:2A", "BER-LT-0042"), lan(30, "10.20.9.9", "00:00:5E:00:53:2B", "BER-LT-0042"),
			}},
			{ID: 31, Meeting: 11, Account: 2, Person: 21, Name: "Team room", Join: m(100), Leave: m(160), Devices: []earshot.DeviceSnapshot{
				lan(101, "10.20.4.17", "00:00:5E:00:53:2C", "BER-LT-0043"),
			}},
			{ID: 32, Meeting: 10, Account: 1, Person: 0, Name: "Guest", Join: m(5), Leave: m(50)},
			{ID: 33, Meeting: 11, Account: 2, Person: 21, Name: "Bob", FirstReport: m(110), LastReport: m(120), Devices: []earshot.DeviceSnapshot{
				{At: m(110), PublicIP: "2001:DB8:0:1::5"},
			}},
		}},
	}
}

func TestFind(t *testing.T) {
	r := open(t, t.TempDir())
	apply(t, r, 1, ticketWorld())
	tests := []struct {
		name, q  string
		from, to int
		account  earshot.ID
		kind     registry.SoughtKind
		want     string
	}{
		{"an address at its time", "10.20.4.17", 5, 10, 0, registry.SoughtAddress, "30 10.20.4.17"},
		{"as a ticket has it", " 10.20.4.17:54321 ", 5, 10, 0, registry.SoughtAddress, "30 10.20.4.17"},
		{"before Zoom told of the device", "10.20.4.17", 0, 1, 0, registry.SoughtAddress, "30 10.20.4.17"},
		{"when it had changed", "10.20.4.17", 31, 40, 0, registry.SoughtAddress, ""},
		{"what it changed to", "10.20.9.9", 31, 40, 0, registry.SoughtAddress, "30 10.20.9.9"},
		{"around the change", "10.20.4.17", 29, 31, 0, registry.SoughtAddress, "30 10.20.4.17"},
		{"somebody else's later", "10.20.4.17", 120, 121, 0, registry.SoughtAddress, "31 10.20.4.17"},
		{"whenever", "10.20.4.17", -1, 1000, 0, registry.SoughtAddress, "31 10.20.4.17, 30 10.20.4.17"},
		{"nobody's address then", "10.20.4.17", 70, 90, 0, registry.SoughtAddress, ""},
		{"an address is no beginning", "10.20.4.1", -1, 1000, 0, registry.SoughtAddress, ""},
		{"of one account", "10.20.4.17", -1, 1000, 2, registry.SoughtAddress, "31 10.20.4.17"},
		{"a shared public address", "198.51.100.7", 0, 200, 0, registry.SoughtAddress, "31 198.51.100.7, 30 198.51.100.7"},
		{"a subnet", "10.20.4.0/22", 5, 10, 0, registry.SoughtSubnet, "30 10.20.4.17"},
		{"a subnet by its octets", "10.20.*", 35, 40, 0, registry.SoughtSubnet, "30 10.20.9.9"},
		{"three octets", "10.20.4", 5, 10, 0, registry.SoughtSubnet, "30 10.20.4.17"},
		{"another subnet", "10.20.0.0/22", 5, 10, 0, registry.SoughtSubnet, ""},
		{"a subnet of IPv6", "2001:db8:0:1::/64", 110, 115, 0, registry.SoughtSubnet, "33 2001:db8:0:1::5"},
		{"another of IPv6", "2001:db8:0:2::/64", 110, 115, 0, registry.SoughtSubnet, ""},
		{"a MAC as Windows writes it", "00-00-5E-00-53-2A", 5, 10, 0, registry.SoughtMAC, "30 00005e00532a"},
		{"a MAC as a switch writes it", "0000.5e00.532a", 5, 10, 0, registry.SoughtMAC, "30 00005e00532a"},
		{"the maker's half", "00:00:5e", 5, 10, 0, registry.SoughtMAC, "30 00005e00532a"},
		{"a host name", "ber-lt-0042", 31, 40, 0, registry.SoughtText, "30 ber-lt-0042"},
		{"an e-mail address", "ZOE@example.com", 5, 10, 0, registry.SoughtEmail, "30"},
		{"a name", "angstrom", 5, 10, 0, registry.SoughtText, "30"},
		{"a name in the meeting", "team room", 105, 106, 0, registry.SoughtText, "31"},
		{"somebody whom nothing else names", "guest", 5, 10, 0, registry.SoughtText, "32"},
		{"after they left", "guest", 51, 52, 0, registry.SoughtText, ""},
		{"who fell silent", "bob", 124, 125, 0, registry.SoughtText, "33, 31"},
		{"silent for too long", "bob", 126, 130, 0, registry.SoughtText, "31"},
		{"a meeting's number", "852 211 7788", 5, 10, 0, registry.SoughtNumber, "meeting 10"},
		{"a topic", "ubergabe", 5, 10, 0, registry.SoughtText, "meeting 10"},
		{"a uuid", "aaAA+/==", 5, 10, 0, registry.SoughtText, "meeting 10"},
		{"a topic at another time", "ubergabe", 70, 80, 0, registry.SoughtText, ""},
		{"nothing", "  ", 0, 200, 0, registry.SoughtText, ""},
		{"what breaks SQL", "' OR ''='%_\\", 0, 200, 0, registry.SoughtText, ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			at := func(minutes int) earshot.Instant { return earshot.Instant(1_790_000_000_000 + minutes*findMinute) }
			q := registry.FindQuery{Text: tt.q, From: at(tt.from), To: at(tt.to), Account: tt.account}
			got, err := r.Find(context.Background(), q)
			if err != nil {
				t.Fatal(err)
			}
			if got.Kind != tt.kind {
				t.Errorf("taken for %s, want %s", got.Kind, tt.kind)
			}
			if diff := cmp.Diff(tt.want, describeFound(got)); diff != "" {
				t.Errorf("found (-want +got):\n%s", diff)
			}
		})
	}
	q := registry.FindQuery{Text: "10.20.4.17", To: 1 << 60, Limit: 1}
	if got, err := r.Find(context.Background(), q); err != nil || len(got.Segments) != 1 || !got.More || got.Segments[0].ID != 31 {
		t.Errorf("one of all: %+v, %v; want the newest, and that there are more", got, err)
	}
}

func describeFound(f registry.Found) string {
	var all []string
	for _, s := range f.Segments {
		all = append(all, strings.TrimSpace(fmt.Sprintf("%d %s", s.ID, s.Matched)))
	}
	for _, m := range f.Meetings {
		all = append(all, fmt.Sprintf("meeting %d", m.ID))
	}
	return strings.Join(all, ", ")
}

// A subnet finds an address exactly when it holds it, however both are written.
func TestFindSubnet(t *testing.T) {
	r := open(t, t.TempDir())
	var id earshot.ID
	groups := rapid.SliceOfN(rapid.SampledFrom([]byte{0, 1, 10, 0x20, 0xff}), 16, 16)
	rapid.Check(t, func(rt *rapid.T) {
		id++
		size := rapid.SampledFrom([]int{4, 16}).Draw(rt, "bytes")
		a, _ := netip.AddrFromSlice(groups.Draw(rt, "address")[:size])
		of, _ := netip.AddrFromSlice(groups.Draw(rt, "subnet")[:size])
		if rapid.Bool().Draw(rt, "near") {
			of = a
		}
		prefix := netip.PrefixFrom(of, rapid.IntRange(0, 8*size).Draw(rt, "bits"))
		when := 1_790_000_000_000 + earshot.Instant(id)*100*3_600_000
		c := registry.Changes{Journal: "j", To: uint64(id), Changes: identity.Changes{Segments: []earshot.Segment{
			{ID: id, Account: id, Join: when, Leave: when + 1000, Devices: []earshot.DeviceSnapshot{{At: when, PublicIP: a.StringExpanded()}}},
		}}}
		if err := r.Apply(context.Background(), &c); err != nil {
			rt.Fatal(err)
		}
		got, err := r.Find(context.Background(), registry.FindQuery{Text: prefix.String(), From: when, To: when + 1, Account: id})
		if err != nil {
			rt.Fatal(err)
		}
		if want := prefix.Contains(a.Unmap()); (len(got.Segments) == 1) != want {
			rt.Errorf("%s in %s: found %v, want %v", a, prefix, len(got.Segments) == 1, want)
		}
	})
}

// Whatever a ticket says is text: nothing fails.
func FuzzFind(f *testing.F) {
	for _, q := range []string{"zoe", "10.20.4.0/22", "10.20.*", "::/0", "fe80::1%eth0/64", "00:00:5e", "a@b", "%_\\", "[::1]:80", "\x00", "1.2.3.4.5", "999.1.1"} {
		f.Add(q)
	}
	r := open(f, f.TempDir())
	apply(f, r, 1, ticketWorld())
	f.Fuzz(func(t *testing.T, q string) {
		if _, err := r.Find(context.Background(), registry.FindQuery{Text: q, To: 1 << 60}); err != nil {
			t.Fatal(err)
		}
	})
}
