package watch

import (
	"context"
	"encoding/json"
	"fmt"
	"math"
	"slices"
	"time"

	"github.com/earshot/earshot"
	"github.com/earshot/earshot/internal/alert"
	"github.com/earshot/earshot/internal/registry"
)

// MaintenanceInfo is a span of maintenance, where it comes from, and when it takes place.
type MaintenanceInfo struct {
	Maintenance alert.Maintenance
	Origin      Origin
	Who         string
	Changed     earshot.Instant
	Occurrences
}

// Occurrences are when maintenance takes place, event time.
type Occurrences struct {
	Now  earshot.Instant // what they are told of
	Next []alert.Span    // that takes place now and those that come, at most nextSpans
	Last alert.Span      // the newest that is over; zero for none, or none within a week
}

const (
	nextSpans = 5
	lookAhead = 60 * 24 * time.Hour // a span of every week comes nextSpans times in it
	lookBack  = 8 * 24 * time.Hour  // a span of every week was within it
)

func (w *Watcher) times(m *alert.Maintenance) Occurrences {
	now := w.now()
	from, to := now.Add(-lookBack), now.Add(lookAhead)
	if !m.From.IsZero() {
		from, to = math.MinInt64, math.MaxInt64
	}
	t := Occurrences{Now: now, Next: m.Spans(now, to, nextSpans)}
	for _, s := range m.Spans(from, now, 20) {
		if s.To <= now {
			t.Last = s
		}
	}
	return t
}

// Maintenance returns all spans of maintenance: of the file, then typed ones.
func (w *Watcher) Maintenance(ctx context.Context) ([]MaintenanceInfo, error) {
	var out []MaintenanceInfo
	for _, m := range w.o.File.Maintenance {
		out = append(out, MaintenanceInfo{Maintenance: m, Origin: OriginFile, Occurrences: w.times(&m)})
	}
	typed, err := w.o.Registry.AlertTyped(ctx, registry.TypedMaintenance)
	if err != nil {
		return nil, err
	}
	for _, t := range typed {
		var m alert.Maintenance
		if err := json.Unmarshal(t.Body, &m); err != nil {
			return nil, fmt.Errorf("read maintenance %q: %w", t.Name, err)
		}
		out = append(out, MaintenanceInfo{Maintenance: m, Origin: OriginTyped, Who: t.Who, Changed: t.Changed, Occurrences: w.times(&m)})
	}
	return out, nil
}

// PutMaintenance stores a span; an [*alert.Error] says what is wrong with it. One of the file keeps its name for itself: two of
// one name would hold both.
func (w *Watcher) PutMaintenance(ctx context.Context, who string, m alert.Maintenance) error {
	if err := m.Validate(""); err != nil {
		return err
	}
	if slices.ContainsFunc(w.o.File.Maintenance, func(f alert.Maintenance) bool { return f.Name == m.Name }) {
		return &alert.Error{Problems: []alert.Problem{{Key: "name", Got: fmt.Sprintf("%q", m.Name), Want: "another name: the file of alerts.rules has maintenance of this one, and is where it is changed"}}}
	}
	return w.putTyped(ctx, registry.TypedMaintenance, who, m.Name, m)
}

// DeleteMaintenance removes a typed span: [ErrNotFound] when there is none of that name.
func (w *Watcher) DeleteMaintenance(ctx context.Context, who, name string) error {
	return w.deleteTyped(ctx, registry.TypedMaintenance, who, name)
}

// MaintenancePreview is what a span of maintenance covers, and what it would have kept back.
type MaintenancePreview struct {
	Occurrences
	// Rules are those in use that have alerts which it can cover, of On in all.
	Rules []string
	On    int
	// Unknown are words of its rules and scope that nothing here is called.
	Unknown []string
	// From and To are the days that were looked at; Spans how often it took place in them. Shifted: it has not been yet, so the
	// same hours of the weeks before were looked at.
	From, To earshot.Instant
	Spans    int
	Shifted  bool
	// Covered are the alerts of those days that it covers, whenever they were raised; Held those that were raised while it took
	// place, and Late those of them that still fired at its end: they would have been told then. What its incident explains is
	// left out: nobody is told of it anyway.
	Covered, Held, Late int
	// Newest are the newest 20 of Held.
	Newest []Told
}

const (
	previewDays   = 30
	previewNewest = 20
	maxSpans      = 100 // of thirty days, one each day, and some
)

