package api

import (
	"cmp"
	"context"
	"strings"
	"sync"
	"time"

	"github.com/earshot/earshot"
	"github.com/earshot/earshot/internal/facts"
)

// segmentGear is what a join used: of each kind the last that was told of it, "" where nothing was.
type segmentGear struct{ system, microphone, speaker, camera string }

// gearKinds are the words that ask for a kind of gear.
var gearKinds = [...]string{"system", "microphone", "speaker", "camera"}

// of returns the gear of a kind; a join that is not known has none.
func (g segmentGear) of(kind string) string {
	switch kind {
	case "system":
		return g.system
	case "microphone":
		return g.microphone
	case "speaker":
		return g.speaker
	case "camera":
		return g.camera
	}
	return ""
}

func gearOf(s *earshot.Segment) (g segmentGear) {
	for i := range s.Devices {
		d := &s.Devices[i]
		for _, x := range [...]struct {
			to   *string
			told string
		}{{&g.system, cmp.Or(d.DeviceDetail, d.Client, d.Device)}, {&g.microphone, d.Microphone}, {&g.speaker, d.Speaker}, {&g.camera, d.Camera}} {
			if name := strings.TrimSpace(x.told); name != "" {
				*x.to = name
			}
		}
	}
	return g
}

const (
	// mostGearKept bounds what is remembered: a day of 5,000 people is some 25,000 joins of about 100 bytes.
	mostGearKept = 100_000
	// gearSettles is how long after its end a join's gear counts as told.
	gearSettles = time.Hour
)

// gearMemory remembers the gear of joins that are over: to read it means decoding whole segments, a tenth of a second for each five
// thousand. Safe for concurrent use.
type gearMemory struct {
	mu        sync.Mutex
	bySegment map[earshot.ID]segmentGear
	names     map[string]string // each is held once
}

// known fills in what is remembered and returns the segments that are not.
func (m *gearMemory) known(joins []facts.Tally, out map[earshot.ID]segmentGear) (missing []earshot.ID) {
	m.mu.Lock()
	defer m.mu.Unlock()
	asked := map[earshot.ID]bool{}
	for i := range joins {
		id := joins[i].Segment
		if _, had := out[id]; had || asked[id] {
			continue
		}
		if g, ok := m.bySegment[id]; ok {
			out[id] = g
			continue
		}
		asked[id] = true
		missing = append(missing, id)
	}
	return missing
}

// remember keeps the gear of segments that ended before a time.
func (m *gearMemory) remember(segments []earshot.Segment, before earshot.Instant, out map[earshot.ID]segmentGear) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.bySegment == nil || len(m.bySegment)+len(segments) > mostGearKept {
		m.bySegment, m.names = map[earshot.ID]segmentGear{}, map[string]string{}
	}
	once := func(s string) string {
		if held, ok := m.names[s]; ok {
			return held
		}
		m.names[s] = s
		return s
	}
	for i := range segments {
		g := gearOf(&segments[i])
		if max(segments[i].Leave, segments[i].LastReport) < before {
			g = segmentGear{once(g.system), once(g.microphone), once(g.speaker), once(g.camera)}
			m.bySegment[segments[i].ID] = g
		}
		out[segments[i].ID] = g
	}
}

// gearOfJoins returns what each join used; one that the registry does not know is left out.
func (a *API) gearOfJoins(ctx context.Context, joins []facts.Tally) (map[earshot.ID]segmentGear, error) {
	out := make(map[earshot.ID]segmentGear, len(joins))
	missing := a.gearKnown.known(joins, out)
	if len(missing) == 0 {
		return out, nil
	}
	segments, err := a.registry.SegmentsByID(ctx, missing)
	if err != nil {
		return nil, err
	}
	a.gearKnown.remember(segments, a.live.Watermark().Add(-gearSettles), out)
	return out, nil
}
