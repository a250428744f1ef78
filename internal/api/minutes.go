package api

import (
	"cmp"
	"context"
	"slices"

	"github.com/earshot/earshot"
	"github.com/earshot/earshot/internal/facts"
	"github.com/earshot/earshot/internal/grade"
	"github.com/earshot/earshot/internal/live"
)

// ledger holds minutes by segment, oldest first: those of the facts and those that only live has.
type ledger map[earshot.ID][]live.Minute

// minutesOf reads the minutes that a filter selects and merges live's of one meeting or segment over them.
func (a *API) minutesOf(ctx context.Context, f facts.Filter, liveID earshot.ID) (ledger, error) {
	f.Limit = maxMinutes
	stored, err := a.facts.Minutes(ctx, f)
	if err != nil {
		return nil, err
	}
	l := make(ledger)
	for i := range stored {
		l[stored[i].Segment] = append(l[stored[i].Segment], live.Minute{Minute: stored[i]})
	}
	for id := range l {
		slices.SortFunc(l[id], byTime)
	}
	for _, row := range a.live.Minutes(liveID) {
		for i := range row.Minutes {
			m := &row.Minutes[i]
			if (f.From == 0 || m.At >= f.From) && (f.To == 0 || m.At < f.To) {
				l.put(m)
			}
		}
	}
	return l, nil
}

func byTime(a, b live.Minute) int { return cmp.Compare(a.At, b.At) }

// put adds a minute that live holds. One that is stored too was computed again if they differ, unless live's is open still.
func (l ledger) put(m *live.Minute) {
	row := l[m.Segment]
	i, found := slices.BinarySearchFunc(row, *m, byTime)
	switch {
	case !found:
		l[m.Segment] = slices.Insert(row, i, *m)
	case m.Open || row[i].Open:
		row[i] = *m
	}
}

// tally is what a segment's minutes amount to.
type tally struct {
	counts earshot.GradeCounts
	worst  *live.Minute // the first of the worst grade, nil for no minutes
	last   *live.Minute
	state  grade.Steady // after the last
}

func (l ledger) tally(p *grade.Profile, segment earshot.ID) tally {
	var t tally
	row := l[segment]
	for i := range row {
		m := &row[i]
		t.counts.Add(m.Grade)
		if t.worst == nil || m.Grade > t.worst.Grade {
			t.worst = m
		}
		t.last = m
		t.state.Minute(p, &m.Minute)
	}
	return t
}

// lasting is the worst grade that a meeting had for long enough to matter: three participant-minutes of it or worse, or
// all there are when there are fewer.
func lasting(c earshot.GradeCounts) earshot.Grade {
	need := min(3, c.Classified())
	n := 0
	for g := earshot.Bad; g > earshot.Unclassified; g-- {
		if n += c[g]; n >= need && n > 0 {
			return g
		}
	}
	return earshot.Unclassified
}

func minuteOf(m *live.Minute) Minute { return Minute{m.At.Time(), kindOf(m)} }

func kindOf(m *live.Minute) MinuteKind {
	out := MinuteKind{
		Grade: m.Grade, Why: m.Why, Reason: reasonOf(m.Reason, m.Grade), Open: m.Open, Spike: m.Spike,
		Slots: slices.Clone(m.Slots[:]), Cause: causeOf(&m.Verdict),
	}
	if m.ZoomAudio != 0 || m.ZoomVideo != 0 || m.ZoomShare != 0 {
		out.Zoom = []earshot.Grade{m.ZoomAudio, m.ZoomVideo, m.ZoomShare}
	}
	return out
}

func minutesJSON(row []live.Minute) []Minute {
	out := make([]Minute, len(row))
	for i := range row {
		out[i] = minuteOf(&row[i])
	}
	return out
}
