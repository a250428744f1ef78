package emulator

import (
	"encoding/csv"
	"fmt"
	"io"
	"net/netip"
	"strconv"
)

// SitesCSV writes the world's offices and its VPN pool in the form that earshot reads: a header and one row per address
// range, name,range,zone,isp,link_mbps,vpn,tags, the tags separated by semicolons.
func (w *World) SitesCSV(out io.Writer) error { return w.people.sitesCSV(out) }

func (p *population) sitesCSV(out io.Writer) error {
	c := csv.NewWriter(out)
	rows := [][]string{{"name", "range", "zone", "isp", "link_mbps", "vpn", "tags"}}
	for _, s := range p.sites {
		row := func(addresses netip.Prefix, tags string) {
			mbps, vpn := strconv.Itoa(int(s.linkMbps)), strconv.FormatBool(s.vpn)
			rows = append(rows, []string{s.name, addresses.String(), s.city.zone, s.isp.name, mbps, vpn, tags})
		}
		if s.vpn {
			row(s.internal, "vpn")
			row(s.public4, "vpn;egress")
			continue
		}
		row(s.internal, "office")
		for n := wiredNet; n < subnetCount; n++ {
			row(s.subnet(n), "office;"+subnetNames[n])
		}
		row(s.public4, "office;egress")
		row(s.public6, "office;egress")
	}
	if err := c.WriteAll(rows); err != nil {
		return fmt.Errorf("write sites: %w", err)
	}
	return nil
}
