package alert

import (
	"errors"
	"maps"
	"net/netip"
	"slices"
	"strings"

	"github.com/earshot/earshot"
)

// matcher is a scope with its names resolved: built once for a look.
type matcher struct {
	all      bool
	scope    *Scope
	in       *Inputs
	sites    map[earshot.ID]bool // by Sites
	groups   map[earshot.ID]bool // sites by tag
	listed   map[earshot.ID]bool // people by list
	people   map[earshot.ID]bool // by Persons
	bySites  bool
	byGroups bool
	byPeople bool
}

func newMatcher(s *Scope, in *Inputs) *matcher {
	m := &matcher{all: s.Empty(), scope: s, in: in}
	if m.all {
		return m
	}
	m.bySites, m.byGroups, m.byPeople = len(s.Sites) > 0, len(s.Groups) > 0, len(s.Persons) > 0
	m.sites, m.groups = map[earshot.ID]bool{}, map[earshot.ID]bool{}
	for id, p := range in.Places {
		m.sites[id] = slices.Contains(s.Sites, p.Name)
		m.groups[id] = slices.ContainsFunc(p.Tags, func(tag string) bool { return slices.Contains(s.Groups, tag) })
	}
	m.people = in.resolve(s.Persons)
	m.listed = map[earshot.ID]bool{}
	for _, name := range s.Groups {
		for id := range in.resolve(in.Lists[name]) {
			m.listed[id] = true
		}
	}
	return m
}

// resolve finds people by e-mail address or id.
func (in *Inputs) resolve(all []string) map[earshot.ID]bool {
	out := map[earshot.ID]bool{}
	for _, word := range all {
		if id, err := earshot.ParseID(word); err == nil {
			out[id] = true
		} else if id, ok := in.People[strings.ToLower(word)]; ok {
			out[id] = true
		}
	}
	return out
}

// who reports whether somebody somewhere is within the scope.
func (m *matcher) who(person, site earshot.ID, number string) bool {
	if m.all {
		return true
	}
	return (!m.bySites || m.sites[site]) && (!m.byGroups || m.groups[site] || m.listed[person]) &&
		(!m.byPeople || m.people[person]) && (len(m.scope.Series) == 0 || slices.Contains(m.scope.Series, number)) && len(m.scope.Subnets) == 0
}

// incident reports whether an incident is within the scope: its place, or any of its people.
func (m *matcher) incident(i *earshot.Incident) bool {
	if m.all {
		return true
	}
	site := siteOf(i.Cell)
	anybody := func(of map[earshot.ID]bool) bool {
		return i.Personal() && of[i.Cell.ID] || slices.ContainsFunc(i.People, func(p earshot.ID) bool { return of[p] })
	}
	if m.bySites && !m.sites[site] || m.byGroups && !m.groups[site] && !anybody(m.listed) || m.byPeople && !anybody(m.people) || len(m.scope.Series) > 0 {
		return false
	}
	return len(m.scope.Subnets) == 0 || m.subnet(i.Cell)
}

func (m *matcher) subnet(c earshot.Cell) bool {
	if c.Scope != earshot.ScopeSubnet && c.Scope != earshot.ScopeSubnetWifi {
		return false
	}
	p, err := netip.ParsePrefix(c.Name)
	return err == nil && slices.ContainsFunc(m.scope.Subnets, func(s netip.Prefix) bool { return s.Bits() <= p.Bits() && s.Contains(p.Addr()) })
}

// siteOf returns the site of a cell that is one or lies in one, else 0.
func siteOf(c earshot.Cell) earshot.ID {
	switch c.Scope {
	case earshot.ScopeSite, earshot.ScopeSiteWifi, earshot.ScopeSubnet, earshot.ScopeSubnetWifi, earshot.ScopeTransport:
		return c.ID
	}
	return 0
}

// within reports whether an alert's place is within a scope of maintenance.
func (a *Alert) within(s *Scope, in *Inputs) bool {
	m := newMatcher(s, in)
	if a.Cell.Scope == earshot.ScopePerson {
		return m.who(a.Cell.ID, 0, "")
	}
	if len(s.Subnets) > 0 && !m.subnet(a.Cell) {
		return false
	}
	site := siteOf(a.Cell)
	return (!m.bySites || m.sites[site]) && (!m.byGroups || m.groups[site]) && !m.byPeople &&
		(len(s.Series) == 0 || slices.Contains(s.Series, in.number(a.Subject)))
}

// number is that of the series that a meeting or a series is, "" of all else and where nobody is known who is or was there.
func (in *Inputs) number(s Subject) string {
	is := func(meeting, series earshot.ID) bool {
		return s.Kind == OfMeeting && s.ID == meeting || s.Kind == OfSeries && s.ID == series
	}
	for i := range in.Tracks {
		if v := &in.Tracks[i]; is(v.Meeting, v.Series) {
			return v.Number
		}
	}
	for i := range in.Leaves {
		if v := &in.Leaves[i]; is(v.Meeting, v.Series) {
			return v.Number
		}
	}
	return ""
}

// SiteOf returns the site of a cell that is one or lies in one, else 0.
func SiteOf(c earshot.Cell) earshot.ID { return siteOf(c) }

// Narrowed is a scope as lists of ids. A list that narrows and is empty selects nothing.
type Narrowed struct {
	BySite, ByPerson bool
	Sites, Persons   []earshot.ID
}

// Narrow resolves the sites and people that a scope names; series are left to whoever knows meetings. An error says why the
// scope cannot be said in lists.
func (s *Scope) Narrow(in *Inputs) (out Narrowed, err error) {
	m := newMatcher(s, in)
	tagged := slices.ContainsFunc(s.Groups, func(g string) bool {
		for _, p := range in.Places {
			if slices.Contains(p.Tags, g) {
				return true
			}
		}
		return false
	})
	listed := slices.ContainsFunc(s.Groups, func(g string) bool { _, ok := in.Lists[g]; return ok })
	if tagged && listed {
		return out, errors.New("a scope whose groups are both tags of sites and lists of people cannot be tried on the past; try one of them")
	}
	out.BySite, out.ByPerson = m.bySites || m.byGroups && !listed, m.byPeople || listed
	for id := range in.Places {
		if (!m.bySites || m.sites[id]) && (!m.byGroups || listed || m.groups[id]) {
			out.Sites = append(out.Sites, id)
		}
	}
	switch {
	case m.byPeople && listed:
		for id := range m.people {
			if m.listed[id] {
				out.Persons = append(out.Persons, id)
			}
		}
	case m.byPeople:
		out.Persons = slices.Collect(maps.Keys(m.people))
	case listed:
		out.Persons = slices.Collect(maps.Keys(m.listed))
	}
	slices.Sort(out.Sites)
	slices.Sort(out.Persons)
	return out, nil
}
