package daemon

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"slices"
	"strings"
	"time"

	"github.com/earshot/earshot"
	"github.com/earshot/earshot/internal/pipeline"
)

// gradedBy is written into the data folder once the stored minutes are graded, or marked to be graded, by these rules.
type gradedBy struct {
	Profile string `json:"profile"`
	Rules   string `json:"rules"` // changes when a verdict might
}

func (m *Monitor) gradedByPath() string { return m.path("graded-by.json") }

// rules describes what the configuration says about grading: the profile, and the settings of directions.
func (m *Monitor) rules() gradedBy {
	in := &m.cfg.Input
	parts := []string{m.profile.Fingerprint(), fmt.Sprint(in.Audio, in.Video)}
	for account, meanings := range in.Accounts {
		parts = append(parts, fmt.Sprint(account, meanings.Audio, meanings.Video))
	}
	slices.Sort(parts[2:])
	return gradedBy{m.profile.Name, strings.Join(parts, " ")}
}

// followRules grades history again when the configuration now grades otherwise than at the last start. What is interrupted is
// begun again at the next start: marking an hour twice does no harm.
func (m *Monitor) followRules(ctx context.Context) error {
	now := m.rules()
	then, err := m.readGradedBy()
	if err != nil {
		m.log.Error("which profile graded the past is not known; earshot regrade does it again", "err", err)
	}
	if then != nil && then.Rules == now.Rules {
		return nil
	}
	if then != nil {
		if !m.awaitFold(ctx) {
			return nil
		}
		m.log.Info("the rules of grading have changed: grading the past again", "from_profile", then.Profile, "to_profile", now.Profile)
		if _, err := m.Regrade(ctx, RegradeRequest{}); err != nil {
			if ctx.Err() == nil {
				m.log.Error("grade the past again; the next start tries again", "err", err)
			}
			return nil
		}
	}
	if err := m.writeGradedBy(now); err != nil {
		m.log.Error("note which profile graded the past", "err", err)
	}
	return nil
}

// awaitFold waits until the fold is loaded; false when ctx ended before.
func (m *Monitor) awaitFold(ctx context.Context) bool {
	t := time.NewTicker(100 * time.Millisecond)
	defer t.Stop()
	for !m.pipeline.Ready() {
		select {
		case <-ctx.Done():
			return false
		case <-t.C:
		}
	}
	return true
}

// readGradedBy returns nil when nothing was written yet: the store is new, or older than this file.
func (m *Monitor) readGradedBy() (*gradedBy, error) {
	raw, err := os.ReadFile(m.gradedByPath())
	if errors.Is(err, os.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("read the last rules of grading: %w", err)
	}
	var g gradedBy
	if err := json.Unmarshal(raw, &g); err != nil {
		return nil, fmt.Errorf("read the last rules of grading in %s: %w", m.gradedByPath(), err)
	}
	return &g, nil
}

func (m *Monitor) writeGradedBy(g gradedBy) error {
	raw, err := json.Marshal(g)
	if err != nil {
		return fmt.Errorf("encode the rules of grading: %w", err)
	}
	tmp := m.gradedByPath() + ".tmp"
	if err := os.WriteFile(tmp, raw, 0o600); err != nil {
		return fmt.Errorf("write the rules of grading: %w", err)
	}
	if err := os.Rename(tmp, m.gradedByPath()); err != nil {
		return fmt.Errorf("place the rules of grading: %w", err)
	}
	return nil
}

// RegradeRequest asks for a span of history to be graded again.
type RegradeRequest struct {
	// Profile is the one that is wanted, "" for whichever the monitor has: another one is refused, since what comes later would
	// be graded by the monitor's.
	Profile string `json:"profile"`
	// From and To bound the hours; a zero From is as far as samples reach, a zero To is now.
	From time.Time `json:"from"`
	To   time.Time `json:"to"`
}

// RegradeAnswer says what was marked.
type RegradeAnswer struct {
	Profile string `json:"profile"`
	Hours   int    `json:"hours"` // hours of accounts
}

// Regrade marks the hours of a span, to be graded again in the background. Hours without samples are left as they are.
func (m *Monitor) Regrade(ctx context.Context, r RegradeRequest) (RegradeAnswer, error) {
	answer := RegradeAnswer{Profile: m.profile.Name}
	if r.Profile != "" && r.Profile != m.profile.Name {
		return answer, fmt.Errorf("profile %q: the monitor grades by %q; set grades.profile to %s and restart it: the past is then graded again by itself", r.Profile, m.profile.Name, r.Profile)
	}
	mark := m.live.Watermark()
	if mark == 0 {
		return answer, nil // nothing was ever graded
	}
	from, to := earshot.InstantOf(r.From), earshot.InstantOf(r.To)
	from = max(from, mark.Add(-m.cfg.Facts.Retention.Samples))
	if to == 0 || to > mark {
		to = mark.Add(time.Minute)
	}
	accounts, err := m.registry.Accounts(ctx)
	if err != nil {
		return answer, fmt.Errorf("registry: %w", err)
	}
	ids := make([]earshot.ID, len(accounts))
	for i := range accounts {
		ids[i] = accounts[i].ID
	}
	answer.Hours, err = m.pipeline.Regrade(ctx, ids, from, to, func(marked int) {
		m.log.Info("grading the past again", "hours_marked", marked)
	})
	return answer, err
}

// waiting returns how many hours wait to be graded again, without those that are not over: they wait until they are.
func (m *Monitor) waiting(ctx context.Context) (int, error) {
	hours, err := m.facts.DirtyHours(ctx, 0)
	if err != nil {
		return 0, err
	}
	n := 0
	for _, h := range hours {
		if pipeline.SealedAt(h.Hour.Add(59*time.Minute)) <= m.live.Watermark() {
			n++
		}
	}
	return n, nil
}

// RunRegrade asks the monitor that runs on a data folder to grade a span of history again.
func RunRegrade(ctx context.Context, data string, r RegradeRequest) (RegradeAnswer, error) {
	var answer RegradeAnswer
	raw, err := ask(ctx, data, "regrade", r)
	if err != nil {
		return answer, err
	}
	if err := json.Unmarshal(raw, &answer); err != nil {
		return answer, fmt.Errorf("read the monitor's answer: %w", err)
	}
	return answer, nil
}

// HoursWaiting returns how many hours wait to be graded again by the monitor that runs on a data folder; those that are not
// over do not count.
func HoursWaiting(ctx context.Context, data string) (int, error) {
	raw, err := ask(ctx, data, "waiting", nil)
	if err != nil {
		return 0, err
	}
	var n int
	if err := json.Unmarshal(raw, &n); err != nil {
		return 0, fmt.Errorf("read the monitor's answer: %w", err)
	}
	return n, nil
}
