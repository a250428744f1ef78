package site

import (
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"net/netip"
	"slices"
	"strconv"
	"strings"

	"github.com/gaissmai/bart"

	"github.com/earshot/earshot"
)

// Change is what somebody wants to be so, beside what is.
type Change struct {
	Ranges []RangeChange
	Sites  []SiteChange
}

// RangeChange gives a range to a site, by name; a site that is not there yet is made. "" takes the range from its site.
type RangeChange struct {
	Range, Site string
}

// SiteChange describes a site anew, whole.
type SiteChange struct {
	Name string
	Details
}

// Kind of an [Entry].
type Kind string

// The kinds.
const (
	New     Kind = "new"
	Changed Kind = "changed"
	Removed Kind = "removed"
)

// Entry is one thing that a plan changes: a range's site, or a site's details.
type Entry struct {
	Kind   Kind
	Range  netip.Prefix // invalid: it is the site's details
	Site   string       // to whom the range will belong; "" when it is removed
	Was    string       // to whom it belongs now
	Fields []Field      // that change, when it is the site's details
	Line   int          // of the CSV; 0 when none says so
}

// Field is a detail that changes, as text.
type Field struct {
	Name, Was, Is string
}

// Part is a range within another one of another site. That is allowed: the longer prefix wins.
type Part struct {
	Inner, Outer         netip.Prefix
	InnerSite, OuterSite string
	InnerLine, OuterLine int // of the CSV; 0 when it is there already
}

// Plan is what a change would do. Nothing is in force yet.
type Plan struct {
	Revision string    // of the list that it was made for
	Problems []Problem // why it cannot be applied; Line is that of the CSV, or the number of the entry in the change
	Entries  []Entry   // by line, then by range and name
	Parts    []Part    // that the change brings
	Same     int       // ranges that were said and already are so
	Edits    Edits     // all that will be typed, once it is applied
}

// ErrStale is for a plan that was made for a list which has changed since.
var ErrStale = errors.New("site: the list of sites has changed since this was planned; look at it again")

// revisionOf names a state of the list: whoever saw it can say that this is what they saw.
func revisionOf(file *content, edits *Edits) string {
	h := sha256.New()
	e := json.NewEncoder(h) // a hash takes everything, and all of this is plain data
	for _, p := range file.places() {
		_ = e.Encode(p.site)
		_ = e.Encode(p.ranges)
	}
	_ = e.Encode(edits)
	return hex.EncodeToString(h.Sum(nil)[:8])
}

// Plan says what a change would do. who and at are noted with what it types.
func (t *Table) Plan(c Change, who string, at earshot.Instant) Plan {
	p := &planner{table: t, target: t.now.clone(), said: make(map[netip.Prefix]int)}
	p.names()
	for i, r := range c.Ranges {
		p.rangeChange(i+1, r)
	}
	for i, s := range c.Sites {
		p.siteChange(len(c.Ranges)+i+1, s)
	}
	return p.plan(who, at)
}

// PlanCSV says what a CSV in the form of the sites file would do. It is the whole list, and what it does not name goes; with
// keep, what it does not name stays. A column that the header does not name changes nothing. All that is wrong is reported
// with all that overlaps.
func (t *Table) PlanCSV(in io.Reader, keep bool, who string, at earshot.Instant) (Plan, error) {
	read, problems, err := readCSV(in)
	if err != nil {
		return Plan{}, fmt.Errorf("read the CSV: %w", err)
	}
	p := &planner{table: t, target: t.now.clone(), said: read.lines, problems: problems}
	p.names()
	if !keep && len(problems) == 0 {
		p.target = content{make(map[netip.Prefix]claim), make(map[string]description)}
	}
	for i := range read.places {
		p.placeRows(&read, &read.places[i], keep)
	}
	return p.plan(who, at), nil
}

// planner collects what a change amounts to.
type planner struct {
	table    *Table
	target   content
	said     map[netip.Prefix]int // what was named, and where
	spelled  map[string]string    // folded to spelled
	problems []Problem
}

