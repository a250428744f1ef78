package promapi

import (
	"github.com/prometheus/prometheus/model/labels"

	"github.com/earshot/earshot"
)

// presence counts, minute by minute, how many of some things were there: incidents, alerts, calls.
type presence struct {
	s       *selection
	c       *collection
	changes map[int]map[earshot.Instant]float64 // by series: what begins (and, negative, ends) in a minute
}

func newPresence(s *selection, c *collection) *presence {
	return &presence{s, c, make(map[int]map[earshot.Instant]float64)}
}

// add counts one thing from its beginning through its end, 0 for one that has none yet.
func (p *presence) add(ls labels.Labels, from, to earshot.Instant) { p.weigh(ls, from, to, 1) }

// weigh counts a thing that stands for so much.
func (p *presence) weigh(ls labels.Labels, from, to earshot.Instant, much float64) {
	if to == 0 {
		to = p.s.now
	}
	if !p.s.matches(ls) || to < p.s.from.Minute() || from > p.s.to {
		return
	}
	at := p.c.of(ls)
	if p.changes[at] == nil {
		p.changes[at] = make(map[earshot.Instant]float64)
	}
	p.changes[at][max(from, p.s.from).Minute()] += much
	p.changes[at][min(to, p.s.to).Minute()+minuteMs] -= much
}

// put writes the series: a sample for every minute of the range, so that nothing there is a zero.
func (p *presence) put() error {
	for series, change := range p.changes {
		there := 0.0
		for at := p.s.from.Minute(); at <= p.s.to; at += minuteMs {
			there += change[at]
			if err := p.c.add(series, point{int64(at), there}); err != nil {
				return err
			}
		}
	}
	return nil
}
