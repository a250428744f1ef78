package watch

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"time"

	"github.com/earshot/earshot"
	"github.com/earshot/earshot/internal/alert"
	"github.com/earshot/earshot/internal/registry"
)

// Origin is where a rule comes from.
type Origin string

// The origins. A later one takes the place of an earlier one with its name.
const (
	OriginDefault Origin = "default"
	OriginFile    Origin = "file"
	OriginTyped   Origin = "typed"
)

// RuleInfo is a rule in use, and where it comes from.
type RuleInfo struct {
	Rule    alert.Rule
	Origin  Origin
	Who     string          // typed: by whom
	Changed earshot.Instant // typed: when, wall time
	// Hides says that deleting the typed rule brings another one of its name back.
	Hides bool
	// Fired is when it raised an alert last, event time (0: never), Times how often in the last 30 days.
	Fired earshot.Instant
	Times int
}

// Rules returns all rules, those that are off as well: defaults, file, typed.
func (w *Watcher) Rules(ctx context.Context) ([]RuleInfo, error) {
	typed, err := w.o.Registry.AlertTyped(ctx, registry.TypedRule)
	if err != nil {
		return nil, err
	}
	var out []RuleInfo
	add := func(i RuleInfo) {
		if k := slices.IndexFunc(out, func(o RuleInfo) bool { return o.Rule.Name == i.Rule.Name }); k >= 0 {
			i.Hides = true
			out[k] = i
			return
		}
		out = append(out, i)
	}
	if w.o.File.Defaults == nil || *w.o.File.Defaults {
		for _, r := range alert.Defaults() {
			add(RuleInfo{Rule: r, Origin: OriginDefault})
		}
	}
	for _, r := range w.o.File.Rules {
		add(RuleInfo{Rule: r, Origin: OriginFile})
	}
	for _, t := range typed {
		var r alert.Rule
		if err := json.Unmarshal(t.Body, &r); err != nil {
			return nil, fmt.Errorf("read rule %q: %w", t.Name, err)
		}
		add(RuleInfo{Rule: r, Origin: OriginTyped, Who: t.Who, Changed: t.Changed})
	}
	fired, err := w.o.Registry.RulesFired(ctx, w.now().Add(-30*24*time.Hour))
	if err != nil {
		return nil, err
	}
	for _, f := range fired {
		if k := slices.IndexFunc(out, func(o RuleInfo) bool { return o.Rule.Name == f.Rule }); k >= 0 {
			out[k].Fired, out[k].Times = f.Last, f.Times
		}
	}
	return out, nil
}

// loadRules reads the rules and spans of maintenance that hold. A typed rule that has become invalid (after a change of
// version) is left out and logged.
func (w *Watcher) loadRules(ctx context.Context) ([]alert.Rule, []alert.Maintenance, error) {
	all, err := w.Rules(ctx)
	if err != nil {
		return nil, nil, err
	}
	var rules []alert.Rule
	for _, i := range all {
		if err := i.Rule.Validate("", w.o.Querier != nil); err != nil {
			w.log.Error("a rule is not used", "rule", i.Rule.Name, "origin", string(i.Origin), "err", err)
			continue
		}
		rules = append(rules, i.Rule)
	}
	spans, err := w.Maintenance(ctx)
	if err != nil {
		return nil, nil, err
	}
	var maintenance []alert.Maintenance
	for _, m := range spans {
		maintenance = append(maintenance, m.Maintenance)
	}
	return rules, maintenance, nil
}

// takeRules is Run's: rules were changed.
func (w *Watcher) takeRules(ctx context.Context) {
	rules, maintenance, err := w.loadRules(ctx)
	if err != nil {
		w.log.Error("read the changed rules; the old ones stay", "err", err)
		return
	}
	w.engine.SetRules(rules, maintenance)
	w.mu.Lock()
	w.rules = rules
	w.mu.Unlock()
	w.look.persons, w.look.rates, w.look.rare = nil, w.look.rates.Add(-ratesEvery), w.look.rare.Add(-rareEvery)
}

// PutRule stores a rule; an [*alert.Error] says what is wrong with it.
func (w *Watcher) PutRule(ctx context.Context, who string, r alert.Rule) error {
	if err := r.Validate("", w.o.Querier != nil); err != nil {
		return err
	}
	return w.putTyped(ctx, registry.TypedRule, who, r.Name, r)
}

// DeleteRule removes a typed rule: [ErrNotFound] when there is none of that name. One that it hid holds again.
func (w *Watcher) DeleteRule(ctx context.Context, who, name string) error {
	return w.deleteTyped(ctx, registry.TypedRule, who, name)
}

func (w *Watcher) putTyped(ctx context.Context, kind registry.TypedKind, who, name string, v any) error {
	body, err := json.Marshal(v)
	if err != nil {
		return fmt.Errorf("encode %s %q: %w", kind, name, err)
	}
	if err := w.o.Registry.PutAlertTyped(ctx, registry.Typed{Kind: kind, Name: name, Body: body, Who: who}); err != nil {
		return err
	}
	poke(w.reload)
	return w.audit(ctx, who, "alert."+string(kind)+".put", name)
}

func (w *Watcher) deleteTyped(ctx context.Context, kind registry.TypedKind, who, name string) error {
	ok, err := w.o.Registry.DeleteAlertTyped(ctx, kind, name)
	if err != nil {
		return err
	}
	if !ok {
		return ErrNotFound
	}
	poke(w.reload)
	return w.audit(ctx, who, "alert."+string(kind)+".delete", name)
}
