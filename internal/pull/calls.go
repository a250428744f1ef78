package pull

import (
	"cmp"
	"context"
	"time"

	"github.com/earshot/earshot"
	"github.com/earshot/earshot/internal/grade"
	"github.com/earshot/earshot/internal/registry"
)

// callRow is a call with its least score.
type callRow struct {
	earshot.Call
	mos earshot.Opt
	n   *names
}

var callColumns = []column[callRow]{
	{Column{"call", Text, "id of the call", false}, func(c *callRow) Value { return idValue(c.ID) }},
	{Column{"account", Text, "id of the Zoom account", false}, func(c *callRow) Value { return idValue(c.Account) }},
	{Column{"start", Moment, "when it rang", false}, func(c *callRow) Value { return moment(c.Start) }},
	{Column{"connected", Moment, "", false}, func(c *callRow) Value { return moment(c.Connected) }},
	{Column{"end", Moment, "", false}, func(c *callRow) Value { return moment(c.End) }},
	{Column{"first_seen", Moment, "first event", false}, func(c *callRow) Value { return moment(c.FirstSeen) }},
	{Column{"last_seen", Moment, "last event", false}, func(c *callRow) Value { return moment(c.LastSeen) }},
	{Column{"mos", Number, "the least mean opinion score that was delivered", false}, func(c *callRow) Value { return opt(c.mos) }},
	{Column{"grade", Text, "by that score", false}, func(c *callRow) Value { return graded(grade.CallGrade(c.mos.Value)) }},
	{Column{"caller_person", Text, "id of the person", false}, func(c *callRow) Value { return idValue(c.Caller.Person) }},
	{Column{"caller_network", Text, "as Zoom spells it", false}, func(c *callRow) Value { return word(cmp.Or(c.Caller.Network, c.Caller.ConnectionType)) }},
	{Column{"caller_device", Text, "as Zoom spells it", false}, func(c *callRow) Value { return word(c.Caller.Device) }},
	{Column{"callee_person", Text, "id of the person", false}, func(c *callRow) Value { return idValue(c.Callee.Person) }},
	{Column{"callee_network", Text, "as Zoom spells it", false}, func(c *callRow) Value { return word(cmp.Or(c.Callee.Network, c.Callee.ConnectionType)) }},
	{Column{"callee_device", Text, "as Zoom spells it", false}, func(c *callRow) Value { return word(c.Callee.Device) }},
	{Column{"zoom_id", Text, "Zoom's id of the call", true}, func(c *callRow) Value { return word(c.ZoomID) }},
	{Column{"caller_name", Text, "", true}, func(c *callRow) Value { return word(c.n.persons[c.Caller.Person].Name) }},
	{Column{"caller_email", Text, "", true}, func(c *callRow) Value { return word(c.Caller.Email) }},
	{Column{"caller_number", Text, "", true}, func(c *callRow) Value { return word(c.Caller.Number) }},
	{Column{"callee_name", Text, "", true}, func(c *callRow) Value { return word(c.n.persons[c.Callee.Person].Name) }},
	{Column{"callee_email", Text, "", true}, func(c *callRow) Value { return word(c.Callee.Email) }},
	{Column{"callee_number", Text, "", true}, func(c *callRow) Value { return word(c.Callee.Number) }},
}

func (g *gathering) calls(ctx context.Context) error {
	columns, rowOf := chosen(callColumns, g.q.Names)
	g.part.Columns = columns
	n, err := g.names(ctx)
	if err != nil {
		return err
	}
	q := registry.CallQuery{From: g.q.From, To: g.q.To, Account: g.q.Account, Person: g.q.Person}
	for !g.enough() {
		q.After, q.Limit = g.at.Cursor, min(pageRows, g.want)
		page, err := g.e.o.Registry.Calls(ctx, q)
		if err != nil {
			return err
		}
		scores, err := g.scores(ctx, page.Items)
		if err != nil {
			return err
		}
		if g.q.Names {
			for i := range page.Items {
				n.wantPerson(page.Items[i].Caller.Person)
				n.wantPerson(page.Items[i].Callee.Person)
			}
			if err := n.look(ctx); err != nil {
				return err
			}
		}
		for i := range page.Items {
			r := callRow{Call: page.Items[i], n: n}
			if score, ok := scores[r.ID]; ok {
				r.mos = earshot.Some(score)
			}
			if g.q.Grade == earshot.Unclassified || grade.CallGrade(r.mos.Value) == g.q.Grade {
				g.part.rows = append(g.part.rows, rowOf(&r))
			}
			g.reached(r.FirstSeen)
		}
		g.page(page.Next)
	}
	return nil
}

