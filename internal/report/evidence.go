package report

import (
	"fmt"
	"math"
	"slices"
	"strings"
	"time"

	"github.com/earshot/earshot"
	"github.com/earshot/earshot/internal/cause"
	"github.com/earshot/earshot/internal/grade"
)

// observation is a line of the evidence table.
type observation struct{ What, Value, Compared, Grade string }

// trouble is a run of poor and bad minutes, told.
type trouble struct {
	When, Cause, Sentence, Grade string
	Minutes                      int
	Confidence                   string
	Evidence                     []observation
}

// troubles are a stay's runs, worst first: most minutes.
func (b *builder) troubles(s *Stay) []trouble {
	runs := Runs(s.Minutes)
	out := make([]trouble, 0, len(runs))
	slices.SortStableFunc(runs, func(x, y Run) int { return y.Minutes - x.Minutes })
	for i := range runs {
		r := &runs[i]
		t := trouble{When: b.in.span(r.From, r.To), Cause: causeTitle(r.Best.Cause), Minutes: r.Minutes, Grade: earshot.Poor.String(), Sentence: b.sentence(r.Best)}
		if r.Best.Cause != earshot.CauseUnknown {
			t.Confidence = fmt.Sprintf("confidence %d %%", r.Best.Confidence)
		}
		for k := range s.Minutes {
			if m := &s.Minutes[k]; m.At >= r.From && m.At < r.To && m.Grade == earshot.Bad {
				t.Grade = earshot.Bad.String()
			}
		}
		if i < 3 {
			t.Evidence = b.evidence(s, r)
		}
		out = append(out, t)
	}
	return out
}

// sentence says a verdict in words, with nobody's name in a redacted bundle.
func (b *builder) sentence(v earshot.Verdict) string {
	v.Cell = b.cell(v.Cell)
	return cause.Sentence(v, sentenceNames{b})
}

// sentenceNames are the names in the words of [cause.Sentence].
type sentenceNames struct{ *builder }

// Site implements cause.Names; so do the next ones.
func (n sentenceNames) Site(id earshot.ID) string { return n.site(n.in.Sites[id]) }

// Person names who is behind a segment.
func (n sentenceNames) Person(segment earshot.ID) string {
	who, ok := n.in.Senders[segment]
	if !ok {
		return ""
	}
	return n.person(who)
}

// Zone is that of the whole bundle.
func (n sentenceNames) Zone() *time.Location { return n.in.zone() }

// evidence sets what was seen in a run's minutes beside everybody else, and beside the rest of the stay.
func (b *builder) evidence(s *Stay, r *Run) []observation {
	out := b.people(r.Best)
	if worst := worstMinute(s.Minutes, r); worst != nil {
		o := observation{What: "What decided", Value: grade.Describe(worst.Reason, worst.Grade), Grade: worst.Grade.String()}
		if usual, ok := b.usual(s, r, worst.Reason.Wire, worst.Reason.Metric); ok {
			o.Compared = measure(worst.Reason.Metric, usual) + " at other times"
		}
		out = append(out, o)
	}
	for _, host := range [...]struct {
		what, word string
		wire       earshot.Wire
		metric     earshot.Metric
	}{{"CPU of the computer", "up to ", earshot.WireCPUUsage, earshot.CPUSystemMaxPct}, {"Wi-Fi signal", "down to ", earshot.WireWifiRSSI, earshot.RSSIAvgDBm}} {
		inside := values(s, host.wire, host.metric, func(at earshot.Instant) bool { return at >= r.From && at < r.To })
		if len(inside) == 0 {
			continue
		}
		worst := slices.Max(inside)
		if host.metric == earshot.RSSIAvgDBm {
			worst = slices.Min(inside)
		}
		o := observation{What: host.what, Value: host.word + measure(host.metric, worst), Compared: ""}
		if usual, ok := b.usual(s, r, host.wire, host.metric); ok {
			o.Compared = measure(host.metric, usual) + " at other times"
		}
		out = append(out, o)
	}
	told := map[string]int{}
	for i := range s.Notifications {
		if n := &s.Notifications[i]; n.At >= r.From-60_000 && n.At < r.To+60_000 {
			told[b.notice(n.Code)]++
		}
	}
	for _, code := range sortedKeys(told) {
		out = append(out, observation{What: "Zoom told the person", Value: code, Compared: counted(told[code], "time", "times")})
	}
	return out
}

// people are the counts that a verdict rests on.
func (b *builder) people(v earshot.Verdict) []observation {
	var out []observation
	line := func(what string, c earshot.Count) {
		if c.Of > 0 {
			out = append(out, observation{What: what, Value: fmt.Sprintf("%d of %d people bad", c.Bad, c.Of), Compared: fmt.Sprintf("%.0f %%", 100*float64(c.Bad)/float64(c.Of))})
		}
	}
	switch v.Cell.Scope {
	case earshot.ScopePerson, earshot.ScopeNone:
	case earshot.ScopeSender:
		line("Listeners of that sender", v.Inside)
	case earshot.ScopeMeeting:
		line("Listeners in the meeting", v.Inside)
	default:
		line("People who share it: "+b.cellName(v.Cell), v.Inside)
	}
	line("Everybody else", v.Elsewhere)
	return out
}

// cellName names a group of people.
func (b *builder) cellName(c earshot.Cell) string {
	c = b.cell(c)
	site := b.site(b.in.Sites[c.ID])
	switch c.Scope {
	case earshot.ScopeSite:
		return site
	case earshot.ScopeSiteWifi:
		return "Wi-Fi of " + site
	case earshot.ScopeSubnet, earshot.ScopeSubnetWifi:
		return strings.TrimSuffix(c.Name+" in "+site, " in ")
	case earshot.ScopeTransport:
		return site + ", over " + c.Name
	}
	return c.Name
}

func worstMinute(row []earshot.Minute, r *Run) *earshot.Minute {
	var worst *earshot.Minute
	beyond := func(m *earshot.Minute) float64 {
		if m.Reason.Bound == 0 {
			return 0
		}
		return math.Abs(float64(m.Reason.Value / m.Reason.Bound))
	}
	for i := range row {
		m := &row[i]
		if m.At < r.From || m.At >= r.To || !m.Reason.Set {
			continue
		}
		if worst == nil || m.Grade > worst.Grade || m.Grade == worst.Grade && beyond(m) > beyond(worst) {
			worst = m
		}
	}
	return worst
}

// usual is the median of a metric outside of a run.
func (b *builder) usual(s *Stay, r *Run, w earshot.Wire, m earshot.Metric) (float64, bool) {
	outside := values(s, w, m, func(at earshot.Instant) bool { return at < r.From || at >= r.To })
	if len(outside) == 0 {
		return 0, false
	}
	return quantile(outside, 0.5), true
}

func values(s *Stay, w earshot.Wire, m earshot.Metric, when func(earshot.Instant) bool) []float64 {
	var out []float64
	for i := range s.Samples {
		x := &s.Samples[i]
		if v, ok := x.Get(m); ok && x.Wire == w && when(x.At) {
			out = append(out, v)
		}
	}
	return out
}