// PreviewMaintenance says what a span of maintenance would do; an [*alert.Error] says what is wrong with it.
func (w *Watcher) PreviewMaintenance(ctx context.Context, m alert.Maintenance) (*MaintenancePreview, error) {
	if err := m.Validate(""); err != nil {
		return nil, err
	}
	rules, err := w.Rules(ctx)
	if err != nil {
		return nil, err
	}
	in, err := w.scopes(ctx, &m.Scope)
	if err != nil {
		return nil, err
	}
	p := &MaintenancePreview{Occurrences: w.times(&m), Rules: []string{}, Newest: []Told{}}
	p.To = p.Now
	p.From = p.To.Add(-previewDays * 24 * time.Hour)
	all := make([]alert.Rule, len(rules))
	for i := range rules {
		all[i] = rules[i].Rule
		if all[i].On() {
			p.On++
			if m.Reaches(&all[i]) {
				p.Rules = append(p.Rules, all[i].Name)
			}
		}
	}
	p.Unknown = m.Unknown(all, in)
	spans := m.Spans(p.From, p.To, maxSpans)
	if earshot.InstantOf(m.From) > p.To {
		spans, p.Shifted = before(&m, p.From, p.To), true
	}
	p.Spans = len(spans)
	return p, w.keptBack(ctx, &m, in, spans, p)
}

// before is the same span in each of the weeks before, oldest first: of one that takes no longer than a week.
func before(m *alert.Maintenance, from, to earshot.Instant) (out []alert.Span) {
	const week = 7 * 24 * time.Hour
	s := alert.Span{From: earshot.InstantOf(m.From), To: earshot.InstantOf(m.To)}
	if s.To.Sub(s.From) > week {
		return nil
	}
	for s.To > from {
		if s.To <= to && s.From >= from {
			out = append(out, s)
		}
		s = alert.Span{From: s.From.Add(-week), To: s.To.Add(-week)}
	}
	slices.Reverse(out)
	return out
}

// keptBack goes through the alerts of the days that were looked at.
func (w *Watcher) keptBack(ctx context.Context, m *alert.Maintenance, in *alert.Inputs, spans []alert.Span, p *MaintenancePreview) error {
	var newest []alert.Alert
	q := registry.AlertQuery{From: p.From, To: p.To, Limit: 500}
	for {
		page, err := w.o.Registry.Alerts(ctx, q)
		if err != nil {
			return err
		}
		rows := make([]alert.Alert, 0, len(page.Items))
		for i := range page.Items {
			a, err := decode(&page.Items[i])
			if err != nil {
				return err
			}
			if a.Raised >= p.From && !a.Explained {
				rows = append(rows, a)
			}
		}
		if in.Tracks, err = w.numbers(ctx, m, rows); err != nil {
			return err
		}
		for i := range rows {
			a := &rows[i]
			if !m.Covers(a, in) {
				continue
			}
			p.Covered++
			k := slices.IndexFunc(spans, func(s alert.Span) bool { return s.From <= a.Raised && a.Raised < s.To })
			if k < 0 {
				continue
			}
			p.Held++
			if a.Ended == 0 || a.Ended > spans[k].To {
				p.Late++
			}
			if len(newest) < previewNewest {
				newest = append(newest, *a)
			}
		}
		if q.After = page.Next; q.After == "" {
			break
		}
	}
	var err error
	p.Newest, err = w.tell(ctx, newest)
	return err
}

// numbers are the series that alerts about meetings and series are of, where the scope asks for any.
func (w *Watcher) numbers(ctx context.Context, m *alert.Maintenance, all []alert.Alert) (out []alert.Track, err error) {
	if len(m.Scope.Series) == 0 {
		return nil, nil
	}
	var meetings, series []earshot.ID
	for i := range all {
		switch all[i].Subject.Kind {
		case alert.OfMeeting:
			meetings = append(meetings, all[i].Subject.ID)
		case alert.OfSeries:
			series = append(series, all[i].Subject.ID)
		}
	}
	found, err := w.o.Registry.MeetingsByID(ctx, meetings)
	if err != nil {
		return nil, err
	}
	for i := range found {
		out = append(out, alert.Track{Meeting: found[i].ID, Number: found[i].Number})
	}
	known, err := w.o.Registry.SeriesByID(ctx, series)
	if err != nil {
		return nil, err
	}
	for i := range known {
		out = append(out, alert.Track{Series: known[i].ID, Number: known[i].Number})
	}
	return out, nil
}
