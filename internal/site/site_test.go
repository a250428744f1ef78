package site_test

import (
	"errors"
	"fmt"
	"hash/fnv"
	"net/netip"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/earshot/earshot"
	"github.com/earshot/earshot/internal/site"
)

const asnFile = "testdata/asn.mmdb"

// idOf stands in for the keyed hash.
func idOf(key string) earshot.ID {
	h := fnv.New64a()
	fmt.Fprint(h, key)
	return earshot.ID(h.Sum64())
}

// load writes a sites file and loads it.
func load(t testing.TB, csv, asn string) (*site.Table, error) {
	t.Helper()
	file := filepath.Join(t.TempDir(), "sites.csv")
	if err := os.WriteFile(file, []byte(csv), 0o600); err != nil {
		t.Fatal(err)
	}
	return site.Load(file, asn, idOf)
}

const offices = `# what the network team knows
Name, RANGE ,zone,isp,link_mbps,vpn,tags
Berlin,10.20.0.0/16,Europe/Berlin,,500,no,office; emea
"Berlin, floor 4",10.20.4.0/22,Europe/Berlin,,,,
Berlin,198.51.100.0/25,Europe/Berlin,Arvel Business,,,emea;egress
,,,,,,
VPN pool,10.99.0.0/16,,,,YES,
Oslo,2001:db8:40:1::/64,Europe/Oslo,,2.5,,
Kiosk,192.0.2.7,,,,,
`

func TestLookup(t *testing.T) {
	table, err := load(t, offices, asnFile)
	if err != nil {
		t.Fatal(err)
	}
	tests := []struct {
		name, public, internal string
		want, isp              string
		derived                bool
	}{
		{"internal", "198.51.100.200", "10.20.9.9", "Berlin", "Arvel Business", false},
		{"longest prefix", "198.51.100.7", "10.20.5.1", "Berlin, floor 4", "Arvel Fibre", false},
		{"public", "198.51.100.7", "192.168.1.2", "Berlin", "Arvel Business", false},
		{"public, nothing internal", "198.51.100.7", "", "Berlin", "Arvel Business", false},
		{"provider of a site that names none", "203.0.113.5", "10.99.1.1", "VPN pool", "AS64501", false},
		{"one address", "192.0.2.7", "", "Kiosk", "", false},
		{"neighbour of one address", "192.0.2.8", "", "192.0.2.0/24", "", true},
		{"derived with provider", "198.51.100.200", "192.168.1.2", "AS64500 Arvel Fibre, 198.51.100.0/24", "Arvel Fibre", true},
		{"derived with a nameless provider", "203.0.113.5", "", "AS64501, 203.0.113.0/24", "AS64501", true},
		{"derived, other half of the prefix: one site", "203.0.113.200", "", "AS64501, 203.0.113.0/24", "AS64501", true},
		{"derived without provider", "192.0.2.99", "", "192.0.2.0/24", "", true},
		{"IPv6 site", "2001:db8:40:1::5", "", "Oslo", "Nordnetz", false},
		{"IPv6 derived", "2001:db8:40:2::5", "", "AS64502 Nordnetz, 2001:db8:40::/48", "Nordnetz", true},
		{"mapped", "::ffff:198.51.100.7", "::ffff:192.168.1.2", "Berlin", "Arvel Business", false},
		{"zone", "", "2001:db8:40:1::5%eth0", "Oslo", "Nordnetz", false},
		{"internal that is public", "", "192.0.2.99", "192.0.2.0/24", "", true},
		{"private", "192.168.1.1", "192.168.1.2", "", "", false},
		{"shared", "100.64.0.1", "", "", "", false},
		{"loopback", "127.0.0.1", "::1", "", "", false},
		{"link-local", "169.254.1.1", "fe80::1", "", "", false},
		{"multicast", "224.0.0.1", "", "", "", false},
		{"unspecified", "0.0.0.0", "::", "", "", false},
		{"nothing", "", "", "", "", false},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			for range 2 { // the second answer may come from memory
				got := table.Lookup(address(t, tt.public), address(t, tt.internal))
				if got.ISP != tt.isp {
					t.Errorf("ISP %q, want %q", got.ISP, tt.isp)
				}
				if tt.want == "" {
					if got.Site != nil {
						t.Errorf("site %q, want none", got.Site.Name)
					}
					continue
				}
				if got.Site == nil || got.Site.Name != tt.want || got.Site.Derived != tt.derived {
					t.Errorf("site %+v, want %q, derived %v", got.Site, tt.want, tt.derived)
				}
			}
		})
	}
}

func address(t *testing.T, s string) netip.Addr {
	t.Helper()
	if s == "" {
		return netip.Addr{}
	}
	a, err := netip.ParseAddr(s)
	if err != nil {
		t.Fatal(err)
	}
	return a
}