// scores returns the least score of each call that has one, over all of its time. Reports tell of some minutes before they are
// sent.
func (g *gathering) scores(ctx context.Context, all []earshot.Call) (map[earshot.ID]float64, error) {
	if len(all) == 0 {
		return nil, nil
	}
	from, to := all[0].FirstSeen, all[0].LastSeen
	for i := range all {
		from, to = min(from, all[i].FirstSeen), max(to, all[i].LastSeen)
	}
	return g.e.o.Facts.CallScores(ctx, from.Add(-time.Hour), to.Add(time.Hour))
}

// incidentRow is an incident with what the registry says.
type incidentRow struct {
	earshot.Incident
	n *names
}

var incidentColumns = []column[incidentRow]{
	{Column{"incident", Text, "id of the incident", false}, func(i *incidentRow) Value { return idValue(i.ID) }},
	{Column{"account", Text, "id of the Zoom account", false}, func(i *incidentRow) Value { return idValue(i.Account) }},
	{Column{"cause", Text, "", false}, func(i *incidentRow) Value { return word(i.Cause.String()) }},
	{Column{"confidence_pct", Count, "", false}, func(i *incidentRow) Value { return count(int(i.Confidence)) }},
	{Column{"severity", Text, "minor, major or critical", false}, func(i *incidentRow) Value { return word(i.Severity.String()) }},
	{Column{"state", Text, "open, quiet, closed, no-data or merged", false}, func(i *incidentRow) Value { return word(i.State.String()) }},
	{Column{"start", Moment, "first bad minute", false}, func(i *incidentRow) Value { return moment(i.Start) }},
	{Column{"end", Moment, "first good minute after the last bad one", false}, func(i *incidentRow) Value { return moment(i.End) }},
	{Column{"updated", Moment, "when anything of it changed last", false}, func(i *incidentRow) Value { return moment(i.Updated) }},
	{Column{"scope", Text, "what its cell is: person, site, isp, …", false}, func(i *incidentRow) Value { return word(i.Cell.Scope.String()) }},
	{Column{"cell", Text, "id of the cell, where it has one", false}, func(i *incidentRow) Value { return idValue(i.Cell.ID) }},
	{Column{"cell_name", Text, "a range, carrier, data center, version or pool", false}, func(i *incidentRow) Value { return word(i.Cell.Name) }},
	{Column{"direction", Text, "send or receive", false}, func(i *incidentRow) Value { return word(i.Direction.String()) }},
	{Column{"inside_bad", Count, "people of the cell who were bad, at the worst time", false}, func(i *incidentRow) Value { return counted(i.Inside, i.Inside.Bad) }},
	{Column{"inside_of", Count, "people of the cell", false}, func(i *incidentRow) Value { return counted(i.Inside, i.Inside.Of) }},
	{Column{"elsewhere_bad", Count, "everybody else who was bad", false}, func(i *incidentRow) Value { return counted(i.Elsewhere, i.Elsewhere.Bad) }},
	{Column{"elsewhere_of", Count, "everybody else", false}, func(i *incidentRow) Value { return counted(i.Elsewhere, i.Elsewhere.Of) }},
	{Column{"people", Count, "everybody who had a bad minute because of it", false}, func(i *incidentRow) Value { return count(i.Affected) }},
	{Column{"minutes", Count, "bad participant-minutes", false}, func(i *incidentRow) Value { return count(i.Minutes) }},
	{Column{"merged_into", Text, "id of the incident that it is a part of", false}, func(i *incidentRow) Value { return idValue(i.MergedInto) }},
	{Column{"site_name", Text, "of the cell", true}, func(i *incidentRow) Value { return word(i.n.sites[i.Cell.ID]) }},
}

func (g *gathering) incidents(ctx context.Context) error {
	columns, rowOf := chosen(incidentColumns, g.q.Names)
	g.part.Columns = columns
	n, err := g.names(ctx)
	if err != nil {
		return err
	}
	q := registry.IncidentQuery{From: g.q.From, To: g.q.To, Account: g.q.Account, Site: g.q.Site, Person: g.q.Person, Meeting: g.q.Meeting}
	for !g.enough() {
		q.After, q.Limit = g.at.Cursor, min(pageRows, g.want)
		page, err := g.e.o.Registry.Incidents(ctx, q)
		if err != nil {
			return err
		}
		for i := range page.Items {
			g.part.rows = append(g.part.rows, rowOf(&incidentRow{page.Items[i], n}))
			g.reached(page.Items[i].Start)
		}
		g.page(page.Next)
	}
	return nil
}
