package watch

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/earshot/earshot"
	"github.com/earshot/earshot/internal/alert"
	"github.com/earshot/earshot/internal/alert/deliver"
	"github.com/earshot/earshot/internal/registry"
)

// ErrNotFound says that there is nothing by an id or a name.
var ErrNotFound = errors.New("not found")

func counted(c earshot.Count) string { return fmt.Sprintf("%d of %d people", c.Bad, c.Of) }

func itoa(n int) string { return strconv.Itoa(n) }

// outcome notes what a receiver answered, for the timeline. When too many come at once some are left out: the timeline is a
// comfort, the notification log is what counts.
func (w *Watcher) outcome(o deliver.Outcome) {
	what, text := string(alert.Notified), o.Integration
	if o.Resolved {
		text += ", cleared"
	}
	if o.Err != nil {
		what, text = string(alert.Refused), o.Integration+": "+clip(o.Err.Error())
	}
	for _, id := range o.Alerts {
		select {
		case w.notes <- registry.AlertNote{Alert: id, At: earshot.InstantOf(o.At), What: what, Who: o.Receiver, Text: text}:
		default:
			w.log.Warn("too many deliveries at once: one is missing in an alert's timeline", "alert", id)
		}
	}
}

func clip(text string) string {
	text = strings.Join(strings.Fields(text), " ")
	if r := []rune(text); len(r) > 300 {
		return string(r[:300]) + "…"
	}
	return text
}

// keepNotes stores notes, many in one transaction.
func (w *Watcher) keepNotes(ctx context.Context) {
	for {
		var batch []registry.AlertNote
		select {
		case <-ctx.Done():
			return
		case n := <-w.notes:
			batch = w.waiting(append(batch, n))
		}
		if err := w.o.Registry.AddAlertNotes(ctx, batch); err != nil && ctx.Err() == nil {
			w.log.Warn("store what receivers answered", "err", err)
		}
	}
}

// waiting adds what else there is to a batch.
func (w *Watcher) waiting(batch []registry.AlertNote) []registry.AlertNote {
	for len(batch) < 200 {
		select {
		case n := <-w.notes:
			batch = append(batch, n)
		default:
			return batch
		}
	}
	return batch
}

// keepLastNotes stores what receivers answered while Run was ending.
func (w *Watcher) keepLastNotes() {
	ctx, cancel := context.WithTimeout(context.Background(), 5*time.Second)
	defer cancel()
	for batch := w.waiting(nil); len(batch) > 0; batch = w.waiting(nil) {
		if err := w.o.Registry.AddAlertNotes(ctx, batch); err != nil {
			w.log.Warn("store what receivers answered", "err", err)
			return
		}
	}
}

// Acknowledge notes that somebody takes an alert on: it is not repeated any more.
func (w *Watcher) Acknowledge(ctx context.Context, id earshot.ID, who, comment string) error {
	row, ok, err := w.o.Registry.Alert(ctx, id)
	if err != nil {
		return err
	}
	if !ok {
		return ErrNotFound
	}
	note := registry.AlertNote{Alert: id, At: earshot.InstantOf(time.Now()), What: string(alert.Acknowledged), Who: who, Text: comment}
	if err := w.o.Registry.AddAlertNotes(ctx, []registry.AlertNote{note}); err != nil {
		return err
	}
	if err := w.audit(ctx, who, "alert.acknowledge", row.Rule+" "+id.String()); err != nil {
		return err
	}
	w.mu.Lock()
	w.acks[id] = true
	w.mu.Unlock()
	return nil
}

func (w *Watcher) audit(ctx context.Context, who, action, detail string) error {
	_, err := w.o.Registry.AppendAudit(ctx, registry.AuditEntry{Who: who, Action: action, Detail: detail})
	return err
}

func (w *Watcher) acknowledged(id earshot.ID) bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.acks[id]
}

// loadAcks reads who has taken on what fires.
func (w *Watcher) loadAcks(ctx context.Context) error {
	ids := make([]earshot.ID, len(w.active))
	for i := range w.active {
		ids[i] = w.active[i].ID
	}
	notes, err := w.o.Registry.AlertNotes(ctx, ids)
	if err != nil {
		return err
	}
	for _, n := range notes {
		if n.What == string(alert.Acknowledged) {
			w.acks[n.Alert] = true
		}
	}
	return nil
}

func lower(s string) string { return strings.ToLower(s) }
