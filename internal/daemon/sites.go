package daemon

import (
	"cmp"
	"context"
	"fmt"
	"maps"
	"os"
	"slices"
	"time"

	"github.com/earshot/earshot"
	"github.com/earshot/earshot/internal/facts"
	"github.com/earshot/earshot/internal/registry"
	"github.com/earshot/earshot/internal/site"
)

// sitesEvery is how often the sites' files are looked at for a change.
const sitesEvery = 10 * time.Second

// regradeDays is how far back a changed sites file is applied.
const regradeDays = 7

// loadSites reads the sites, the file's and what people typed over it, and hands them to whoever looks addresses up.
func (m *Monitor) loadSites(ctx context.Context) error {
	m.editing.Lock()
	defer m.editing.Unlock()
	files, err := site.Load(m.cfg.Sites.File, m.cfg.Sites.ASN, m.keys.Site)
	if err != nil {
		return err
	}
	edits, err := m.registry.SiteEdits(ctx)
	if err != nil {
		return err
	}
	table, err := files.With(edits)
	if err != nil {
		return err
	}
	return m.useSites(ctx, table)
}

// useSites puts a table in force.
func (m *Monitor) useSites(ctx context.Context, table *site.Table) error {
	if err := m.registry.PutSites(ctx, table.Sites()); err != nil {
		return fmt.Errorf("store the sites: %w", err)
	}
	m.sites.Store(table)
	return nil
}

// places is the list of sites as the API sees it.
type places struct{ m *Monitor }

// Table implements api.Places.
func (p places) Table() *site.Table { return p.m.sites.Load() }

// Apply implements api.Places: what was typed is stored with its audit entries first, then everybody looks addresses up by
// it, then the hours of the last days are marked, as after a change of the file.
func (p places) Apply(ctx context.Context, who string, plan *site.Plan) error {
	m := p.m
	m.editing.Lock()
	defer m.editing.Unlock()
	now := m.sites.Load()
	if now.Revision() != plan.Revision {
		return site.ErrStale
	}
	if len(plan.Entries) == 0 {
		return nil
	}
	table, err := now.With(plan.Edits)
	if err != nil {
		return err
	}
	if err := m.registry.PutSiteEdits(ctx, plan.Edits, auditOf(who, plan.Entries)); err != nil {
		return err
	}
	if err := m.useSites(ctx, table); err != nil {
		return err
	}
	m.log.Info("sites edited", "changes", len(plan.Entries), "sites", len(table.Sites()))
	return m.markAll(ctx)
}

// auditOf tells the audit log what a plan changes, entry by entry.
func auditOf(who string, entries []site.Entry) []registry.AuditEntry {
	out := make([]registry.AuditEntry, 0, len(entries))
	for i := range entries {
		e := &entries[i]
		a := registry.AuditEntry{Who: who, Action: "site.range", Detail: fmt.Sprintf("%s: from %q to %q", e.Range, e.Was, e.Site)}
		if !e.Range.IsValid() {
			a.Action, a.Detail = "site.details", fmt.Sprintf("%q", e.Site)
			for _, f := range e.Fields {
				a.Detail += fmt.Sprintf(", %s: from %q to %q", f.Name, f.Was, f.Is)
			}
		}
		out = append(out, a)
	}
	return out
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

// markAll marks every hour of the last days in which an account had minutes, and the newest, whose minutes are still to be stored.
func (m *Monitor) markAll(ctx context.Context) error {
	end := m.live.Watermark()
	if end == 0 {
		return nil
	}
	to := end.Hour().Add(time.Hour)
	full, err := m.facts.Tally(ctx, facts.TallyQuery{
		Filter: facts.Filter{From: to.Add(-regradeDays * 24 * time.Hour), To: to}, By: []facts.Dimension{facts.ByAccount}, Step: time.Hour,
	})
	if err != nil {
		return fmt.Errorf("find the hours that name sites: %w", err)
	}
	accounts, err := m.registry.Accounts(ctx)
	if err != nil {
		return err
	}
	marks := make(map[earshot.DirtyHour]bool, len(full)+len(accounts))
	for _, t := range full {
		marks[earshot.DirtyHour{Account: t.Account, Hour: t.At}] = true
	}
	for _, a := range accounts {
		marks[earshot.DirtyHour{Account: a.ID, Hour: end.Hour()}] = true
	}
	return m.facts.MarkDirty(ctx, slices.SortedFunc(maps.Keys(marks), func(a, b earshot.DirtyHour) int {
		return cmp.Or(cmp.Compare(a.Hour, b.Hour), cmp.Compare(a.Account, b.Account))
	}))
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
