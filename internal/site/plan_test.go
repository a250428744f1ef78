package site_test

import (
	"bytes"
	"fmt"
	"net/netip"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"pgregory.net/rapid"

	"github.com/earshot/earshot"
	"github.com/earshot/earshot/internal/site"
)

const fileOfThree = `name,range,zone,isp,link_mbps,vpn,tags
Lyon,10.20.0.0/16,Europe/Paris,Arvel,500,,office
Lyon,198.51.100.0/24,,,,,
Oslo,10.30.0.0/16,Europe/Oslo,,,,
VPN,10.99.0.0/16,,,,yes,
`

func table(t testing.TB, csv string) *site.Table {
	t.Helper()
	out, err := load(t, csv, "")
	if err != nil {
		t.Fatal(err)
	}
	return out
}

func apply(t testing.TB, from *site.Table, p site.Plan) *site.Table {
	t.Helper()
	if len(p.Problems) > 0 {
		t.Fatalf("problems: %+v", p.Problems)
	}
	out, err := from.With(p.Edits)
	if err != nil {
		t.Fatal(err)
	}
	return out
}

func at(t *site.Table, address string) string {
	m := t.Lookup(netip.MustParseAddr(address), netip.Addr{})
	if m.Site == nil || m.Site.Derived {
		return ""
	}
	return m.Site.Name
}

// entries spells a plan's entries as lines.
func entries(p site.Plan) []string {
	var out []string
	for _, e := range p.Entries {
		s := fmt.Sprintf("%d %s ", e.Line, e.Kind)
		if e.Range.IsValid() {
			s += e.Range.String() + " "
		}
		s += e.Was + ">" + e.Site
		for _, f := range e.Fields {
			s += " " + f.Name + ":" + f.Was + ">" + f.Is
		}
		out = append(out, s)
	}
	return out
}

func TestWhatPeopleTypeWins(t *testing.T) {
	was := table(t, fileOfThree)
	p := was.Plan(site.Change{
		Ranges: []site.RangeChange{{"10.20.4.0/22", "Lyon lab"}, {"10.30.0.0/16", "Lyon"}, {"10.99.0.0/16", ""}, {"10.20.0.0/16", "Lyon"}},
		Sites:  []site.SiteChange{{"Lyon lab", site.Details{Zone: "Europe/Paris", LinkMbps: 100, Tags: []string{"lab"}}}},
	}, "ann", 7)
	if diff := cmp.Diff([]string{
		"0 removed 10.99.0.0/16 VPN>",
		"1 new 10.20.4.0/22 >Lyon lab",
		"2 changed 10.30.0.0/16 Oslo>Lyon",
		"5 new >Lyon lab zone:>Europe/Paris link_mbps:>100 tags:>lab",
	}, entries(p)); diff != "" {
		t.Errorf("entries (-want +got):\n%s", diff)
	}
	if p.Same != 1 {
		t.Errorf("same: %d, want 1: 10.20.0.0/16 is Lyon's already", p.Same)
	}
	if len(p.Parts) != 1 || p.Parts[0].Inner.String() != "10.20.4.0/22" || p.Parts[0].OuterSite != "Lyon" {
		t.Errorf("parts: %+v", p.Parts)
	}
	now := apply(t, was, p)
	for address, want := range map[string]string{"10.20.4.9": "Lyon lab", "10.20.9.9": "Lyon", "10.30.1.1": "Lyon", "10.99.1.1": "", "198.51.100.1": "Lyon"} {
		if got := at(now, address); got != want {
			t.Errorf("%s: got %q, want %q", address, got, want)
		}
	}
	if now.Revision() == was.Revision() {
		t.Error("the revision did not change")
	}
	var told []string
	for _, o := range now.Overruled() {
		told = append(told, fmt.Sprintf("%d %s %s>%s by %s at %d", o.Line, o.Range, o.Site, o.Typed, o.Who, o.At))
	}
	if diff := cmp.Diff([]string{"4 10.30.0.0/16 Oslo>Lyon by ann at 7", "5 10.99.0.0/16 VPN> by ann at 7"}, told); diff != "" {
		t.Errorf("overruled (-want +got):\n%s", diff)
	}

	// Typing what the file says gives the rows back to it; what holds keeps its author.
	p = now.Plan(site.Change{Ranges: []site.RangeChange{{"10.30.0.0/16", "Oslo"}, {"10.99.0.0/16", "VPN"}}}, "bob", 9)
	want := site.Edits{
		Ranges:  []site.RangeEdit{{netip.MustParsePrefix("10.20.4.0/22"), "Lyon lab", "ann", 7}},
		Details: []site.DetailEdit{{"Lyon lab", site.Details{Zone: "Europe/Paris", LinkMbps: 100, Tags: []string{"lab"}}, "ann", 7}},
	}
	// The VPN's details went with its only range, and the file brings them back.
	if diff := cmp.Diff(want, p.Edits, cmpopts.IgnoreUnexported(netip.Prefix{}), cmp.Comparer(func(a, b netip.Prefix) bool { return a == b })); diff != "" {
		t.Errorf("edits (-want +got):\n%s", diff)
	}
	if back := apply(t, now, p); len(back.Overruled()) != 0 || at(back, "10.99.1.1") != "VPN" {
		t.Errorf("overruled: %+v", back.Overruled())
	}
}