func (p *planner) problem(line int, format string, args ...any) {
	p.problems = append(p.problems, Problem{line, fmt.Sprintf(format, args...)})
}

func (p *planner) names() {
	p.spelled = make(map[string]string)
	for _, owner := range p.table.now.owners {
		p.spelled[foldName(owner.site)] = owner.site
	}
}

// named returns whether a name is in the one spelling of its site.
func (p *planner) named(line int, name string) bool {
	folded := foldName(name)
	if one, ok := p.spelled[folded]; ok && one != name {
		p.problem(line, "name %q: there is a site %q already; want its spelling, or a name that differs in more", clip(name), one)
		return false
	}
	p.spelled[folded] = name
	return true
}

// check reads one row with the rules of the file.
func check(line int, name, prefix string, d *Details) (*reader, *place, netip.Prefix, bool) {
	r := &reader{byName: map[string]*place{}, folded: map[string]string{}, byRange: map[netip.Prefix]*place{}, rangeAt: map[netip.Prefix]int{}}
	made := &place{set: map[string]setting{}}
	if name != "" || d != nil {
		if made = r.place(line, name); made == nil {
			return r, nil, netip.Prefix{}, false
		}
	}
	if d == nil {
		got, ok := r.prefix(line, prefix)
		return r, made, got, ok
	}
	for _, field := range d.fields() {
		if field.text != "" {
			r.set(line, made, field.name, field.text)
		}
	}
	return r, made, netip.Prefix{}, len(r.problems) == 0
}

func (p *planner) rangeChange(line int, c RangeChange) {
	name := strings.TrimSpace(c.Site)
	r, _, prefix, ok := check(line, name, strings.TrimSpace(c.Range), nil)
	p.problems = append(p.problems, r.problems...)
	if !ok || name != "" && !p.named(line, name) {
		return
	}
	if before, twice := p.said[prefix]; twice {
		p.problem(line, "range %s is named in entry %d already; want it once", prefix, before)
		return
	}
	p.said[prefix] = line
	if name == "" {
		delete(p.target.owners, prefix)
		return
	}
	p.target.owners[prefix] = claim{name, line}
}

func (p *planner) siteChange(line int, c SiteChange) {
	c.Name = strings.TrimSpace(c.Name)
	r, made, _, ok := check(line, c.Name, "", &c.Details)
	p.problems = append(p.problems, r.problems...)
	if !ok || !p.named(line, c.Name) {
		return
	}
	has := false
	for _, owner := range p.target.owners {
		has = has || owner.site == c.Name
	}
	if !has {
		p.problem(line, "site %q has no range of addresses; give it one, else nobody would ever be there", clip(c.Name))
		return
	}
	p.target.details[c.Name] = description{detailsOf(&made.site), line}
}

// placeRows puts the rows of one site of a CSV into the target.
func (p *planner) placeRows(read *sheet, s *place, keep bool) {
	name := s.site.Name
	if keep && !p.named(s.line, name) {
		return
	}
	for _, r := range s.ranges {
		p.target.owners[r] = claim{name, read.lines[r]}
	}
	old := p.table.now.details[name].Details
	is := detailsOf(&s.site)
	said := func(column string) bool {
		_, inHeader := read.columns[column]
		_, inRow := s.set[column]
		return inHeader && (!keep || inRow || column == columnTags && len(is.Tags) > 0)
	}
	if !said(columnZone) {
		is.Zone = old.Zone
	}
	if !said(columnISP) {
		is.ISP = old.ISP
	}
	if !said(columnLink) {
		is.LinkMbps = old.LinkMbps
	}
	if !said(columnVPN) {
		is.VPN = old.VPN
	}
	if !said(columnTags) {
		is.Tags = old.Tags
	}
	p.target.details[name] = description{is, s.line}
}

