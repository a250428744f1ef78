package pipeline

import (
	"net/netip"

	"github.com/earshot/earshot"
	"github.com/earshot/earshot/internal/site"
)

// placesCacheSize bounds the cache of address lookups. When it is full it is emptied: a lookup costs little.
const placesCacheSize = 200_000

// places finds the site and provider of a segment's addresses, and remembers the derived sites that it met.
type places struct {
	sites   func() *site.Table
	table   *site.Table // the one that the cache is of
	cache   map[addresses]site.Match
	byID    map[earshot.ID]*earshot.Site
	derived []earshot.Site // met since the last takeDerived
}

type addresses struct{ public, internal string }

func newPlaces(sites func() *site.Table) *places {
	return &places{sites: sites, cache: map[addresses]site.Match{}, byID: map[earshot.ID]*earshot.Site{}}
}

// dimensions returns the facts of a segment at a time, without anything personal.
func (p *places) dimensions(seg *earshot.Segment, at earshot.Instant) earshot.Dimensions {
	if seg == nil {
		return earshot.Dimensions{}
	}
	d := seg.Device(at)
	if d == nil {
		return earshot.Dimensions{}
	}
	out := earshot.Dimensions{
		NetworkType: d.NetworkType, DataCenter: d.DataCenter, ClientVersion: d.ClientVersion,
		DeviceClass: d.Device, Transport: d.ConnectionType,
	}
	m := p.lookup(addresses{d.PublicIP, d.InternalIP})
	out.ISP = m.ISP
	if m.Site != nil {
		out.Site = m.Site.ID
	}
	return out
}

func (p *places) lookup(key addresses) site.Match {
	if key == (addresses{}) {
		return site.Match{}
	}
	if t := p.sites(); t != p.table || len(p.cache) >= placesCacheSize {
		p.table = t
		clear(p.cache)
	}
	if m, ok := p.cache[key]; ok {
		return m
	}
	// An address that does not parse is the zero Addr, which lies nowhere.
	public, _ := netip.ParseAddr(key.public)
	internal, _ := netip.ParseAddr(key.internal)
	var m site.Match
	if p.table != nil {
		m = p.table.Lookup(public, internal)
	}
	p.cache[key] = m
	if m.Site != nil && p.byID[m.Site.ID] == nil && m.Site.Derived {
		p.derived = append(p.derived, *m.Site)
	}
	if m.Site != nil {
		p.byID[m.Site.ID] = m.Site
	}
	return m
}

// site returns a site that a lookup has met, nil for others.
func (p *places) site(id earshot.ID) *earshot.Site { return p.byID[id] }

// takeDerived returns the derived sites met since the last call.
func (p *places) takeDerived() []earshot.Site {
	out := p.derived
	p.derived = nil
	return out
}
