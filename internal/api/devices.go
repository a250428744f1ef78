package api

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/earshot/earshot"
	"github.com/earshot/earshot/internal/facts"
)

// DevicesInput is the span and place of listDevices and listGear, and whose people. It is exported because huma reads parameters
// of exported types only.
type DevicesInput struct {
	Account idParam `query:"account" doc:"only its people, compared with one another"`
	Site    idParam `query:"site" doc:"only people there"`
	Span
}

// devicesSpan is what is looked at unless it is said.
const devicesSpan = 7 * 24 * time.Hour

// firstSeenSpan is how far back it is looked when a version was first seen.
const firstSeenSpan = 31 * 24 * time.Hour

// grouping is people by one thing.
type grouping map[string]*crowd

func (g grouping) add(name string, t *facts.Tally) {
	if g[name] == nil {
		g[name] = newCrowd()
	}
	g[name].add(t)
}

// devicesFresh is how old an answer may be that somebody else asked for: a week's minutes of everybody are gone through for it.
const devicesFresh = 30 * time.Second

func (a *API) listDevices(ctx context.Context, in *DevicesInput) (*Devices, error) {
	from, to, err := a.wholeHours(&in.Span, devicesSpan)
	if err != nil {
		return nil, err
	}
	return a.devices.get(ctx, fmt.Sprint(in.Account.ID, in.Site.ID, from, to), devicesFresh, func(ctx context.Context) (*Devices, error) {
		return a.devicesOf(ctx, facts.Filter{From: from, To: to, Account: in.Account.ID}, earshot.Dimensions{Site: in.Site.ID})
	})
}

// facets are the minutes of a span by version, device and network.
type facets struct {
	all                         *crowd
	versions, devices, networks grouping
}

// facetsOf asks one question for all three: people must be told apart, and most of them have one or two combinations.
func (a *API) facetsOf(ctx context.Context, of facts.Filter, where earshot.Dimensions) (*facets, error) {
	parts, err := a.facts.Tally(ctx, facts.TallyQuery{
		Filter: of, Where: where, MinutesOnly: true,
		By: []facts.Dimension{facts.ByClientVersion, facts.ByDeviceClass, facts.ByNetworkType, facts.ByPerson},
	})
	if err != nil {
		return nil, fmt.Errorf("devices from %s: %w", of.From.Time().Format(time.RFC3339), err)
	}
	f := &facets{newCrowd(), grouping{}, grouping{}, grouping{}}
	for i := range parts {
		t := &parts[i]
		f.all.add(t)
		f.versions.add(t.ClientVersion, t)
		f.devices.add(t.DeviceClass, t)
		f.networks.add(t.NetworkType, t)
	}
	return f, nil
}

func (a *API) devicesOf(ctx context.Context, of facts.Filter, where earshot.Dimensions) (*Devices, error) {
	now, err := a.facetsOf(ctx, of, where)
	if err != nil {
		return nil, err
	}
	earlier := of
	earlier.From, earlier.To = of.From-(of.To-of.From), of.From
	before, err := a.facetsOf(ctx, earlier, where)
	if err != nil {
		return nil, err
	}
	compare := func(now, then grouping, all *crowd) []DeviceGroup {
		out := compared(now, all)
		for i := range out {
			if c := then[out[i].Name]; c != nil {
				if m := c.measured(); !m.TooFew {
					out[i].BeforePct = m.BadPct
				}
			}
		}
		return out
	}
	out := &Devices{
		From: of.From.Time(), To: of.To.Time(), Total: now.all.measured(),
		Versions: compare(now.versions, before.versions, now.all), Devices: compare(now.devices, before.devices, now.all),
		Networks: compare(now.networks, before.networks, now.all),
	}
	if err := a.firstSeen(ctx, of, where, out.Versions); err != nil {
		return nil, err
	}
	slices.SortStableFunc(out.Versions, newestFirst)
	return out, nil
}