func TestWhatCannotBe(t *testing.T) {
	was := table(t, fileOfThree)
	p := was.Plan(site.Change{
		Ranges: []site.RangeChange{{"10.1.0.1/16", "Lyon"}, {"nowhere", "Lyon"}, {"10.1.0.0/16", "LYON"}, {"10.2.0.0/16", "Rome"}, {"10.2.0.0/16", "Milan"}, {"10.3.0.0/16", "a\nb"}},
		Sites:  []site.SiteChange{{"Nowhere", site.Details{Zone: "Europe/Paris"}}, {"Lyon", site.Details{Zone: "Middle/Earth", LinkMbps: -1}}, {"", site.Details{}}},
	}, "ann", 7)
	for i, want := range []string{
		`1: range "10.1.0.1/16" begins inside of itself`, `2: range "nowhere": want addresses`, `3: name "LYON": there is a site "Lyon" already`,
		`5: range 10.2.0.0/16 is named in entry 4 already`, `6: name "a\nb": want at most`, `7: site "Nowhere" has no range`,
		`8: zone "Middle/Earth"`, `8: link_mbps "-1"`, `9: the name is empty`,
	} {
		if i >= len(p.Problems) {
			t.Errorf("missing: %s", want)
			continue
		}
		if got := fmt.Sprintf("%d: %s", p.Problems[i].Line, p.Problems[i].Text); !strings.HasPrefix(got, want) {
			t.Errorf("problem %d:\n got %s\nwant %s", i, got, want)
		}
	}
	if len(p.Problems) != 9 {
		t.Errorf("%d problems: %+v", len(p.Problems), p.Problems)
	}
}

func TestPlanCSV(t *testing.T) {
	was := table(t, fileOfThree)
	csv := "name,range,zone\nLyon,10.20.0.0/16,Europe/Paris\nOslo,10.30.0.0/16,\nLyon,198.51.100.0/24,\nBergen,10.30.8.0/22,Europe/Oslo\n"
	p, err := was.PlanCSV(strings.NewReader(csv), false, "ann", 7)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]string{
		"0 removed 10.99.0.0/16 VPN>",
		"3 changed Oslo>Oslo zone:Europe/Oslo>", // a column that is there and empty clears; Lyon keeps its provider
		"5 new >Bergen zone:>Europe/Oslo",
		"5 new 10.30.8.0/22 >Bergen",
	}, entries(p)); diff != "" {
		t.Errorf("the whole list (-want +got):\n%s", diff)
	}
	if len(p.Parts) != 1 || p.Parts[0].InnerLine != 5 || p.Parts[0].OuterLine != 3 || p.Parts[0].OuterSite != "Oslo" {
		t.Errorf("parts: %+v", p.Parts)
	}
	if p.Same != 3 {
		t.Errorf("same: %d, want 3", p.Same)
	}
	p, err = was.PlanCSV(strings.NewReader(csv), true, "ann", 7)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]string{"5 new >Bergen zone:>Europe/Oslo", "5 new 10.30.8.0/22 >Bergen"}, entries(p)); diff != "" {
		t.Errorf("added to the list (-want +got):\n%s", diff)
	}

	// What is wrong and what overlaps come together, and nothing is planned to go.
	p, err = was.PlanCSV(strings.NewReader("name,range\nA,10.20.4.0/24\nB,10.20.4.0/24\nC,10.20.4.128/25\nD,what\n"), false, "ann", 7)
	if err != nil {
		t.Fatal(err)
	}
	if len(p.Problems) != 2 || p.Problems[0].Line != 3 || p.Problems[1].Line != 5 || len(p.Parts) != 2 {
		t.Errorf("problems %+v, parts %+v", p.Problems, p.Parts)
	}
	for _, e := range p.Entries {
		if e.Kind == site.Removed {
			t.Errorf("removed by a file with mistakes: %+v", e)
		}
	}
}

