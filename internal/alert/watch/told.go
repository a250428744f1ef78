package watch

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/earshot/earshot"
	"github.com/earshot/earshot/internal/alert"
	"github.com/earshot/earshot/internal/alert/deliver"
	"github.com/earshot/earshot/internal/registry"
)

// version is an alert as receivers see it from one change of its labels to the next: to them those are two alerts. Times are
// wall time. It is stored before it is put, so that a process that is killed goes on with the same labels and beginning, and
// tells of the end of those that it changed last.
type version struct {
	Labels map[string]string `json:"labels"`
	Starts time.Time         `json:"starts"`
	Ends   time.Time         `json:"ends,omitzero"` // zero while it fires
}

// mostVersions bounds what is remembered of one alert; older ones were over long ago.
const mostVersions = 8

// whileFiring is how long the versions of an alert that fires are kept: in effect for ever.
const whileFiring = 365 * 24 * time.Hour

// tellings are alerts for receivers, and the versions that must be stored before they are put.
type tellings struct {
	put      []deliver.Alert
	versions map[earshot.ID][]version
}

// forReceivers makes alerts as receivers see them. One whose labels changed (its severity rose, its cause turned out to be
// another) is a new one to them, and the former is over.
func (w *Watcher) forReceivers(ctx context.Context, all []alert.Alert) *tellings {
	n, wall := w.names(ctx, all), time.Now()
	out := &tellings{versions: map[earshot.ID][]version{}}
	for i := range all {
		a := &all[i]
		labels, base := alert.Labels(a, n), w.message(a, alert.Describe(a, n))
		known := w.known[a.ID]
		versions := known
		last := len(versions) - 1
		if last >= 0 && versions[last].Ends.IsZero() && !maps.Equal(versions[last].Labels, labels) {
			versions = slices.Clone(versions)
			versions[last].Ends = wall
			out.put = append(out.put, former(&base, &versions[last], a))
			versions = append(versions, version{Labels: labels, Starts: wall})
		}
		if last < 0 {
			starts := wall
			if raised := a.Raised.Time(); raised.Before(wall.Add(-deliver.Resend)) {
				starts = raised
			}
			versions = []version{{Labels: labels, Starts: starts}}
		}
		if last = len(versions) - 1; a.State == alert.Resolved && versions[last].Ends.IsZero() {
			versions = slices.Clone(versions)
			versions[last].Ends = wall
		}
		out.put = append(out.put, base.as(&versions[last]))
		versions = versions[max(0, len(versions)-mostVersions):]
		if !slices.EqualFunc(known, versions, sameVersion) {
			out.versions[a.ID] = versions
		}
	}
	return out
}

func sameVersion(a, b version) bool {
	return a.Starts.Equal(b.Starts) && a.Ends.Equal(b.Ends) && maps.Equal(a.Labels, b.Labels)
}

// message is what all versions of an alert share.
type message struct{ deliver.Alert }

func (w *Watcher) message(a *alert.Alert, words alert.Words) message {
	d := deliver.Alert{ID: a.ID, Annotations: annotations(a, words), Link: w.link("alerts", a.ID)}
	d.Annotations["link"] = d.Link
	if a.Kind == alert.KindIncident {
		d.Annotations["incident_link"] = w.link("incidents", a.Incident)
	}
	return message{d}
}

func (m message) as(v *version) deliver.Alert {
	m.Labels, m.Starts, m.Ends = v.Labels, v.Starts, v.Ends
	return m.Alert
}

// former is a version that another one took the place of.
func former(m *message, v *version, a *alert.Alert) deliver.Alert {
	d := m.as(v)
	d.Annotations = maps.Clone(d.Annotations)
	if v.Labels[alert.LabelSeverity] != string(a.Severity) {
		d.Annotations["summary"] = "Now " + string(a.Severity) + ": " + d.Annotations["summary"]
	}
	return d
}