// compared compares each group with everybody else; worst first, those with too few people last.
func compared(groups grouping, all *crowd) []DeviceGroup {
	out := make([]DeviceGroup, 0, len(groups))
	for name, c := range groups {
		g := DeviceGroup{Name: name, Measured: c.measured(), Compared: "too-few"}
		if e, ok := c.estimated(); ok && !g.TooFew {
			g.Low, g.High = hundredths(e.low), hundredths(e.high)
		}
		minutes, people := restOf(c, all)
		g.RestPeople = people
		if n := minutes.Classified(); n >= fewestMinutes && people >= fewestPeople {
			rest, sign := c.against(all)
			g.RestBadPct = hundredths(rest)
			if !g.TooFew {
				g.Compared = [...]string{"better", "alike", "worse"}[sign+1]
			}
		}
		out = append(out, g)
	}
	slices.SortFunc(out, func(a, b DeviceGroup) int {
		return cmp.Or(compareBool(a.TooFew, b.TooFew), cmp.Compare(badPct(&b.Measured), badPct(&a.Measured)), cmp.Compare(b.People, a.People), strings.Compare(a.Name, b.Name))
	})
	return out
}

func badPct(m *Measured) float64 {
	if m.BadPct == nil {
		return -1
	}
	return *m.BadPct
}

// firstSeen says since when there are minutes of each version. One that was there on the first day may be older than that.
func (a *API) firstSeen(ctx context.Context, of facts.Filter, where earshot.Dimensions, versions []DeviceGroup) error {
	const day = 24 * time.Hour
	of.From = of.To.Add(-firstSeenSpan)
	of.From -= of.From % earshot.Instant(day.Milliseconds())
	days, err := a.facts.Tally(ctx, facts.TallyQuery{
		Filter: of, Where: where, By: []facts.Dimension{facts.ByClientVersion}, Step: day, MinutesOnly: true,
	})
	if err != nil {
		return fmt.Errorf("versions by day: %w", err)
	}
	first := make(map[string]earshot.Instant)
	oldest := of.To
	for i := range days {
		t := &days[i]
		oldest = min(oldest, t.At)
		if at, ok := first[t.ClientVersion]; !ok || t.At < at {
			first[t.ClientVersion] = t.At
		}
	}
	for i := range versions {
		if at, ok := first[versions[i].Name]; ok && at > oldest && versions[i].Name != "" {
			versions[i].FirstSeen = timeOf(at)
		}
	}
	return nil
}

// newestFirst orders versions by when they were first seen, then by their numbers; what is not known comes last.
func newestFirst(a, b DeviceGroup) int {
	at := func(g *DeviceGroup) int64 {
		if g.FirstSeen == nil {
			return 0
		}
		return g.FirstSeen.UnixMilli()
	}
	return cmp.Or(compareBool(a.Name == "", b.Name == ""), cmp.Compare(at(&b), at(&a)), compareVersions(b.Name, a.Name))
}

// compareVersions compares numbers by their value, "6.10" after "6.9", and the rest as text.
func compareVersions(a, b string) int {
	for a != "" && b != "" {
		na, restA := leadingNumber(a)
		nb, restB := leadingNumber(b)
		switch {
		case na != "" && nb != "":
			if c := cmp.Or(cmp.Compare(len(na), len(nb)), strings.Compare(na, nb)); c != 0 {
				return c
			}
			a, b = restA, restB
		case a[0] != b[0]:
			return cmp.Compare(a[0], b[0])
		default:
			a, b = a[1:], b[1:]
		}
	}
	return cmp.Compare(len(a), len(b))
}

// leadingNumber cuts the digits off that a text begins with, without zeros before them.
func leadingNumber(s string) (digits, rest string) {
	i := 0
	for i < len(s) && s[i] >= '0' && s[i] <= '9' {
		i++
	}
	digits = strings.TrimLeft(s[:i], "0")
	if i > 0 && digits == "" {
		digits = "0"
	}
	return digits, s[i:]
}