// A list that is exported and imported changes nothing, whatever the names; and edits lead exactly to what was planned.
func TestExportAndEditsProperty(t *testing.T) {
	names := rapid.SampledFrom([]string{"=HYPERLINK(\"x\")", "+1", "-2", "@a", "#b", "'c", "''d", "O'Hare", "Lyon", "a,b", "\"q\"", "x;y", "日本", "＝1", "\u22121"})
	prefixes := rapid.Custom(func(t *rapid.T) netip.Prefix {
		a := netip.AddrFrom4([4]byte{10, byte(rapid.IntRange(0, 3).Draw(t, "b")), byte(rapid.IntRange(0, 3).Draw(t, "c") << 6), 0})
		p, _ := a.Prefix(rapid.IntRange(9, 24).Draw(t, "bits"))
		return p
	})
	changes := rapid.Custom(func(t *rapid.T) site.Change {
		var c site.Change
		seen := map[netip.Prefix]bool{}
		for range rapid.IntRange(0, 8).Draw(t, "n") {
			p := prefixes.Draw(t, "range")
			if seen[p] {
				continue
			}
			seen[p] = true
			c.Ranges = append(c.Ranges, site.RangeChange{p.String(), names.Draw(t, "name")})
		}
		said := map[string]bool{}
		for _, r := range c.Ranges {
			if said[r.Site] || !rapid.Bool().Draw(t, "described") {
				continue
			}
			said[r.Site] = true
			c.Sites = append(c.Sites, site.SiteChange{Name: r.Site, Details: site.Details{
				Zone: rapid.SampledFrom([]string{"", "Europe/Oslo"}).Draw(t, "zone"), ISP: rapid.SampledFrom([]string{"", "=1+1", "A, B"}).Draw(t, "isp"),
				LinkMbps: rapid.SampledFrom([]float64{0, 2.5, 1000}).Draw(t, "link"), VPN: rapid.Bool().Draw(t, "vpn"),
			}})
		}
		return c
	})
	base := table(t, fileOfThree)
	rapid.Check(t, func(t *rapid.T) {
		now := base
		for range rapid.IntRange(1, 3).Draw(t, "changes") {
			p := now.Plan(changes.Draw(t, "change"), "ann", 1)
			if len(p.Problems) > 0 {
				t.Fatalf("problems: %+v", p.Problems)
			}
			next, err := now.With(p.Edits)
			if err != nil {
				t.Fatal(err)
			}
			for _, e := range p.Entries {
				if got := next.Ranges()[e.Range]; e.Range.IsValid() && got != e.Site {
					t.Fatalf("%s belongs to %q, planned %q", e.Range, got, e.Site)
				}
			}
			now = next
		}
		var out bytes.Buffer
		if err := site.WriteCSV(&out, now.Sites()); err != nil {
			t.Fatal(err)
		}
		for line := range strings.Lines(out.String()) {
			if cell := strings.TrimPrefix(line, `"`); strings.ContainsRune("=+-@#", rune(cell[0])) {
				t.Fatalf("a formula or comment: %s", line)
			}
		}
		p, err := now.PlanCSV(bytes.NewReader(out.Bytes()), false, "bob", 2)
		if err != nil {
			t.Fatal(err)
		}
		if len(p.Entries)+len(p.Problems) > 0 {
			t.Fatalf("an import of the export changes %q, problems %+v\n%s", entries(p), p.Problems, out.String())
		}
		again, err := now.With(p.Edits)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(sites(now), sites(again)); diff != "" {
			t.Fatalf("another list (-want +got):\n%s", diff)
		}
	})
}

func sites(t *site.Table) []earshot.Site { return t.Sites() }

// A file that begins to name a typed site in other capitals decides its spelling: one site stays one.
func TestSpellingFollowsTheFile(t *testing.T) {
	was := table(t, "name,range\nLyon,10.0.0.0/8\n")
	p := was.Plan(site.Change{Ranges: []site.RangeChange{{"11.0.0.0/8", "oslo"}}}, "ann", 1)
	now, err := table(t, "name,range\nLyon,10.0.0.0/8\nOslo,12.0.0.0/8\n").With(p.Edits)
	if err != nil {
		t.Fatal(err)
	}
	if at(now, "11.0.0.1") != "Oslo" || len(now.Sites()) != 2 {
		t.Errorf("sites: %+v", now.Sites())
	}
}
