package registry

import (
	"context"
	"fmt"

	"github.com/earshot/earshot"
)

// Accounts returns all accounts.
func (r *Registry) Accounts(ctx context.Context) ([]earshot.Account, error) {
	all, err := collect(ctx, r.readers, "SELECT id, zoom_id FROM accounts ORDER BY zoom_id, id", nil,
		func(row scanner, a *earshot.Account) error { return row.Scan(idDest(&a.ID), &a.ZoomID) })
	if err != nil {
		return nil, fmt.Errorf("list accounts: %w", err)
	}
	return all, nil
}

// SeriesByID returns the series with the given ids, in no order; those that are not known are left out.
func (r *Registry) SeriesByID(ctx context.Context, ids []earshot.ID) ([]earshot.Series, error) {
	all, err := byIDs(ctx, r.readers, "SELECT id, account, number, topic FROM series", ids, func(row scanner, s *earshot.Series) error {
		return row.Scan(idDest(&s.ID), idDest(&s.Account), &s.Number, &s.Topic)
	})
	if err != nil {
		return nil, fmt.Errorf("read %d series: %w", len(ids), err)
	}
	return all, nil
}

// Sites returns every site that facts may name, by name: those configured now, those configured earlier and derived ones.
func (r *Registry) Sites(ctx context.Context) ([]earshot.Site, error) {
	all, err := collect(ctx, r.readers,
		"SELECT id, name, ranges, zone, isp, link_mbps, vpn, tags, derived FROM sites ORDER BY derived, name, id", nil,
		func(row scanner, s *earshot.Site) error {
			return row.Scan(idDest(&s.ID), &s.Name, jsonDest{&s.Ranges}, &s.Zone, &s.ISP, &s.LinkMbps, &s.VPN, jsonDest{&s.Tags}, &s.Derived)
		})
	if err != nil {
		return nil, fmt.Errorf("list sites: %w", err)
	}
	return all, nil
}

// Drift returns the names on the wire that Earshot does not know, most frequent first.
func (r *Registry) Drift(ctx context.Context) ([]earshot.Drift, error) {
	all, err := collect(ctx, r.readers, "SELECT event, key, count, first_seen, last_seen FROM drift ORDER BY count DESC, event, key", nil,
		func(row scanner, d *earshot.Drift) error {
			return row.Scan(&d.Event, &d.Key, &d.Count, &d.First, &d.Last)
		})
	if err != nil {
		return nil, fmt.Errorf("list drift: %w", err)
	}
	return all, nil
}
