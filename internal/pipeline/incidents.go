package pipeline

import (
	"context"
	"fmt"
	"time"

	"github.com/earshot/earshot"
)

// changedIncidents are incidents that changed and that the registry has not been told of: the newest state of each, in
// order of appearance. The zero value is empty.
//
// The fold adds what its engine of incidents returns and gives the registry what take returns, in the same [registry.Changes]
// as everything else of the records behind it.
//
//	told.add(engine.Tick(picture))                              // at each look
//	registry.Changes{…, Incidents: told.take()}                 // in changes
//
// They wait here, not in the fold's [Output]: rows that the facts have already are dropped, and the registry, which is
// written first, may be ahead or behind. States that it has already, or has newer, do no harm: it leaves them out.
type changedIncidents struct {
	order []earshot.ID
	byID  map[earshot.ID]earshot.Incident
}

// add notes the present states of incidents, in place of earlier ones.
func (c *changedIncidents) add(changed []earshot.Incident) {
	for _, i := range changed {
		if c.byID == nil {
			c.byID = map[earshot.ID]earshot.Incident{}
		}
		if _, ok := c.byID[i.ID]; !ok {
			c.order = append(c.order, i.ID)
		}
		c.byID[i.ID] = i
	}
}

// take returns what was added since the last call, nil for nothing.
func (c *changedIncidents) take() []earshot.Incident {
	if len(c.order) == 0 {
		return nil
	}
	out := make([]earshot.Incident, len(c.order))
	for k, id := range c.order {
		out[k] = c.byID[id]
	}
	*c = changedIncidents{}
	return out
}

// endOrphans prepares an end for incidents of the registry that the fold, just loaded, does not know.
func (p *Pipeline) endOrphans(ctx context.Context) error {
	stored, err := p.o.Registry.LiveIncidents(ctx)
	if err != nil {
		return fmt.Errorf("registry: live incidents: %w", err)
	}
	known := map[earshot.ID]bool{}
	for _, i := range p.fold.explainer.incidents.Live() {
		known[i.ID] = true
	}
	if lost := orphans(stored, known); len(lost) > 0 {
		p.log.Info("incidents that the fold does not know end, unless the records that follow tell of them", "incidents", len(lost))
		p.fold.explainer.told.add(lost)
		p.fold.explainer.fresh.add(lost)
	}
	return nil
}

// orphans ends incidents that the registry holds as open or quiet and that no engine of the fold knows any more, because its
// snapshot was lost: nobody would ever end them. They end where they were last told of. When the records that follow are
// still in the journal, the fold tells of them once more, under the same ids, and further.
func orphans(stored []earshot.Incident, known map[earshot.ID]bool) []earshot.Incident {
	var out []earshot.Incident
	for _, i := range stored {
		if known[i.ID] {
			continue
		}
		switch i.State {
		case earshot.IncidentOpen:
			i.State, i.End = earshot.IncidentNoData, max(i.Start.Add(time.Minute), i.Updated.Minute())
		case earshot.IncidentQuiet:
			i.State = earshot.IncidentClosed
		default:
			continue
		}
		i.Timeline = append(i.Timeline[:len(i.Timeline):len(i.Timeline)], earshot.IncidentEvent{At: i.Updated, What: earshot.IncidentEnded})
		out = append(out, i)
	}
	return out
}
