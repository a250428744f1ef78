package emulator

import (
	"bytes"
	"net/netip"
	"testing"

	"github.com/oschwald/maxminddb-golang/v2"
)

// The database is read by the library that receivers use, and names everybody's provider.
func TestASNDatabaseNamesProviders(t *testing.T) {
	t.Parallel()
	w, err := NewWorld(Options{People: 900, Seed: 2, From: testFrom, Troubles: []Trouble{}})
	if err != nil {
		t.Fatal(err)
	}
	var b bytes.Buffer
	if err := w.ASNDatabase(&b); err != nil {
		t.Fatal(err)
	}
	db, err := maxminddb.OpenBytes(b.Bytes())
	if err != nil {
		t.Fatal(err)
	}
	if err := db.Verify(); err != nil {
		t.Errorf("the database is damaged: %v", err)
	}
	provider := func(a netip.Addr) string {
		var x struct {
			Number uint32 `maxminddb:"autonomous_system_number"`
			Name   string `maxminddb:"autonomous_system_organization"`
		}
		if err := db.Lookup(a).Decode(&x); err != nil {
			t.Fatal(err)
		}
		if (x.Number == 0) != (x.Name == "") {
			t.Errorf("%v is announced by %+v", a, x)
		}
		return x.Name
	}
	homes := map[netip.Prefix]int{}
	for _, p := range w.people.people {
		public, _ := p.addresses()
		if p.vpn != nil {
			continue
		}
		if got := provider(public); got != p.provider.name {
			t.Fatalf("%v belongs to %q, the database says %q", public, p.provider.name, got)
		}
		if p.home != nil && public.Is4() {
			block, _ := public.Prefix(24)
			homes[block]++
		}
	}
	for block, n := range homes {
		if n > 30 {
			t.Errorf("%d homes share %v: they would look like one place", n, block)
		}
	}
	for _, other := range []string{"8.8.8.8", "2600::1", "10.20.0.9"} {
		if got := provider(netip.MustParseAddr(other)); got != "" {
			t.Errorf("%s is announced by %q, want nobody", other, got)
		}
	}
}
