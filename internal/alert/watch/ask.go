package watch

import (
	"context"

	"github.com/earshot/earshot"
	"github.com/earshot/earshot/internal/alert"
	"github.com/earshot/earshot/internal/alert/deliver"
	"github.com/earshot/earshot/internal/registry"
)

// Told is an alert with its words, and what became of it.
type Told struct {
	alert.Alert
	Words  alert.Words
	Labels map[string]string
	// SilencedBy are ids of silences, Inhibited says that its cause is told instead: of alerts that fire.
	SilencedBy []string
	Inhibited  bool
	Notes      []registry.AlertNote
}

// Page is one page of alerts.
type Page struct {
	Items []Told
	Next  string
}

// Active returns the alerts that fire, worst first.
func (w *Watcher) Active(ctx context.Context) ([]Told, error) {
	w.mu.Lock()
	all := w.active
	w.mu.Unlock()
	return w.tell(ctx, all)
}

// Alerts returns a page of alerts, newest first. An unusable q.After is registry.ErrCursor.
func (w *Watcher) Alerts(ctx context.Context, q registry.AlertQuery) (Page, error) {
	rows, err := w.o.Registry.Alerts(ctx, q)
	if err != nil {
		return Page{}, err
	}
	all := make([]alert.Alert, len(rows.Items))
	for i := range rows.Items {
		if all[i], err = decode(&rows.Items[i]); err != nil {
			return Page{}, err
		}
	}
	items, err := w.tell(ctx, all)
	return Page{items, rows.Next}, err
}

// Alert returns one alert; false when there is none.
func (w *Watcher) Alert(ctx context.Context, id earshot.ID) (Told, bool, error) {
	row, ok, err := w.o.Registry.Alert(ctx, id)
	if err != nil || !ok {
		return Told{}, false, err
	}
	a, err := decode(&row)
	if err != nil {
		return Told{}, false, err
	}
	all, err := w.tell(ctx, []alert.Alert{a})
	if err != nil {
		return Told{}, false, err
	}
	return all[0], true, nil
}

// tell adds words and what became of alerts.
func (w *Watcher) tell(ctx context.Context, all []alert.Alert) ([]Told, error) {
	ids := make([]earshot.ID, len(all))
	for i := range all {
		ids[i] = all[i].ID
	}
	notes, err := w.o.Registry.AlertNotes(ctx, ids)
	if err != nil {
		return nil, err
	}
	byAlert := map[earshot.ID][]registry.AlertNote{}
	for _, n := range notes {
		byAlert[n.Alert] = append(byAlert[n.Alert], n)
	}
	n := w.names(ctx, all)
	out := make([]Told, len(all))
	for i := range all {
		a := all[i]
		out[i] = Told{Alert: a, Words: alert.Describe(&a, n), Labels: alert.Labels(&a, n), Notes: byAlert[a.ID]}
		if a.State == alert.Firing {
			out[i].SilencedBy, out[i].Inhibited = w.deliver.Muted(out[i].Labels)
		}
	}
	return out, nil
}

// Preview returns the alerts that fire and that matchers select.
func (w *Watcher) Preview(ctx context.Context, matchers []deliver.Matcher) ([]Told, error) {
	selects, err := deliver.Selects(matchers)
	if err != nil {
		return nil, err
	}
	all, err := w.Active(ctx)
	if err != nil {
		return nil, err
	}
	out := []Told{}
	for _, a := range all {
		if selects(a.Labels) {
			out = append(out, a)
		}
	}
	return out, nil
}

// Silences returns all silences.
func (w *Watcher) Silences(ctx context.Context) ([]deliver.Silence, error) {
	return w.deliver.Silences(ctx)
}

// SetSilence makes or changes a silence and returns its id.
func (w *Watcher) SetSilence(ctx context.Context, s deliver.Silence) (string, error) {
	id, err := w.deliver.SetSilence(ctx, s)
	if err != nil {
		return "", err
	}
	return id, w.audit(ctx, s.By, "alert.silence.put", id)
}

// ExpireSilence ends a silence.
func (w *Watcher) ExpireSilence(ctx context.Context, who, id string) error {
	if err := w.deliver.ExpireSilence(ctx, id); err != nil {
		return err
	}
	return w.audit(ctx, who, "alert.silence.expire", id)
}

// Receivers are the names of all receivers, and how those that were used do.
func (w *Watcher) Receivers() ([]string, []deliver.ReceiverState) {
	return w.o.Setup.Receivers(), w.deliver.Receivers()
}

// Sample sends a sample to a receiver and returns what each of its integrations answered.
func (w *Watcher) Sample(ctx context.Context, receiver string) ([]deliver.Answer, error) {
	return w.deliver.Sample(ctx, receiver)
}
