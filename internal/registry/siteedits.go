package registry

import (
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
	"net/netip"

	"github.com/earshot/earshot/internal/site"
)

// SiteEdits returns what people typed about sites.
func (r *Registry) SiteEdits(ctx context.Context) (site.Edits, error) {
	var out site.Edits
	var err error
	out.Ranges, err = collect(ctx, r.readers, "SELECT range, site, typed_by, typed_at FROM site_ranges ORDER BY range", nil,
		func(row scanner, e *site.RangeEdit) error {
			var text string
			if err := row.Scan(&text, &e.Site, &e.Who, &e.At); err != nil {
				return err
			}
			var err error
			e.Range, err = netip.ParsePrefix(text)
			return err
		})
	if err != nil {
		return out, fmt.Errorf("read the typed ranges: %w", err)
	}
	out.Details, err = collect(ctx, r.readers, "SELECT site, zone, isp, link_mbps, vpn, tags, typed_by, typed_at FROM site_details ORDER BY site", nil,
		func(row scanner, e *site.DetailEdit) error {
			return row.Scan(&e.Site, &e.Zone, &e.ISP, &e.LinkMbps, &e.VPN, jsonDest{&e.Tags}, &e.Who, &e.At)
		})
	if err != nil {
		return out, fmt.Errorf("read the typed sites: %w", err)
	}
	return out, nil
}

// PutSiteEdits stores what people typed about sites in place of what they typed before, with the entries of the audit log
// that say what changed, in one transaction.
func (r *Registry) PutSiteEdits(ctx context.Context, e site.Edits, entries []AuditEntry) error {
	err := r.write(ctx, func(tx *sql.Tx) error {
		for _, table := range []string{"site_ranges", "site_details"} {
			if _, err := tx.Exec("DELETE FROM " + table); err != nil {
				return err
			}
		}
		for _, x := range e.Ranges {
			if _, err := tx.Exec("INSERT INTO site_ranges (range, site, typed_by, typed_at) VALUES (?, ?, ?, ?)",
				x.Range.String(), x.Site, x.Who, int64(x.At)); err != nil {
				return err
			}
		}
		for _, x := range e.Details {
			tags, err := json.Marshal(x.Tags)
			if err != nil {
				return err
			}
			if _, err := tx.Exec(`INSERT INTO site_details (site, zone, isp, link_mbps, vpn, tags, typed_by, typed_at)
				VALUES (?, ?, ?, ?, ?, ?, ?, ?)`, x.Site, x.Zone, x.ISP, x.LinkMbps, x.VPN, string(tags), x.Who, int64(x.At)); err != nil {
				return err
			}
		}
		for _, entry := range entries {
			if _, err := appendAudit(tx, entry); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return fmt.Errorf("store what was typed about sites: %w", err)
	}
	return nil
}