func TestSites(t *testing.T) {
	table, err := load(t, "\xef\xbb\xbf"+strings.ReplaceAll(offices, "\n", "\r\n"), "")
	if err != nil {
		t.Fatal(err)
	}
	want := []earshot.Site{
		{ID: idOf("Berlin"), Name: "Berlin", Ranges: []string{"10.20.0.0/16", "198.51.100.0/25"}, Zone: "Europe/Berlin", ISP: "Arvel Business", LinkMbps: 500, Tags: []string{"office", "emea", "egress"}},
		{ID: idOf("Berlin, floor 4"), Name: "Berlin, floor 4", Ranges: []string{"10.20.4.0/22"}, Zone: "Europe/Berlin"},
		{ID: idOf("Kiosk"), Name: "Kiosk", Ranges: []string{"192.0.2.7/32"}},
		{ID: idOf("Oslo"), Name: "Oslo", Ranges: []string{"2001:db8:40:1::/64"}, Zone: "Europe/Oslo", LinkMbps: 2.5},
		{ID: idOf("VPN pool"), Name: "VPN pool", Ranges: []string{"10.99.0.0/16"}, VPN: true},
	}
	if diff := cmp.Diff(want, table.Sites()); diff != "" {
		t.Errorf("sites (-want +got):\n%s", diff)
	}
	table.Sites()[0].Name = "changed"
	if table.Sites()[0].Name != "Berlin" {
		t.Error("Sites gives the table's own slice away")
	}
}

// The id of a derived site is that of its prefix, with or without a database, and whatever came first.
func TestDerivedIDs(t *testing.T) {
	for _, asn := range []string{"", asnFile} {
		table, err := site.Load("", asn, idOf)
		if err != nil {
			t.Fatal(err)
		}
		m := table.Lookup(netip.MustParseAddr("203.0.113.200"), netip.Addr{})
		want := &earshot.Site{ID: idOf("203.0.113.0/24"), Name: "203.0.113.0/24", Ranges: []string{"203.0.113.0/24"}, Derived: true}
		if asn != "" {
			want.Name, want.ISP = "AS64501, 203.0.113.0/24", "AS64501"
		}
		if diff := cmp.Diff(want, m.Site); diff != "" {
			t.Errorf("with database %q (-want +got):\n%s", asn, diff)
		}
	}
}

func TestProblems(t *testing.T) {
	tests := []struct {
		name, csv string
		want      []string // LINE: part of the text, in order
	}{
		{"empty", "", []string{"1: the file is empty; want a header row: name,range,zone"}},
		{"only a comment", "# nothing\n", []string{"1: the file is empty"}},
		{"no header", "Berlin,10.0.0.0/8\n", []string{`1: unknown column "Berlin"; known are name, range`, `1: unknown column "10.0.0.0/8"`, `1: there is no column "name"`, `1: there is no column "range"`}},
		{"semicolons", "name;range\nBerlin;10.0.0.0/8\n", []string{`1: the header has one column, "name;range"; want columns separated by commas`}},
		{"unknown and doubled columns", "name,range,colour,NAME\na,10.0.0.0/8,x,y\n", []string{`1: unknown column "colour"`, `1: column "name" appears twice`}},
		{"everything wrong in one row", "name,range,zone,link_mbps,vpn\n,10.0.0.1/8,Berlin,fast,perhaps\n", []string{
			"2: the name is empty", `2: range "10.0.0.1/8" begins inside of itself; want 10.0.0.0/8 (the whole range) or 10.0.0.1 (one address)`,
			`2: zone "Berlin": want an IANA time zone`, `2: link_mbps "fast": want the capacity`, `2: vpn "perhaps": want yes or no`}},
		{"ranges", "name,range\na,\nb,10.0.0.0/33\nc,berlin\nd,::ffff:10.0.0.0/104\ne,fe80::1%eth0\n", []string{
			`2: range ""`, `3: range "10.0.0.0/33": want addresses such as`, `4: range "berlin"`, `5: range "::ffff:10.0.0.0/104": want an IPv4 range`, `6: range "fe80::1%eth0"`}},
		{"numbers", "name,range,link_mbps\na,10.0.0.0/8,0\nb,11.0.0.0/8,-1\nc,12.0.0.0/8,NaN\nd,13.0.0.0/8,Inf\n", []string{`2: link_mbps "0"`, `3: link_mbps "-1"`, `4: link_mbps "NaN"`, `5: link_mbps "Inf"`}},
		{"the machine's own zone", "name,range,zone\na,10.0.0.0/8,Local\n", []string{`2: zone "Local"`}},
		{"same range for two", "name,range\na,10.0.0.0/8\nb,10.0.0.0/8\n", []string{`3: range 10.0.0.0/8 is given to "b", but line 2 gives it to "a"`}},
		{"same range spelt differently", "name,range\na,192.0.2.1\nb,192.0.2.1/32\n", []string{`3: range 192.0.2.1/32 is given to "b"`}},
		{"contradiction", "name,range,isp,vpn\na,10.0.0.0/8,X,\n# between\na,11.0.0.0/8,Y,yes\na,12.0.0.0/8,X,no\n", []string{`4: isp of "a" is "Y", but line 2 says "X"`, `5: vpn of "a" is "false", but line 4 says "true"`}},
		{"two spellings", "name,range\nBerlin HQ,10.0.0.0/8\nberlin  hq,11.0.0.0/8\n", []string{`3: name "berlin  hq": line 2 spells it "Berlin HQ"`}},
		{"too many fields", "name,range\nBerlin, floor 4,10.0.0.0/8\n", []string{`2: 3 fields under a header of 2; a field that holds a comma needs "double quotes"`, `2: range "floor 4"`}},
		{"open quotation mark", "name,range\na,10.0.0.0/8\n\"b,11.0.0.0/8\n", []string{`extraneous or missing " in quoted-field`}},
		{"name over lines", "name,range\n\"a\nb\",10.0.0.0/8\n", []string{`2: name "a\nb": want at most 120 characters in one line`}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			table, err := load(t, tt.csv, "")
			var bad *site.FileError
			if !errors.As(err, &bad) || table != nil {
				t.Fatalf("Load = %v, %v; want a FileError", table, err)
			}
			if len(bad.Problems) != len(tt.want) {
				t.Fatalf("got %d problems, want %d:\n%v", len(bad.Problems), len(tt.want), err)
			}
			for i, p := range bad.Problems {
				if got := fmt.Sprintf("%d: %s", p.Line, p.Text); !strings.Contains(got, tt.want[i]) {
					t.Errorf("problem %d:\n got %s\nwant %s", i, got, tt.want[i])
				}
			}
			if !strings.Contains(err.Error(), fmt.Sprintf("sites.csv:%d: ", bad.Problems[0].Line)) {
				t.Errorf("want file and line in:\n%v", err)
			}
		})
	}
}

