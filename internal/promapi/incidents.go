package promapi

import (
	"cmp"
	"context"
	"fmt"

	"github.com/prometheus/common/model"
	"github.com/prometheus/prometheus/model/labels"

	"github.com/earshot/earshot"
	"github.com/earshot/earshot/internal/registry"
)

const (
	incidents = "zoom_qos_incidents"
	// mostIncidents is how many one question reads.
	mostIncidents = 10_000
)

// readIncidents counts the incidents that were open, by minute.
func (a *API) readIncidents(ctx context.Context, s *selection, c *collection) error {
	q := registry.IncidentQuery{From: s.from, To: s.to + 1, Limit: 500}
	k := newPresence(s, c)
	for n := 0; ; {
		page, err := a.o.Registry.Incidents(ctx, q)
		if err != nil {
			return err
		}
		for i := range page.Items {
			inc := &page.Items[i]
			if inc.State == earshot.IncidentMerged {
				continue
			}
			k.add(incidentLabels(inc, s.names), inc.Start, inc.End)
		}
		if n += len(page.Items); n > mostIncidents {
			return fmt.Errorf("more than %d incidents; ask for a shorter range", mostIncidents)
		}
		if page.Next == "" {
			break
		}
		q.After = page.Next
	}
	return k.put()
}

// incidentLabels are a series' labels. The cell's name is that of a site, carrier, data center, version or range; a person's
// cell has none.
func incidentLabels(i *earshot.Incident, n *names) labels.Labels {
	return labels.FromStrings(model.MetricNameLabel, incidents, "cause", i.Cause.String(), "severity", i.Severity.String(), "scope", i.Cell.Scope.String(), "cell", cellName(&i.Cell, n))
}

func cellName(c *earshot.Cell, n *names) string {
	switch c.Scope {
	case earshot.ScopeSite:
		return cmp.Or(n.site(c.ID), c.Name)
	case earshot.ScopePerson, earshot.ScopeSender, earshot.ScopeMeeting:
		return ""
	}
	return c.Name
}
