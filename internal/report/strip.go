package report

import (
	"fmt"

	"github.com/earshot/earshot"
)

// strip is one stay's minutes as a row of bars, the higher the worse.
type strip struct {
	Name, Where, When, Grade, Label string
	Bad, Poor                       int
	Bars                            []bar
}

type bar struct{ X, W, Y, H, Grade string }

// stayBounds is the time in which a stay's reports lie.
func stayBounds(s *Stay) (from, to earshot.Instant) {
	for _, at := range [...]earshot.Instant{s.Segment.Join, s.Segment.FirstReport} {
		if at != 0 && (from == 0 || at < from) {
			from = at
		}
	}
	to = max(s.Segment.Leave, s.Segment.LastReport)
	for i := range s.Minutes {
		if from == 0 || s.Minutes[i].At < from {
			from = s.Minutes[i].At
		}
		to = max(to, s.Minutes[i].At+60_000)
	}
	return from.Minute(), to
}

// strips draws rows of minutes on one axis.
func (b *builder) strips(d *document, stays []Stay, from, to earshot.Instant) {
	if to <= from {
		return
	}
	d.StripTicks = b.in.ticks(from, to, stripWidth, 8)
	for i := range stays {
		if i == maxStrips {
			d.MoreStrips = len(stays) - maxStrips
			break
		}
		d.Strips = append(d.Strips, b.strip(&stays[i], from, to))
	}
}

func (b *builder) strip(s *Stay, from, to earshot.Instant) strip {
	out := strip{Name: b.person(s.Who)}
	f, t := stayBounds(s)
	out.When = b.in.clock(f) + "–" + b.in.clock(t)
	var counts earshot.GradeCounts
	width := stripWidth * 60_000 / float64(to-from)
	for i := range s.Minutes {
		m := &s.Minutes[i]
		if m.Site != 0 && out.Where == "" {
			out.Where = b.site(b.in.Sites[m.Site])
		}
		if m.At < from.Minute() || m.At >= to {
			continue
		}
		counts.Add(m.Grade)
		h := 2 + 4*float64(m.Grade)
		out.Bars = append(out.Bars, bar{
			X: coordinate(float64(m.At-from) / float64(to-from) * stripWidth), W: coordinate(max(0.6, width-min(1, width/6))), Y: coordinate(18 - h), H: coordinate(h), Grade: m.Grade.String(),
		})
	}
	out.Grade, out.Bad, out.Poor = counts.Worst().String(), counts[earshot.Bad], counts[earshot.Poor]
	out.Label = fmt.Sprintf("%s: %d bad, %d poor, %d fair, %d good minutes", out.Name, counts[earshot.Bad], counts[earshot.Poor], counts[earshot.Fair], counts[earshot.Good])
	return out
}