// memory are the versions as they are stored.
func (t *tellings) memory() ([]registry.AlertMemory, error) {
	var out []registry.AlertMemory
	for id, versions := range t.versions {
		raw, err := json.Marshal(versions)
		if err != nil {
			return nil, fmt.Errorf("encode what receivers know of alert %s: %w", id, err)
		}
		last := versions[len(versions)-1]
		expires := last.Ends.Add(restored)
		if last.Ends.IsZero() {
			expires = time.Now().Add(whileFiring)
		}
		out = append(out, registry.AlertMemory{Key: id.String(), Data: raw, Expires: earshot.InstantOf(expires)})
	}
	return out, nil
}

// keep takes over versions that are stored, and forgets those of alerts that are long over.
func (w *Watcher) keep(t *tellings) {
	maps.Copy(w.known, t.versions)
	wall := time.Now()
	maps.DeleteFunc(w.known, func(_ earshot.ID, all []version) bool {
		last := all[len(all)-1]
		return !last.Ends.IsZero() && wall.Sub(last.Ends) > restored
	})
}

// before are the alerts that receivers may not know of: those that fire, and every version that was over within a day. What
// they know already, the deliverer knows.
func (w *Watcher) before(ctx context.Context) ([]deliver.Alert, error) {
	memory, err := w.o.Registry.AlertMemory(ctx, registry.MemoryTold, earshot.InstantOf(time.Now()))
	if err != nil {
		return nil, err
	}
	all := slices.Clone(w.active)
	fires := map[earshot.ID]bool{}
	for i := range all {
		fires[all[i].ID] = true
	}
	for _, m := range memory {
		id, err := earshot.ParseID(m.Key)
		var versions []version
		if err == nil {
			err = json.Unmarshal(m.Data, &versions)
		}
		if err != nil || len(versions) == 0 {
			w.log.Error("what receivers know of an alert cannot be read; they may not be told that it is over", "alert", m.Key, "err", err)
			continue
		}
		w.known[id] = versions
		if fires[id] {
			continue // the engine knows it better than its row
		}
		row, ok, err := w.o.Registry.Alert(ctx, id)
		if err != nil {
			return nil, err
		}
		if !ok {
			continue
		}
		a, err := decode(&row)
		if err != nil {
			return nil, err
		}
		all = append(all, a)
	}
	return w.again(ctx, all)
}

// again makes all versions of alerts anew, those that are over as well.
func (w *Watcher) again(ctx context.Context, all []alert.Alert) ([]deliver.Alert, error) {
	t := w.forReceivers(ctx, all)
	state, err := w.engine.State()
	if err != nil {
		return nil, err
	}
	memory, err := t.memory()
	if err != nil {
		return nil, err
	}
	if err := w.o.Registry.SaveAlerts(ctx, state, nil, memory); err != nil {
		return nil, err
	}
	w.keep(t)
	out, n := t.put, w.names(ctx, all)
	for i := range all {
		versions := w.known[all[i].ID]
		if len(versions) < 2 {
			continue
		}
		m := w.message(&all[i], alert.Describe(&all[i], n))
		for k := range versions[:len(versions)-1] {
			out = append(out, former(&m, &versions[k], &all[i]))
		}
	}
	return out, nil
}

func annotations(a *alert.Alert, words alert.Words) map[string]string {
	out := map[string]string{"summary": words.Title, "description": words.Evidence}
	if a.Inside.Of > 0 {
		out["inside"] = counted(a.Inside)
	}
	if a.Elsewhere.Of > 0 {
		out["elsewhere"] = counted(a.Elsewhere)
	}
	if a.Affected > 0 {
		out["affected"] = itoa(a.Affected)
	}
	if out["description"] == "" {
		delete(out, "description")
	}
	return out
}

func (w *Watcher) link(page string, id earshot.ID) string {
	base := strings.TrimRight(w.o.ExternalURL, "/")
	if base == "" {
		base = "http://localhost:8080"
	}
	return base + "/" + page + "/" + id.String()
}
