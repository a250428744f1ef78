package api

import (
	"cmp"
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/earshot/earshot"
	"github.com/earshot/earshot/internal/cause"
	"github.com/earshot/earshot/internal/incident"
	"github.com/earshot/earshot/internal/registry"
)

type incidentsInput struct {
	State   string  `query:"state" maxLength:"100" doc:"one or more of open, quiet, closed, no-data, merged, separated by commas; all but merged unless given"`
	Cause   string  `query:"cause" maxLength:"200" doc:"one or more causes, separated by commas"`
	Site    idParam `query:"site" doc:"its cell is this site, or lies within it"`
	CellOf  idParam `query:"cell_of" doc:"the id of an incident: its cell is the same, such as the site, subnet, carrier or person, and so is its account"`
	Person  idParam `query:"person" doc:"among the people affected"`
	Meeting idParam `query:"meeting" doc:"among the meetings touched"`
	Account idParam `query:"account"`
	Span
	Paging
}

func (a *API) listIncidents(ctx context.Context, in *incidentsInput) (*Page[IncidentRow], error) {
	q := registry.IncidentQuery{
		Account: in.Account.ID, Site: in.Site.ID, Person: in.Person.ID, Meeting: in.Meeting.ID, After: in.Cursor, Limit: in.Limit,
	}
	var err error
	if q.From, q.To, err = in.within(0, 0); err != nil {
		return nil, err
	}
	if q.States, err = words("state", in.State, parseState); err != nil {
		return nil, err
	}
	if q.Causes, err = words("cause", in.Cause, parseCause); err != nil {
		return nil, err
	}
	if len(q.States) == 0 {
		q.States = []earshot.IncidentState{earshot.IncidentOpen, earshot.IncidentQuiet, earshot.IncidentClosed, earshot.IncidentNoData}
	}
	if in.CellOf.ID != 0 {
		of, ok, err := a.registry.Incident(ctx, in.CellOf.ID)
		if err != nil {
			return nil, err
		}
		if !ok {
			return nil, badInput("cell_of", "there is no incident %s", in.CellOf.ID)
		}
		if of.Cell.Scope == earshot.ScopeNone {
			return &Page[IncidentRow]{Items: []IncidentRow{}}, nil
		}
		q.Cell, q.Account = of.Cell, cmp.Or(q.Account, of.Account)
	}
	found, err := a.registry.Incidents(ctx, q)
	if err != nil {
		return nil, err
	}
	n, err := a.namesOf(ctx, found.Items, nil)
	if err != nil {
		return nil, err
	}
	out := &Page[IncidentRow]{Items: make([]IncidentRow, len(found.Items)), NextCursor: found.Next}
	for i := range found.Items {
		out.Items[i] = n.row(&found.Items[i])
	}
	return out, a.tellNow(ctx, out.Items, found.Items)
}

func (a *API) getIncident(ctx context.Context, in *ByID) (*IncidentDetail, error) {
	i, ok, err := a.registry.Incident(ctx, in.ID.ID)
	if err != nil {
		return nil, err
	}
	if !ok {
		return nil, errNotFound
	}
	n, err := a.namesOf(ctx, []earshot.Incident{i}, i.People)
	if err != nil {
		return nil, err
	}
	meetings, err := a.registry.MeetingsByID(ctx, i.Meetings)
	if err != nil {
		return nil, fmt.Errorf("meetings of incident %s: %w", i.ID, err)
	}
	byID := make(map[earshot.ID]*earshot.Meeting, len(meetings))
	for k := range meetings {
		byID[meetings[k].ID] = &meetings[k]
	}
	d := &IncidentDetail{
		IncidentRow: n.row(&i), Timeline: make([]IncidentLine, len(i.Timeline)), People: make([]PersonRef, len(i.People)),
		Meetings: make([]MeetingRef, len(i.Meetings)),
	}
	rows := []IncidentRow{d.IncidentRow}
	if err := a.tellNow(ctx, rows, []earshot.Incident{i}); err != nil {
		return nil, err
	}
	d.IncidentRow = rows[0]
	d.Evidence = n.evidence(&i, d.Cell.Site)
	for k := range i.Timeline {
		d.Timeline[k] = n.line(&i.Timeline[k])
	}
	for k, id := range i.People {
		d.People[k] = n.person(id)
	}
	for k, id := range i.Meetings {
		d.Meetings[k] = MeetingRef{ID: id}
		if m := byID[id]; m != nil {
			d.Meetings[k].Topic, d.Meetings[k].Start = m.Topic, timeOf(cmp.Or(m.Start, m.FirstSeen))
		}
	}
	return d, nil
}

// words reads a list of words.
func words[T any](parameter, list string, parse func(string) (T, bool)) ([]T, error) {
	if list == "" {
		return nil, nil
	}
	var out []T
	for word := range strings.SplitSeq(list, ",") {
		v, ok := parse(strings.TrimSpace(word))
		if !ok {
			return nil, badInput(parameter, "%q is none of the words that can stand here", word)
		}
		out = append(out, v)
	}
	return out, nil
}

func parseState(word string) (earshot.IncidentState, bool) {
	for s := earshot.IncidentOpen; s <= earshot.IncidentMerged; s++ {
		if s.String() == word {
			return s, true
		}
	}
	return 0, false
}

