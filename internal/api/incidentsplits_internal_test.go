package api

import (
	"net/netip"
	"testing"
	"time"

	"github.com/earshot/earshot"
)

func TestGreatest(t *testing.T) {
	minute := func(m int) earshot.Instant { return 600_000_000 + earshot.Instant(m)*60_000 }
	counts := func(n ...int) map[earshot.Instant]int {
		out := map[earshot.Instant]int{}
		for m, c := range n {
			out[minute(m)] = c
		}
		return out
	}
	for _, x := range []struct {
		name     string
		counts   map[earshot.Instant]int
		to, want int
		none     bool
	}{
		{"the stretch with most", counts(1, 5, 0, 0, 4, 4, 4, 0), 8, 4, false},
		{"the first of several", counts(0, 2, 2, 2, 0, 2, 2, 2), 8, 1, false},
		{"not beyond the end", counts(0, 0, 0, 0, 0, 1), 6, 3, false},
		{"shorter than the stretch", counts(3, 1), 2, 0, false},
		{"nothing", counts(0, 0, 0, 0), 4, 0, true},
	} {
		want := minute(x.want)
		if x.none {
			want = 0
		}
		if got := greatest(x.counts, minute(0), minute(x.to), time.Minute, 3); got != want {
			t.Errorf("%s: %v, want %v", x.name, (got-minute(0))/60_000, (want-minute(0))/60_000)
		}
	}
}

func TestSubnetOf(t *testing.T) {
	at := func(public, internal string) lastNetwork {
		var n lastNetwork
		n.public, _ = netip.ParseAddr(public)
		n.internal, _ = netip.ParseAddr(internal)
		return n
	}
	for _, x := range []struct {
		of      lastNetwork
		derived bool
		want    string
	}{
		{at("198.51.100.7", "10.20.4.9"), false, "10.20.4.0/24"},
		{at("198.51.100.7", "10.20.4.9"), true, "198.51.100.0/24"},
		{at("2001:db8:1:2::7", "fd00:1:2:3::9"), false, "fd00:1:2:3::/64"},
		{at("2001:db8:1:2::7", ""), true, "2001:db8:1::/48"},
		{at("", ""), false, ""},
	} {
		if got := subnetOf(x.of, x.derived); got != x.want {
			t.Errorf("%v, derived %v: %q, want %q", x.of, x.derived, got, x.want)
		}
	}
}
