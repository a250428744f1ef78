package daemon

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"time"

	"github.com/earshot/earshot"
	"github.com/earshot/earshot/internal/facts"
	"github.com/earshot/earshot/internal/registry"
)

// houseEvery is how often it is looked whether the daily work is due.
const houseEvery = 10 * time.Minute

// keepHouse does the daily work: a backup, then retention (facts, incidents, people) and a look whether the audit log is whole. It is due when the newest backup is a day old.
func (m *Monitor) keepHouse(ctx context.Context) error {
	t := time.NewTicker(houseEvery)
	defer t.Stop()
	for {
		select {
		case <-ctx.Done():
			return nil
		case <-t.C:
		}
		today := m.path(filepath.Join("backups", time.Now().UTC().Format(time.DateOnly)))
		if _, err := readManifest(today); err == nil {
			continue
		}
		if err := m.daily(ctx, today); err != nil && ctx.Err() == nil {
			m.log.Error("daily work", "err", err)
		}
	}
}

func (m *Monitor) daily(ctx context.Context, backup string) error {
	begun := time.Now()
	if err := m.Backup(ctx, backup); err != nil {
		return err
	}
	list := backups(m.cfg.DataDir)
	for _, old := range list[:max(0, len(list)-keepBackups)] {
		m.log.Info("removing an old backup", "backup", old)
		if err := os.RemoveAll(old); err != nil {
			return err
		}
	}
	r := m.cfg.Facts.Retention
	now := m.live.Watermark()
	if now == 0 {
		now = earshot.InstantOf(begun)
	}
	err := m.facts.Maintain(ctx, now, facts.Retention{
		Samples: r.Samples, Minutes: r.Minutes, Summaries: r.Summaries, CallSamples: r.CallSamples, Notifications: r.Notifications, Outbox: r.Outbox,
	})
	var swept registry.Swept
	if keep := m.cfg.Registry.Incidents; keep > 0 {
		var sweepErr error
		swept, sweepErr = m.registry.SweepIncidents(ctx, now.Add(-keep))
		err = errors.Join(err, sweepErr)
	}
	var people registry.SweptPeople
	if err == nil { // else there may be older minutes and incidents still, which name them
		people, err = m.sweepPeople(ctx, now)
	}
	err = errors.Join(err, m.registry.VerifyAudit(ctx))
	m.log.Info("daily work done", "incidents_dropped", swept.Incidents, "alerts_dropped", swept.Alerts, "meetings_dropped", people.Meetings,
		"segments_dropped", people.Segments, "calls_dropped", people.Calls, "people_dropped", people.Persons, "took", time.Since(begun).Round(time.Millisecond))
	return err
}

// sweepPeople drops meetings, calls and people who were not seen for as long as they are kept, and a day: a report may tell of a time
// a little after its event's.
func (m *Monitor) sweepPeople(ctx context.Context, now earshot.Instant) (registry.SweptPeople, error) {
	watched, err := m.alerts.Watched(ctx)
	if err != nil {
		return registry.SweptPeople{}, err
	}
	return m.registry.SweepPeople(ctx, now.Add(-m.cfg.Registry.Meetings-24*time.Hour), watched)
}