func parseCause(word string) (earshot.Cause, bool) {
	c, ok := earshot.ParseCause(word)
	return c, ok && c != earshot.CauseNone
}

// incidentNames are the names of what incidents name by id.
type incidentNames struct {
	sites   map[earshot.ID]*earshot.Site
	persons map[earshot.ID]string
	zones   map[string]*time.Location
}

// namesOf reads the names for incidents and further people.
func (a *API) namesOf(ctx context.Context, all []earshot.Incident, people []earshot.ID) (*incidentNames, error) {
	_, sites, err := a.sitesNow(ctx)
	if err != nil {
		return nil, err
	}
	ids := append([]earshot.ID(nil), people...)
	for i := range all {
		if all[i].Personal() {
			ids = append(ids, all[i].Cell.ID)
		}
	}
	persons, err := a.registry.PersonsByID(ctx, ids)
	if err != nil {
		return nil, fmt.Errorf("people of %d incidents: %w", len(all), err)
	}
	n := &incidentNames{sites: sites, persons: make(map[earshot.ID]string, len(persons)), zones: map[string]*time.Location{}}
	for i := range persons {
		n.persons[persons[i].ID] = personName(&persons[i])
	}
	return n, nil
}

func (n *incidentNames) person(id earshot.ID) PersonRef {
	return PersonRef{ID: id, Name: n.persons[id]}
}

// site returns the site of a cell that is one or lies in one, else nil.
func (n *incidentNames) site(c earshot.Cell) *SiteRef {
	switch c.Scope {
	case earshot.ScopeSite, earshot.ScopeSiteWifi, earshot.ScopeSubnet, earshot.ScopeSubnetWifi, earshot.ScopeTransport:
		return siteRef(c.ID, n.sites)
	}
	return nil
}

func (n *incidentNames) cell(c earshot.Cell) CellRef {
	ref := CellRef{Scope: c.Scope, Name: c.Name, Site: n.site(c)}
	if c.Scope == earshot.ScopePerson {
		p := n.person(c.ID)
		ref.Person = &p
	}
	return ref
}

// zone returns the time zone of a site, nil where it has none that is known here.
func (n *incidentNames) zone(site *SiteRef) *time.Location {
	if site == nil || n.sites[site.ID] == nil || n.sites[site.ID].Zone == "" {
		return nil
	}
	name := n.sites[site.ID].Zone
	z, ok := n.zones[name]
	if !ok {
		z, _ = time.LoadLocation(name) // nil when this machine does not know it: UTC then
		n.zones[name] = z
	}
	return z
}

func (n *incidentNames) row(i *earshot.Incident) IncidentRow {
	row := IncidentRow{
		ID: i.ID, Account: i.Account, Cause: i.Cause, Candidates: i.Candidates, Confidence: i.Confidence, Cell: n.cell(i.Cell),
		Personal: i.Personal(), Causeless: i.Causeless(), Severity: i.Severity, State: i.State,
		Start: timeOf(i.Start), End: timeOf(i.End), Opened: timeOf(i.Opened), Updated: timeOf(i.Updated),
		Direction: i.Direction, Inside: PeopleCount(i.Inside), Elsewhere: PeopleCount(i.Elsewhere),
		Affected: i.Affected, Minutes: i.Minutes, MergedInto: i.MergedInto,
	}
	if i.Metric != earshot.MetricCount {
		row.Metric = &i.Metric
	}
	names := incident.Names{Zone: n.zone(row.Cell.Site)}
	if row.Cell.Site != nil {
		names.Site = row.Cell.Site.Name
	}
	if row.Cell.Person != nil {
		names.Person = row.Cell.Person.Name
	}
	row.Sentence = incident.Headline(i, names)
	return row
}

func (n *incidentNames) line(e *earshot.IncidentEvent) IncidentLine {
	l := IncidentLine{At: e.At.Time(), What: e.What, Inside: PeopleCount(e.Inside), Other: e.Other, Cause: e.Cause}
	if e.Cell.Scope != earshot.ScopeNone {
		c := n.cell(e.Cell)
		l.Cell = &c
	}
	return l
}

// evidence says what speaks for a shared incident's cause, "" for a personal one.
func (n *incidentNames) evidence(i *earshot.Incident, site *SiteRef) string {
	if i.Personal() {
		return ""
	}
	v := earshot.Verdict{
		Cause: i.Cause, Confidence: i.Confidence, Cell: i.Cell, Direction: i.Direction, Inside: i.Inside, Elsewhere: i.Elsewhere,
		Metric: earshot.MetricCount, Since: i.Start,
	}
	if i.End != 0 {
		v.Since = 0 // it is over, and its sentence has both times
	}
	if i.Cause == earshot.CauseUnknown && len(i.Candidates) > 0 {
		v.Candidate = i.Candidates[0]
	}
	return cause.Sentence(v, sentenceNames{n, n.zone(site)})
}

// sentenceNames are the names in the words of [cause.Sentence].
type sentenceNames struct {
	*incidentNames
	local *time.Location
}

// Site implements cause.Names; so do the next ones.
func (n sentenceNames) Site(id earshot.ID) string {
	if s := n.sites[id]; s != nil {
		return s.Name
	}
	return ""
}

// Person would name a sender: no incident is about one.
func (n sentenceNames) Person(earshot.ID) string { return "" }

// Zone is that of the incident's site.
func (n sentenceNames) Zone() *time.Location { return n.local }
