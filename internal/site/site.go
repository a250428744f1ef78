// Package site says which place an address belongs to: buildings and VPN pools from a CSV file and from what people typed over
// it ([Edits] says which of the two wins, and why), and where those say nothing the public prefix stands in, so that every
// network has a name from the first minute.
//
// A change is planned first ([Table.Plan], [Table.PlanCSV]): the [Plan] says everything that would change, what overlaps and
// what is wrong. Its owner stores the edits, and puts a table [Table.With] them in force.
//
// What it promises: a [Table] is immutable. The same files give the same answers and, with the same id function, the same
// ids. [Load] reports everything that is wrong with a file in one error and loads nothing of it: half a table would blame
// the wrong building. The owner keeps the table it has when loading another one fails.
//
// A Table may be used by any number of goroutines, and there is nothing to close: replace it atomically to reload.
//
// The tests read CSV texts, look addresses up, and fuzz the reader; testdata/README.md says how the ASN database was made.
package site

import (
	"fmt"
	"net/netip"

	"github.com/gaissmai/bart"
	lru "github.com/hashicorp/golang-lru/v2"

	"github.com/earshot/earshot"
)

const (
	// derivedBits4 and derivedBits6 are the prefixes that stand in for a place: what a provider gives to one customer is
	// rarely larger (RFC 6177 for IPv6), and smaller ones would take apart the people of one office.
	derivedBits4 = 24
	derivedBits6 = 48
	// rememberedPrefixes bounds the derived sites that are held in memory; those beyond are made again when asked for.
	rememberedPrefixes = 1 << 14
)

// Match is where an address belongs.
type Match struct {
	Site *earshot.Site // nil: unknown. Shared: do not change it.
	// ISP is the provider: the site's, else the name of the autonomous system of the public address. "" is unknown.
	ISP string
}

// Table maps addresses to sites.
type Table struct {
	file      content // what the file says
	edits     Edits
	now       content // the file with the edits over it
	overruled []Overruled
	revision  string

	sites  []earshot.Site // configured, by name
	ranges *bart.Table[*earshot.Site]
	asn    *asnReader // nil: no database
	idOf   func(key string) earshot.ID
	// derived remembers what was made for a public prefix.
	derived *lru.Cache[netip.Prefix, Match]
}

// Load reads the sites file and the ASN database (an MMDB with autonomous_system_number and autonomous_system_organization,
// as MaxMind's GeoLite2-ASN and the free ones of DB-IP and IPinfo). Either path may be "": there is none. idOf gives the id
// of a site by its name, or by the prefix that stands in for one.
//
// Problems in the sites file are a [*FileError] with all of them.
func Load(sitesFile, asnFile string, idOf func(key string) earshot.ID) (*Table, error) {
	var read sheet
	var err error
	if sitesFile != "" {
		if read, err = readFile(sitesFile); err != nil {
			return nil, err
		}
	}
	var asn *asnReader
	if asnFile != "" {
		if asn, err = openASN(asnFile); err != nil {
			return nil, err
		}
	}
	return newTable(contentOf(&read), Edits{}, asn, idOf)
}

// With returns a table of the same files with these edits in place of its own.
func (t *Table) With(e Edits) (*Table, error) { return newTable(t.file, e, t.asn, t.idOf) }

func newTable(file content, e Edits, asn *asnReader, idOf func(key string) earshot.ID) (*Table, error) {
	derived, err := lru.New[netip.Prefix, Match](rememberedPrefixes)
	if err != nil {
		return nil, fmt.Errorf("make the table of sites: %w", err)
	}
	t := &Table{file: file, edits: e, asn: asn, idOf: idOf, derived: derived, ranges: new(bart.Table[*earshot.Site])}
	t.now, t.overruled = file.edited(&e)
	t.revision = revisionOf(&t.file, &t.edits)
	t.add(t.now.places())
	return t, nil
}

