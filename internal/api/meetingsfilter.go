package api

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/earshot/earshot"
	"github.com/earshot/earshot/internal/facts"
	"github.com/earshot/earshot/internal/live"
)

// passes reports whether a running meeting has the host and one of the causes that are asked for.
func (a *API) passes(f *meetingFilter, m *live.Meeting) bool {
	if f.host != "" && !strings.Contains(strings.ToLower(m.Host), strings.ToLower(strings.TrimSpace(f.host))) {
		return false
	}
	if len(f.causes) == 0 {
		return true
	}
	for _, row := range a.live.Minutes(m.ID) {
		for i := range row.Minutes {
			if c := row.Minutes[i].Verdict.Cause; c != earshot.CauseNone && slices.Contains(f.causes, c) {
				return true
			}
		}
	}
	return false
}

// meetingsWhere are the meetings of the span with a minute at the site, or a poor or bad one of the causes, that is asked for;
// nil when neither is. An empty list, then, is none.
func (a *API) meetingsWhere(ctx context.Context, f *meetingFilter) ([]earshot.ID, error) {
	if f.Site == 0 && len(f.causes) == 0 {
		return nil, nil
	}
	to := f.to
	if to == 0 {
		to = a.live.Watermark() + 60_000
	}
	by := []facts.Dimension{facts.ByMeeting}
	if len(f.causes) > 0 {
		by = append(by, facts.ByCause)
	}
	groups, err := a.facts.Tally(ctx, facts.TallyQuery{
		Filter: facts.Filter{From: f.from, To: to, Account: f.Account}, Where: earshot.Dimensions{Site: f.Site}, By: by,
	})
	if err != nil {
		return nil, fmt.Errorf("meetings by site and cause: %w", err)
	}
	ids := []earshot.ID{}
	for i := range groups {
		if len(f.causes) == 0 || (groups[i].Cause != earshot.CauseNone && slices.Contains(f.causes, groups[i].Cause)) {
			ids = append(ids, groups[i].Meeting)
		}
	}
	slices.Sort(ids)
	return slices.Compact(ids), nil
}
