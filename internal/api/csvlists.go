package api

import (
	"context"
	"fmt"
)

// maxListRows bounds the rows of a list's file. A list that is longer is cut there: narrow it by time.
const maxListRows = 50_000

// csvPage is how many rows of a list are read at a time.
const csvPage = 500

// everyPage hands over the rows of all pages of a list, to a limit.
func everyPage[T any](ctx context.Context, p *Paging, list func(context.Context) (*Page[T], error), each func(*T) error) error {
	p.Limit, p.Cursor = csvPage, ""
	for n := 0; n < maxListRows; {
		page, err := list(ctx)
		if err != nil {
			return err
		}
		for i := range page.Items {
			if err := each(&page.Items[i]); err != nil {
				return err
			}
		}
		if n += len(page.Items); page.NextCursor == "" {
			return nil
		}
		p.Cursor = page.NextCursor
	}
	return nil
}

var meetingColumns = []cell{
	"id", "account", "uuid", "kind", "number", "topic", "host", "live", "start", "start_estimated", "end", "people", "unreported", "grade",
	"reason", "now_good", "now_fair", "now_poor", "now_bad", "now_unclassified", "minutes_good", "minutes_fair", "minutes_poor", "minutes_bad",
	"minutes_unclassified", "people_good", "people_fair", "people_poor", "people_bad", "people_unclassified",
}

func (a *API) csvMeetings(_ context.Context, in *meetingsInput) (string, func(context.Context, *table) error, error) {
	if _, err := in.filter(); err != nil {
		return "", nil, err
	}
	rows := func(ctx context.Context, t *table) error {
		err := everyPage(ctx, &in.Paging, func(ctx context.Context) (*Page[MeetingRow], error) { return a.listMeetings(ctx, in) }, func(m *MeetingRow) error {
			reason := cell("")
			if m.Reason != nil {
				reason = text(m.Reason.Text)
			}
			cells := []cell{
				cell(m.ID.String()), cell(m.Account.String()), text(m.UUID), word(m.Kind), text(m.Number), text(m.Topic), text(m.Host), yes(m.Live), moment(m.Start),
				yes(m.StartEstimated), moment(m.End), count(m.People), count(m.Unreported), word(m.Grade), reason,
			}
			for _, c := range [...]GradeCount{m.Now, m.Minutes, m.Affected} {
				cells = append(cells, count(c.Good), count(c.Fair), count(c.Poor), count(c.Bad), count(c.Unclassified))
			}
			return t.row(cells...)
		})
		if err != nil {
			return fmt.Errorf("meetings: %w", err)
		}
		return nil
	}
	now := a.live.Watermark().Time()
	return fileName("meetings-"+in.State, &now, 0, ".csv"), rows, nil
}

var incidentColumns = []cell{
	"id", "account", "sentence", "cause", "candidates", "confidence_%", "scope", "place", "person", "severity", "state", "start", "end", "opened",
	"direction", "metric", "inside_bad", "inside_of", "elsewhere_bad", "elsewhere_of", "people_affected", "bad_minutes", "merged_into",
}

func (a *API) csvIncidents(ctx context.Context, in *incidentsInput) (string, func(context.Context, *table) error, error) {
	probe := *in
	probe.Limit = 1
	if _, err := a.listIncidents(ctx, &probe); err != nil { // says what is wrong with the question while it still can be said
		return "", nil, err
	}
	rows := func(ctx context.Context, t *table) error {
		err := everyPage(ctx, &in.Paging, func(ctx context.Context) (*Page[IncidentRow], error) { return a.listIncidents(ctx, in) }, func(i *IncidentRow) error {
			return t.row(incidentCells(i)...)
		})
		if err != nil {
			return fmt.Errorf("incidents: %w", err)
		}
		return nil
	}
	now := a.live.Watermark().Time()
	return fileName("incidents", &now, 0, ".csv"), rows, nil
}

func incidentCells(i *IncidentRow) []cell {
	candidates, metric, place, person, merged := "", cell(""), i.Cell.Name, "", cell("")
	for k, c := range i.Candidates {
		if k > 0 {
			candidates += " or "
		}
		candidates += c.String()
	}
	if i.Metric != nil {
		metric = word(*i.Metric)
	}
	if i.Cell.Site != nil && i.Cell.Site.Name != "" {
		if place != "" {
			place += " in "
		}
		place += i.Cell.Site.Name
	}
	if i.Cell.Person != nil {
		person = i.Cell.Person.Name
	}
	if i.MergedInto != 0 {
		merged = cell(i.MergedInto.String())
	}
	return []cell{
		cell(i.ID.String()), cell(i.Account.String()), text(i.Sentence), word(i.Cause), text(candidates), count(int(i.Confidence)), word(i.Cell.Scope), text(place),
		text(person), word(i.Severity), word(i.State), moment(i.Start), moment(i.End), moment(i.Opened), word(i.Direction), metric, count(i.Inside.Bad),
		count(i.Inside.Of), count(i.Elsewhere.Bad), count(i.Elsewhere.Of), count(i.Affected), count(i.Minutes), merged,
	}
}

func yes(b bool) cell {
	if b {
		return "yes"
	}
	return ""
}