// add builds the table from rows that were found to be right.
func (t *Table) add(rows []place) {
	t.sites = make([]earshot.Site, len(rows)) // its elements are pointed at: it must not grow later
	for i, p := range rows {
		s := &t.sites[i]
		*s = p.site
		s.ID = t.idOf(s.Name)
		for _, r := range p.ranges {
			s.Ranges = append(s.Ranges, r.String())
			t.ranges.Insert(r, s)
		}
	}
}

// Sites returns the configured sites, by name. The slice is the caller's, what it points to is not.
func (t *Table) Sites() []earshot.Site { return append([]earshot.Site(nil), t.sites...) }

// Lookup says where somebody is who has these addresses; an invalid one is unknown.
//
// The internal address decides when a configured range covers it, because it tells buildings apart that share a way out;
// then the public address by the configured ranges (the longest prefix wins in both); then the public prefix stands in.
// Addresses that are nobody's in particular (private, shared, link-local, loopback) stand for no place of their own.
func (t *Table) Lookup(public, internal netip.Addr) Match {
	public, internal = public.Unmap().WithZone(""), internal.Unmap().WithZone("")
	if !public.IsValid() {
		public = internal // hosts without address translation have one address
	}
	for _, a := range [...]netip.Addr{internal, public} {
		if !a.IsValid() {
			continue
		}
		if s, ok := t.ranges.Lookup(a); ok {
			m := Match{Site: s, ISP: s.ISP}
			if m.ISP == "" && isPublic(public) {
				m.ISP = t.asn.lookup(public).name()
			}
			return m
		}
	}
	if !isPublic(public) {
		return Match{}
	}
	return t.derive(public)
}

// derive returns the site that stands in for a public address.
func (t *Table) derive(public netip.Addr) Match {
	bits := derivedBits6
	if public.Is4() {
		bits = derivedBits4
	}
	prefix, err := public.Prefix(bits)
	if err != nil { // only for invalid addresses
		return Match{}
	}
	if m, ok := t.derived.Get(prefix); ok {
		return m
	}
	// Of the prefix's first address, not of this one: the site's name must not depend on who came first.
	as := t.asn.lookup(prefix.Addr())
	s := &earshot.Site{
		// Without the provider's name, so that a new ASN database does not make a new site.
		ID:     t.idOf(prefix.String()),
		Name:   prefix.String(),
		Ranges: []string{prefix.String()},
		ISP:    as.name(), Derived: true,
	}
	if label := as.label(); label != "" {
		s.Name = label + ", " + s.Name
	}
	m := Match{Site: s, ISP: s.ISP}
	t.derived.Add(prefix, m)
	return m
}

// isPublic reports whether an address tells a place on the Internet. Ranges for documentation count: the emulator's world
// lives in them.
func isPublic(a netip.Addr) bool {
	return a.IsValid() && a.IsGlobalUnicast() && !a.IsPrivate() && !sharedSpace().Contains(a)
}

// sharedSpace is RFC 6598: addresses between a provider's translator and its customers.
func sharedSpace() netip.Prefix {
	return netip.PrefixFrom(netip.AddrFrom4([4]byte{100, 64, 0, 0}), 10)
}

// subnetBits6 is one network of IPv6 (RFC 7421); of IPv4 people's networks are rarely larger than derivedBits4.
const subnetBits6 = 64

// Subnet returns the network that an address within a building is taken to be in: its /24, of IPv6 its /64. It is invalid for
// an invalid address.
func Subnet(a netip.Addr) netip.Prefix {
	a = a.Unmap().WithZone("")
	bits := subnetBits6
	if a.Is4() {
		bits = derivedBits4
	}
	p, err := a.Prefix(bits)
	if err != nil {
		return netip.Prefix{}
	}
	return p
}

// IsPublic reports whether an address tells a place on the Internet, whoever it is that has it.
func IsPublic(a netip.Addr) bool { return isPublic(a.Unmap().WithZone("")) }
