package watch

import (
	"context"
	"fmt"
	"strings"

	"github.com/earshot/earshot"
	"github.com/earshot/earshot/internal/registry"
)

// Watched returns whom rules, also those that are off, maintenance and lists name, by id or e-mail address.
func (w *Watcher) Watched(ctx context.Context) (registry.Watched, error) {
	var out registry.Watched
	note := func(words []string) {
		for _, word := range words {
			if id, err := earshot.ParseID(word); err == nil {
				out.IDs = append(out.IDs, id)
			} else if strings.Contains(word, "@") {
				out.Emails = append(out.Emails, word)
			}
		}
	}
	rules, err := w.Rules(ctx)
	if err != nil {
		return out, fmt.Errorf("whom rules name: %w", err)
	}
	for i := range rules {
		note(rules[i].Rule.Scope.Persons)
	}
	spans, err := w.Maintenance(ctx)
	if err != nil {
		return out, fmt.Errorf("whom maintenance names: %w", err)
	}
	for i := range spans {
		note(spans[i].Maintenance.Scope.Persons)
	}
	for _, list := range w.o.File.Lists {
		note(list)
	}
	return out, nil
}
