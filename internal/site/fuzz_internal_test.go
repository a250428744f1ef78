package site

import (
	"net/netip"
	"strings"
	"testing"

	"github.com/gaissmai/bart"

	"github.com/earshot/earshot"
)

// Whatever is in the file: it is refused with lines that exist, or every range leads to the one site that it was given to.
func FuzzReadCSV(f *testing.F) {
	f.Add("name,range,zone,isp,link_mbps,vpn,tags\nBerlin,10.20.0.0/16,Europe/Berlin,Arvel,500,no,a;b\nBerlin,10.21.0.0/16,,,,,\n")
	f.Add("range,name\n2001:db8::/32,x\n2001:db8:4::/48,y\n")
	f.Add("name,range\n\"a\"\"b\",10.0.0.1\n#c\n\n")
	f.Add("name;range\n")
	f.Add("\xef\xbb\xbfname,range\r\na,0.0.0.0/0\r\n")
	f.Fuzz(func(t *testing.T, text string) {
		read, problems, err := readCSV(strings.NewReader(text))
		if err != nil {
			t.Fatal(err)
		}
		lines := strings.Count(text, "\n") + strings.Count(text, "\r") + 1
		for _, p := range problems {
			if p.Line < 1 || p.Line > lines || p.Text == "" {
				t.Errorf("problem at line %d of %d: %q", p.Line, lines, p.Text)
			}
		}
		if len(problems) > 0 {
			return
		}
		table := Table{ranges: new(bart.Table[*earshot.Site]), idOf: func(string) earshot.ID { return 1 }}
		table.add(read.places)
		for _, s := range table.sites {
			if s.Name == "" || len(s.Ranges) == 0 {
				t.Errorf("site %+v has no name or no range", s)
			}
			for _, text := range s.Ranges {
				got, ok := table.ranges.Get(netip.MustParsePrefix(text))
				if !ok || got.Name != s.Name {
					t.Errorf("range %s of %q leads to %v", text, s.Name, got)
				}
			}
		}
	})
}
