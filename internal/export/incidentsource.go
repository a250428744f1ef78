package export

import (
	"context"
	"strconv"
	"time"

	"github.com/earshot/earshot"
	"github.com/earshot/earshot/internal/registry"
)

// Incidents is what incidents leave through. *registry.Registry is one.
type Incidents interface {
	IncidentOutbox(ctx context.Context, after uint64, limit int) ([]registry.IncidentEntry, error)
	IncidentOutboxTail(ctx context.Context) (uint64, error)
}

// incidentSource makes records of incidents.
type incidentSource struct {
	derived
	incidents Incidents
}

const incidentChunk = 500

func (s *incidentSource) read(ctx context.Context, after position) (chunk, error) {
	out := chunk{next: after}
	entries, err := s.incidents.IncidentOutbox(ctx, after.Seq, incidentChunk)
	if err != nil {
		return out, err
	}
	if len(entries) == 0 {
		return out, s.rewound(ctx, &out)
	}
	sites := map[earshot.ID]bool{}
	for i := range entries {
		sites[siteOf(entries[i].Incident.Cell)] = true
	}
	n, err := s.places(ctx, nil, sites)
	if err != nil {
		return out, err
	}
	limit := s.oldest()
	for i := range entries {
		e := &entries[i]
		out.next.Seq = e.Seq
		s.incident(&e.Incident, n, limit, &out)
	}
	out.full = len(entries) == incidentChunk
	return out, nil
}

// siteOf returns the site that an incident's group lies in, 0 for none.
func siteOf(c earshot.Cell) earshot.ID {
	switch c.Scope {
	case earshot.ScopeSite, earshot.ScopeSiteWifi, earshot.ScopeSubnet, earshot.ScopeSubnetWifi, earshot.ScopeTransport:
		return c.ID
	}
	return 0
}

// cellName is what leaves of a group's name: a subnet is an address.
func (s *incidentSource) cellName(c earshot.Cell) string {
	if c.Name == "" {
		if c.ID == 0 {
			return ""
		}
		return c.ID.String()
	}
	if c.Scope == earshot.ScopeSubnet || c.Scope == earshot.ScopeSubnetWifi || inspect(c.Name) == anAddress {
		return s.redact.text(anAddress, c.Name)
	}
	return c.Name
}

func (s *incidentSource) incident(i *earshot.Incident, n *names, limit earshot.Instant, out *chunk) {
	site := siteOf(i.Cell)
	if !s.spec.Filter.site(n.sites[site].Name) {
		return
	}
	rec := &Record{
		// Every state is a record of its own: a repetition of one has the same id.
		ID: "i-" + i.ID.String() + "-" + strconv.FormatInt(int64(i.Updated), 10) + "-" + i.State.String(), Kind: KindIncident, At: i.Updated, since: i.Updated,
		Name: "earshot.incident", Group: i.ID.String(),
	}
	rec.addID(attrIncidentID, i.ID)
	rec.add(attrState, i.State.String())
	rec.add(attrSeverity, i.Severity.String())
	rec.add(attrCause, i.Cause.String())
	rec.add(attrScope, i.Cell.Scope.String())
	rec.add(attrCell, s.cellName(i.Cell))
	rec.add(attrSite, n.site(s.redact, site))
	rec.add(attrStart, rfc3339(i.Start))
	rec.add(attrEnd, rfc3339(i.End))
	rec.value(IncidentPeople, float64(i.Affected))
	rec.value(IncidentMinutes, float64(i.Minutes))
	rec.value(IncidentSeverity, float64(i.Severity))
	rec.value(IncidentConfidence, float64(i.Confidence))
	out.add(rec, limit)
}

func rfc3339(i earshot.Instant) string {
	if i == 0 {
		return ""
	}
	return i.Time().Format(time.RFC3339)
}
