package pipeline

import (
	"net/netip"
	"strings"

	"github.com/earshot/earshot"
	"github.com/earshot/earshot/internal/cause"
	"github.com/earshot/earshot/internal/site"
)

// Looked returns the event time of the last look for causes, 0 before the first, and the incidents that changed since the last
// call. It is for those who run a fold without the pipeline, which gives incidents to the registry; what is taken here, the
// registry does not get.
func (f *Fold) Looked() (at earshot.Instant, changed []earshot.Incident) {
	return f.explainer.looked, f.explainer.told.take()
}

// observe turns a graded minute into what causes are found from: its verdict by direction, the groups of people that the
// segment belongs to, and what its samples say about this person alone. It decides nothing.
func observe(row *earshot.Minute, samples []earshot.Sample, seg *earshot.Segment, rules *Rules, places *places) cause.Observation {
	o := cause.Observation{
		Segment: row.Segment, Person: row.Person, Meeting: row.Meeting, Guest: seg.External, At: row.At,
		Send:    worstOf(row, earshot.SlotAudioSend, earshot.SlotVideoSend, earshot.SlotShareSend),
		Receive: worstOf(row, earshot.SlotAudioReceive, earshot.SlotVideoReceive, earshot.SlotShareReceive),
		Grade:   row.Grade, Device: row.Slots[earshot.SlotCPU],
		Cells:  cellsOf(row, seg, places),
		Direct: directOf(row.Account, samples, rules),
	}
	for i := range samples {
		at := samples[i].At
		if o.First == 0 || at < o.First {
			o.First = at
		}
		o.Last = max(o.Last, at)
	}
	return o
}

func worstOf(row *earshot.Minute, slots ...earshot.StreamSlot) (g earshot.Grade) {
	for _, s := range slots {
		g = earshot.Worse(g, row.Slots[s])
	}
	return g
}

// cellsOf finds the groups. Behind a VPN, the addresses are the pool's: they say nothing about the site, the network and
// the provider of the person, which are therefore unknown.
func cellsOf(row *earshot.Minute, seg *earshot.Segment, places *places) cause.Cells {
	c := cause.Cells{
		NetworkType: row.NetworkType, DataCenter: row.DataCenter, ClientVersion: release(row.ClientVersion),
		Transport: row.Transport, DeviceClass: row.DeviceClass,
	}
	d := seg.Device(row.At)
	if d == nil {
		return c
	}
	c.Headset = productOf(d.Microphone)
	if c.Headset == "" {
		c.Headset = productOf(d.Speaker)
	}
	m := places.lookup(addresses{d.PublicIP, d.InternalIP})
	if m.Site != nil && m.Site.VPN {
		c.VPN = m.Site.Name
		return c
	}
	c.ISP, c.Subnet = m.ISP, subnetOf(d, m)
	if m.Site != nil {
		c.Site, c.SiteDerived = m.Site.ID, m.Site.Derived
	}
	return c
}

// release cuts a client's build number off: "6.5.10.11916" is 6.5.10 to everybody who rolls it out.
func release(version string) string {
	parts := strings.SplitN(version, ".", 4)
	if len(parts) < 4 {
		return version
	}
	return strings.Join(parts[:3], ".")
}

// Prefixes that stand for one network: what a switch or a radio controller serves within a site, and what a provider gives
// to one customer or to few.
const (
	subnetBits4, subnetBits6 = 24, 64
	publicBits4, publicBits6 = 24, 48
)

// subnetOf returns the private network within a configured site, else the public prefix.
func subnetOf(d *earshot.DeviceSnapshot, m site.Match) string {
	internal, _ := netip.ParseAddr(d.InternalIP)
	if m.Site != nil && !m.Site.Derived && internal.IsValid() {
		return prefixOf(internal, subnetBits4, subnetBits6)
	}
	public, _ := netip.ParseAddr(d.PublicIP)
	return prefixOf(public, publicBits4, publicBits6)
}

func prefixOf(a netip.Addr, bits4, bits6 int) string {
	a = a.Unmap().WithZone("")
	bits := bits6
	if a.Is4() {
		bits = bits4
	}
	p, err := a.Prefix(bits)
	if err != nil || !p.IsValid() { // an address that did not parse
		return ""
	}
	return p.String()
}