func TestManyProblemsAreCut(t *testing.T) {
	_, err := load(t, "name,range\n"+strings.Repeat("a,nowhere\n", 100), "")
	if err == nil || strings.Count(err.Error(), "\n") != 26 || !strings.Contains(err.Error(), "100 problems") || !strings.Contains(err.Error(), "… and 75 more") {
		t.Errorf("100 problems: %v", err)
	}
}

func TestLoadFiles(t *testing.T) {
	missing := filepath.Join(t.TempDir(), "missing")
	if _, err := site.Load(missing, "", idOf); !errors.Is(err, os.ErrNotExist) || !strings.Contains(err.Error(), missing) {
		t.Errorf("a missing sites file: %v", err)
	}
	if _, err := site.Load("", missing, idOf); !errors.Is(err, os.ErrNotExist) || !strings.Contains(err.Error(), missing) {
		t.Errorf("a missing database: %v", err)
	}
	if _, err := site.Load("", "testdata/README.md", idOf); err == nil || !strings.Contains(err.Error(), "want an MMDB file") {
		t.Errorf("a database that is none: %v", err)
	}
	whole, err := os.ReadFile(asnFile)
	if err != nil {
		t.Fatal(err)
	}
	for _, n := range []int{0, 100, len(whole) / 2, len(whole) - 1} {
		cut := filepath.Join(t.TempDir(), "cut.mmdb")
		if err := os.WriteFile(cut, whole[:n], 0o600); err != nil {
			t.Fatal(err)
		}
		if table, err := site.Load("", cut, idOf); err == nil {
			table.Lookup(netip.MustParseAddr("198.51.100.7"), netip.Addr{}) // may know nothing, must not panic
		} else if !strings.Contains(err.Error(), cut) {
			t.Errorf("cut at %d: %v; want the path", n, err)
		}
	}
}

// Any number may look up at once; the race detector watches.
func TestLookupConcurrently(t *testing.T) {
	table, err := load(t, offices, asnFile)
	if err != nil {
		t.Fatal(err)
	}
	var wg sync.WaitGroup
	for g := range 4 {
		wg.Go(func() {
			for i := range 500 {
				a := netip.AddrFrom4([4]byte{198, byte(g % 2), byte(i), 1})
				if m := table.Lookup(a, netip.Addr{}); m.Site == nil {
					t.Errorf("no site for %s", a)
				}
			}
		})
	}
	wg.Wait()
}

func BenchmarkLookup(b *testing.B) {
	table, err := load(b, offices, asnFile)
	if err != nil {
		b.Fatal(err)
	}
	for name, pair := range map[string][2]string{"configured": {"198.51.100.7", "10.20.5.1"}, "derived": {"203.0.113.5", "192.168.1.2"}} {
		public, internal := netip.MustParseAddr(pair[0]), netip.MustParseAddr(pair[1])
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				table.Lookup(public, internal)
			}
		})
	}
}
