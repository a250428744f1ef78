package api

import (
	"context"
	"time"

	"github.com/earshot/earshot/internal/export"
)

// Exports are the destinations.
type Exports struct {
	Items []Export `json:"items" doc:"in the order of the configuration"`
}

// Export is one destination and how it does.
type Export struct {
	Name       string       `json:"name"`
	Type       string       `json:"type" doc:"as in the configuration: splunk_hec"`
	Records    []string     `json:"records" doc:"kinds that leave: events, samples, minutes, summaries, incidents"`
	State      export.State `json:"state" enum:"ok,waiting,throttled,retrying,refused" doc:"waiting: what is read from does not answer, or what is written to here is full. throttled: the destination asked for a pause. refused: it refuses us, not single records"`
	Since      *time.Time   `json:"since,omitempty" doc:"when the state got worse than ok"`
	LagSeconds float64      `json:"lag_seconds" doc:"how long the oldest record that is not delivered has waited"`
	Backlog    uint64       `json:"backlog" doc:"entries that wait: events, seconds of minutes, incidents"`
	Sent       uint64       `json:"sent" doc:"records taken, ever"`
	Failed     uint64       `json:"failed" doc:"tries that failed, ever"`
	TooOld     uint64       `json:"too_old" doc:"records left out because the destination takes none so old"`
	Gap        uint64       `json:"gap" doc:"records left out because they were older than max_backlog, or gone"`
	Aside      uint64       `json:"aside" doc:"records refused for good"`
	AsideHeld  int          `json:"aside_held" doc:"how many of them the file holds"`
	AsideFull  bool         `json:"aside_full"`
	Skipped    uint64       `json:"skipped" doc:"events that could not be read as JSON"`
	LastError  string       `json:"last_error,omitempty"`
	ErrorAt    *time.Time   `json:"error_at,omitempty"`
	SentAt     *time.Time   `json:"sent_at,omitempty"`
	Warnings   []string     `json:"warnings,omitempty" doc:"what lets less leave than it seems to though nothing fails: names of a filter that no site or account has"`
}

// untried is said of a destination that has nothing to fail at yet: its state alone would say that it takes everything.
const untried = "nothing was sent yet: whether it takes what it gets is not known"

func (a *API) listExports(context.Context, *struct{}) (*Exports, error) {
	out := &Exports{Items: []Export{}}
	if a.destinations == nil {
		return out, nil
	}
	for _, s := range a.destinations() {
		e := Export{
			Name: s.Name, Type: s.Type, Records: []string{}, State: s.State, Since: timeOrNil(s.Since), LagSeconds: s.Lag.Seconds(), Backlog: s.Backlog,
			Sent: s.Sent, Failed: s.Failed, TooOld: s.TooOld, Gap: s.Gap, Aside: s.Aside, AsideHeld: s.AsideHeld, AsideFull: s.AsideFull, Skipped: s.Skipped,
			LastError: s.LastError, ErrorAt: timeOrNil(s.ErrorAt), SentAt: timeOrNil(s.SentAt), Warnings: s.Warnings,
		}
		if s.Untried() {
			e.Warnings = append([]string{untried}, e.Warnings...)
		}
		for _, k := range s.Kinds {
			e.Records = append(e.Records, k.String())
		}
		out.Items = append(out.Items, e)
	}
	return out, nil
}

func timeOrNil(t time.Time) *time.Time {
	if t.IsZero() {
		return nil
	}
	t = t.UTC()
	return &t
}
