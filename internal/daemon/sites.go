package daemon

import (
	"context"
	"fmt"
	"os"
	"time"

	"github.com/earshot/earshot"
	"github.com/earshot/earshot/internal/site"
)

// sitesEvery is how often the sites' files are looked at for a change.
const sitesEvery = 10 * time.Second

// regradeDays is how far back a changed sites file is applied.
const regradeDays = 7

// loadSites reads the sites and hands them to whoever looks addresses up.
func (m *Monitor) loadSites(ctx context.Context) error {
	table, err := site.Load(m.cfg.Sites.File, m.cfg.Sites.ASN, m.keys.Site)
	if err != nil {
		return err
	}
	if err := m.registry.PutSites(ctx, table.Sites()); err != nil {
		return fmt.Errorf("store the sites: %w", err)
	}
	m.sites.Store(table)
	return nil
}

// watchSites loads the sites again when a file changes, and marks the hours whose minutes name sites. A file with mistakes
// changes nothing.
func (m *Monitor) watchSites(ctx context.Context) error {
	stamp := m.sitesStamp()
	t := time.NewTicker(sitesEvery)
	defer t.Stop()
	for {
		select {
		case <-ctx.Done():
			return nil
		case <-t.C:
		}
		now := m.sitesStamp()
		if now == stamp {
			continue
		}
		stamp = now
		if err := m.loadSites(ctx); err != nil {
			m.log.Error("changed sites not taken, the old ones stay", "err", err)
			continue
		}
		m.log.Info("sites loaded again", "sites", len(m.sites.Load().Sites()))
		if err := m.markAll(ctx); err != nil {
			m.log.Error("mark hours for the changed sites", "err", err)
		}
	}
}

// markAll marks every hour of the last days in which an account had minutes.
func (m *Monitor) markAll(ctx context.Context) error {
	accounts, err := m.registry.Accounts(ctx)
	if err != nil {
		return err
	}
	end := m.live.Watermark()
	if end == 0 {
		return nil
	}
	var hours []earshot.DirtyHour
	for _, a := range accounts {
		for i := range regradeDays * 24 {
			hours = append(hours, earshot.DirtyHour{Account: a.ID, Hour: end.Hour().Add(-time.Duration(i) * time.Hour)})
		}
	}
	return m.facts.MarkDirty(ctx, hours)
}

// sitesStamp changes when one of the files does.
func (m *Monitor) sitesStamp() string {
	out := ""
	for _, name := range []string{m.cfg.Sites.File, m.cfg.Sites.ASN} {
		if info, err := os.Stat(name); name != "" && err == nil {
			out += fmt.Sprint(info.ModTime().UnixNano(), info.Size(), ";")
		}
	}
	return out
}
