package pipeline

import (
	"cmp"
	"slices"
	"unicode/utf8"

	"github.com/earshot/earshot"
)

// maxDrift bounds the names that drift counts, and maxEventNames the event names that are counted: whoever may sign events
// could otherwise fill the memory with invented ones. What does not fit is counted under driftOverflow.
const (
	maxDrift      = 1000
	maxEventNames = 1000
)

var driftOverflow = driftKey{Key: "!more"}

type driftKey struct{ Event, Key string }

// driftCounts counts the names on the wire that Earshot does not know.
type driftCounts struct {
	byKey   map[driftKey]*earshot.Drift
	changed map[driftKey]struct{}
}

func newDriftCounts() *driftCounts {
	return &driftCounts{byKey: map[driftKey]*earshot.Drift{}, changed: map[driftKey]struct{}{}}
}

func (d *driftCounts) note(event, key string, at earshot.Instant) {
	k := driftKey{clip(event), clip(key)}
	c := d.byKey[k]
	if c == nil && len(d.byKey) >= maxDrift {
		k = driftOverflow
		c = d.byKey[k]
	}
	if c == nil {
		c = &earshot.Drift{Event: k.Event, Key: k.Key, First: at}
		d.byKey[k] = c
	}
	c.Count++
	c.First, c.Last = min(c.First, at), max(c.Last, at)
	d.changed[k] = struct{}{}
}

// take returns the counts that changed since the last call, in order.
func (d *driftCounts) take() []earshot.Drift {
	if len(d.changed) == 0 {
		return nil
	}
	out := make([]earshot.Drift, 0, len(d.changed))
	for k := range d.changed {
		out = append(out, *d.byKey[k])
	}
	clear(d.changed)
	sortDrift(out)
	return out
}

// all returns every count, in order.
func (d *driftCounts) all() []earshot.Drift {
	out := make([]earshot.Drift, 0, len(d.byKey))
	for _, c := range d.byKey {
		out = append(out, *c)
	}
	sortDrift(out)
	return out
}

func sortDrift(list []earshot.Drift) {
	slices.SortFunc(list, func(a, b earshot.Drift) int {
		return cmp.Or(cmp.Compare(a.Event, b.Event), cmp.Compare(a.Key, b.Key))
	})
}

// clip bounds text from outside to 120 bytes, at a rune's border.
func clip(s string) string {
	const most = 120
	if len(s) <= most {
		return s
	}
	s = s[:most]
	for len(s) > 0 && !utf8.ValidString(s[len(s)-1:]) && !utf8.RuneStart(s[len(s)-1]) {
		s = s[:len(s)-1]
	}
	if n := len(s); n > 0 && s[n-1] >= utf8.RuneSelf {
		s = s[:n-1]
	}
	return s
}
