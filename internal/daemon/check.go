package daemon

import (
	"context"
	"encoding/json"
	"fmt"
	"time"
)

// StoreCheck is what one look into a store found.
type StoreCheck struct {
	What  string        `json:"what"`
	Took  time.Duration `json:"took"`
	Wrong string        `json:"wrong,omitempty"` // "" when nothing is
}

// checkStores reads the registry to its end, follows the chain of the audit log, and stores a number in the facts and reads it back.
func (m *Monitor) checkStores(ctx context.Context) []StoreCheck {
	var out []StoreCheck
	for _, c := range []struct {
		what string
		look func(context.Context) error
	}{
		{"registry, every page of the file", m.registry.CheckDeep},
		{"audit log, every entry against the one before", m.registry.VerifyAudit},
		{"facts, a number stored and read back", m.facts.Check},
	} {
		begun := time.Now()
		err := c.look(ctx)
		found := StoreCheck{What: c.what, Took: time.Since(begun)}
		if err != nil {
			found.Wrong = err.Error()
		}
		out = append(out, found)
	}
	return out
}

// CheckStores asks the monitor that runs on a data folder to look into its stores.
func CheckStores(ctx context.Context, data string) ([]StoreCheck, error) {
	answer, err := ask(ctx, data, "check-stores", nil)
	if err != nil {
		return nil, err
	}
	var out []StoreCheck
	if err := json.Unmarshal(answer, &out); err != nil {
		return nil, fmt.Errorf("read the monitor's answer: %w", err)
	}
	return out, nil
}
