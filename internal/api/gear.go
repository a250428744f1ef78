package api

import (
	"cmp"
	"context"
	"strings"
	"unique"

	"github.com/earshot/earshot"
	"github.com/earshot/earshot/internal/facts"
)

// gearKinds are the words that ask for a kind of gear.
var gearKinds = [...]string{"system", "microphone", "speaker", "camera"}

// segmentGear is what a join used: by kind, as in gearKinds, the last that was told of it. The zero handle is none. Handles, since
// a few thousand names serve all joins.
type segmentGear [len(gearKinds)]unique.Handle[string]

// of returns the gear of a kind; "" where nothing was told, or the join is not known.
func (g segmentGear) of(kind string) string {
	for i, k := range gearKinds {
		if k == kind && g[i] != (unique.Handle[string]{}) {
			return g[i].Value()
		}
	}
	return ""
}

func gearOf(s *earshot.Segment) (g segmentGear) {
	for i := range s.Devices {
		d := &s.Devices[i]
		for kind, told := range [...]string{cmp.Or(d.DeviceDetail, d.Client, d.Device), d.Microphone, d.Speaker, d.Camera} {
			if name := strings.TrimSpace(told); name != "" {
				g[kind] = unique.Make(name)
			}
		}
	}
	return g
}

// gearOfJoins returns what each join used; one that the registry does not know is left out.
func (a *API) gearOfJoins(ctx context.Context, joins []facts.Tally) (map[earshot.ID]segmentGear, error) {
	out := make(map[earshot.ID]segmentGear, len(joins))
	missing := a.gearKnown.known(func(yield func(earshot.ID) bool) {
		for i := range joins {
			if !yield(joins[i].Segment) {
				return
			}
		}
	}, out)
	if len(missing) == 0 {
		return out, nil
	}
	segments, err := a.registry.SegmentsByID(ctx, missing)
	if err != nil {
		return nil, err
	}
	over, before := map[earshot.ID]segmentGear{}, a.settledBefore()
	for i := range segments {
		s := &segments[i]
		out[s.ID] = gearOf(s)
		if max(s.Leave, s.LastReport) < before {
			over[s.ID] = out[s.ID]
		}
	}
	a.gearKnown.remember(over)
	return out, nil
}