// plan compares the target with what is.
func (p *planner) plan(who string, at earshot.Instant) Plan {
	p.target.drop()
	now := &p.table.now
	out := Plan{Revision: p.table.revision, Problems: p.problems, Parts: p.parts()}
	for r := range p.said {
		if is, ok := p.target.owners[r]; ok && is.site == now.owners[r].site {
			out.Same++
		}
	}
	for r, is := range p.target.owners {
		was, had := now.owners[r]
		switch {
		case !had:
			out.Entries = append(out.Entries, Entry{Kind: New, Range: r, Site: is.site, Line: is.line})
		case was.site != is.site:
			out.Entries = append(out.Entries, Entry{Kind: Changed, Range: r, Site: is.site, Was: was.site, Line: is.line})
		}
	}
	for r, was := range now.owners {
		if _, stays := p.target.owners[r]; !stays {
			out.Entries = append(out.Entries, Entry{Kind: Removed, Range: r, Was: was.site})
		}
	}
	for name, is := range p.target.details {
		was, had := now.details[name]
		if fields := is.changes(&was.Details); had && len(fields) > 0 {
			out.Entries = append(out.Entries, Entry{Kind: Changed, Site: name, Was: name, Fields: fields, Line: is.line})
		} else if len(fields) > 0 {
			out.Entries = append(out.Entries, Entry{Kind: New, Site: name, Fields: fields, Line: is.line})
		}
	}
	slices.SortFunc(out.Entries, func(a, b Entry) int {
		return cmp.Or(cmp.Compare(a.Line, b.Line), a.Range.Compare(b.Range), strings.Compare(a.Site, b.Site), strings.Compare(a.Was, b.Was))
	})
	out.Edits = p.table.file.editsTowards(&p.target, &p.table.edits, who, at)
	return out
}

// parts returns the ranges within ranges of other sites, of which at least one was named.
func (p *planner) parts() []Part {
	ranges := new(bart.Table[claim])
	for r, owner := range p.target.owners {
		ranges.Insert(r, owner)
	}
	var out []Part
	for inner, owner := range ranges.AllSorted() {
		if inner.Bits() == 0 {
			continue
		}
		wider, err := inner.Addr().Prefix(inner.Bits() - 1)
		if err != nil { // only for more bits than the address has
			continue
		}
		outer, around, ok := ranges.LookupPrefixLPM(wider)
		_, innerSaid := p.said[inner]
		_, outerSaid := p.said[outer]
		if ok && around.site != owner.site && (innerSaid || outerSaid) {
			out = append(out, Part{inner, outer, owner.site, around.site, p.said[inner], p.said[outer]})
		}
	}
	return out
}

// namedText is a detail as the file spells it.
type namedText struct{ name, text string }

// fields returns the details as the file spells them, "" for what is unknown.
func (d *Details) fields() []namedText {
	link, vpn := "", ""
	if d.LinkMbps != 0 {
		link = strconv.FormatFloat(d.LinkMbps, 'g', -1, 64)
	}
	if d.VPN {
		vpn = "yes"
	}
	return []namedText{{columnZone, d.Zone}, {columnISP, d.ISP}, {columnLink, link}, {columnVPN, vpn}, {columnTags, strings.Join(d.Tags, ";")}}
}

// changes returns the details that differ.
func (d *Details) changes(was *Details) []Field {
	var out []Field
	before := was.fields()
	for i, f := range d.fields() {
		if f.text != before[i].text {
			out = append(out, Field{f.name, before[i].text, f.text})
		}
	}
	return out
}

// Revision names what is in force.
func (t *Table) Revision() string { return t.revision }

// Overruled returns what the file says and what does not count, by line.
func (t *Table) Overruled() []Overruled { return slices.Clone(t.overruled) }

// Typed returns what people typed.
func (t *Table) Typed() Edits {
	return Edits{slices.Clone(t.edits.Ranges), slices.Clone(t.edits.Details)}
}

// Ranges returns every range and the name of its site.
func (t *Table) Ranges() map[netip.Prefix]string {
	out := make(map[netip.Prefix]string, len(t.now.owners))
	for r, owner := range maps.All(t.now.owners) {
		out[r] = owner.site
	}
	return out
}

// HasFile reports whether the sites file names any site.
func (t *Table) HasFile() bool { return len(t.file.owners) > 0 }
