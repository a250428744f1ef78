package promapi

import (
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
	type span struct{ from, to earshot.Instant }
	spans := make(map[int][]span)
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
			ls := incidentLabels(inc)
			if !s.matches(ls) {
				continue
			}
			end := inc.End
			if end == 0 {
				end = s.now
			}
			at := c.of(ls)
			spans[at] = append(spans[at], span{max(inc.Start, s.from).Minute(), min(end, s.to)})
		}
		if n += len(page.Items); n > mostIncidents {
			return fmt.Errorf("more than %d incidents; ask for a shorter range", mostIncidents)
		}
		if page.Next == "" {
			break
		}
		q.After = page.Next
	}
	for series, all := range spans {
		change := make(map[earshot.Instant]int)
		for _, x := range all {
			change[x.from]++
			change[x.to.Minute()+minuteMs]--
		}
		open := 0
		for at := s.from.Minute(); at <= s.to; at += minuteMs {
			open += change[at]
			if err := c.add(series, point{int64(at), float64(open)}); err != nil {
				return err
			}
		}
	}
	return nil
}

// incidentLabels are a series' labels. The cell's name is that of a site, carrier, data center, version or range; a person's
// cell has none.
func incidentLabels(i *earshot.Incident) labels.Labels {
	return labels.FromStrings(model.MetricNameLabel, incidents, "cause", i.Cause.String(), "severity", i.Severity.String(), "scope", i.Cell.Scope.String(), "cell", cellName(&i.Cell))
}

func cellName(c *earshot.Cell) string {
	switch c.Scope {
	case earshot.ScopePerson, earshot.ScopeSender, earshot.ScopeMeeting:
		return ""
	}
	return c.Name
}
