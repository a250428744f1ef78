package incident

import (
	"cmp"
	"math"
	"time"

	"github.com/earshot/earshot"
	"github.com/earshot/earshot/internal/cause"
)

// fresh is how old a person's newest minute may be for news: somebody who left is not news.
const fresh = 3 * time.Minute

// spell is a person's own trouble that is not an incident yet.
type spell struct {
	Person      earshot.ID
	Since, Seen earshot.Instant // its first bad minute; when it was in the picture last
	Minute      earshot.Instant // the newest bad minute that was counted
	Bad, Sure   int             // bad minutes; those of them whose cause was sure
}

// personal opens and updates the incidents of single people.
func (e *Engine) personal(people []cause.Trouble, senders []cause.Sender) {
	heard := make(map[earshot.ID]int, len(senders))
	for i := range senders {
		heard[senders[i].Segment] = len(senders[i].Listeners)
	}
	for i := range people {
		t := &people[i]
		if t.Person == 0 {
			continue
		}
		if l := e.live[e.persons[t.Person]]; l != nil {
			e.follow(l, t)
			continue
		}
		s := e.spell(t)
		if s != nil && t.Clean == 0 && e.newsFor(t, s, heard[t.Segment]) {
			e.openPersonal(t, s)
			delete(e.spells, t.Person)
		}
	}
	for person, s := range e.spells {
		if e.now.Sub(s.Seen) > fresh {
			delete(e.spells, person)
		}
	}
	e.heardBadly(senders)
}

// spell follows a person's own trouble, nil where there is none. It begins with what the last five minutes hold.
func (e *Engine) spell(t *cause.Trouble) *spell {
	s := e.spells[t.Person]
	switch {
	case t.Clean >= e.rules.PersonClean:
		delete(e.spells, t.Person)
		return nil
	case s == nil && (t.Harmed == 0 || !ownTrouble(&t.Verdict)):
		return nil
	case s == nil:
		s = &spell{Person: t.Person, Since: cmp.Or(t.Verdict.Since, t.Last, e.now), Bad: t.Harmed, Minute: t.Last.Minute()}
		e.spells[t.Person] = s
		if e.sure(&t.Verdict) {
			s.Sure++
		}
	case t.Clean == 0 && t.Last.Minute() > s.Minute && ownTrouble(&t.Verdict):
		s.Bad++
		if e.sure(&t.Verdict) {
			s.Sure++
		}
		s.Minute = t.Last.Minute()
	}
	s.Seen = e.now
	return s
}

// ownTrouble reports whether a verdict says that the trouble is the person's own.
func ownTrouble(v *earshot.Verdict) bool {
	if v.Cell.Scope != earshot.ScopePerson && v.Cell.Scope != earshot.ScopeNone {
		return false
	}
	switch v.Cause {
	case earshot.CauseNone, earshot.CauseRemote:
		return false
	case earshot.CauseUnknown:
		return v.Candidate != earshot.CauseRemote // perhaps a victim of somebody else
	}
	return true // their computer, Wi-Fi, line, way through the VPN or network at home
}

// newsFor reports whether so much trouble is news for this person, and lasted for long enough or was heard by others.
func (e *Engine) newsFor(t *cause.Trouble, s *spell, heardBy int) bool {
	if !ownTrouble(&t.Verdict) || t.Last != 0 && e.now.Sub(t.Last) > fresh {
		return false
	}
	r := &e.rules
	tail := binomialTail(t.Harmed, r.PersonWindow, min(max(t.BaseRate, r.MinBaseRate), r.MaxBaseRate))
	if !e.sure(&t.Verdict) {
		return s.Bad >= r.UnknownLasts && t.Harmed >= r.UnknownBad && tail < r.UnknownTail && !e.sharesTrouble(t.Person)
	}
	lasts := s.Sure >= r.PersonLasts || heardBy >= r.HeardBy && s.Sure >= r.HeardLasts
	return lasts && t.Harmed >= r.PersonBad && tail < r.PersonTail
}

// sure reports whether a person's verdict is more than a guess: something was measured that speaks for its cause, and little
// for others.
func (e *Engine) sure(v *earshot.Verdict) bool {
	switch {
	case !ownTrouble(v) || v.Cause == earshot.CauseUnknown || v.Metric == earshot.MetricCount:
		return false
	case v.Metric == earshot.RSSIAvgDBm && float64(v.Value) > e.rules.SureDBm:
		return false
	}
	return float64(v.Confidence) >= e.rules.SurePct
}

// sharesTrouble reports whether a person is among the troubled people of a shared incident: trouble without a cause of its
// own is a part of that.
func (e *Engine) sharesTrouble(person earshot.ID) bool {
	for _, l := range e.live {
		if l.personal() {
			continue
		}
		if w := e.watches[l.I.Cell]; w != nil && contains(w.Troubled, person) {
			return true
		}
	}
	return false
}

// binomialTail is the chance of at least k of n when each has probability p.
func binomialTail(k, n int, p float64) float64 {
	var sum float64
	ways := 1.0 // n over i
	for i := 0; i <= n; i++ {
		if i >= k {
			sum += ways * math.Pow(p, float64(i)) * math.Pow(1-p, float64(n-i))
		}
		ways = ways * float64(n-i) / float64(i+1)
	}
	return sum
}

func (e *Engine) openPersonal(t *cause.Trouble, s *spell) {
	v := &t.Verdict
	cell := earshot.Cell{Scope: earshot.ScopePerson, ID: t.Person}
	l := e.begin(cell, s.Since)
	if l == nil {
		return
	}
	e.persons[t.Person] = l.I.ID
	l.I.Cause, l.I.Direction, l.I.Confidence, l.I.Inside = v.Cause, v.Direction, v.Confidence, earshot.Count{Bad: 1, Of: 1}
	l.I.Elsewhere = v.Elsewhere
	if v.Cause == earshot.CauseUnknown && v.Candidate != earshot.CauseNone && v.Candidate != earshot.CauseUnknown {
		l.I.Candidates = []earshot.Cause{v.Candidate}
	}
	l.Noted, l.Recent = 1, l.I.Inside
	e.note(l, earshot.IncidentEvent{What: earshot.IncidentOpened, Inside: l.Recent, Cell: cell, Cause: v.Cause})
	l.Counted = e.now.Minute()
	e.count(l, float64(s.Bad))
	e.suffer(l, t)
}

// follow updates a person's incident. It is calmed here, too: only here is known how many good minutes followed.
func (e *Engine) follow(l *live, t *cause.Trouble) {
	quiet := l.I.State == earshot.IncidentQuiet
	switch {
	case t.Clean >= e.rules.PersonClean:
		if !quiet {
			e.calm(l)
		}
		return
	case t.Last != 0 && t.Last <= l.Reported: // nothing new
		return
	case t.Clean > 0 || !ownTrouble(&t.Verdict) || t.Harmed == 0:
		return
	case quiet && t.Harmed < 2: // one bad minute is not the trouble again
		return
	case quiet:
		e.reopen(l)
	}
	if e.now.Minute() != l.Counted {
		l.Counted = e.now.Minute()
		e.count(l, 1)
	}
	e.suffer(l, t)
}

// suffer takes what a bad minute of a person says.
func (e *Engine) suffer(l *live, t *cause.Trouble) {
	l.LastOn, l.LastBad, l.Segment, l.Reported = e.now, e.now, t.Segment, t.Last
	e.affect(l, []earshot.ID{t.Person})
	if t.Meeting != 0 {
		if _, ok := l.tally[t.Meeting]; !ok {
			e.touch(l, []earshot.ID{t.Meeting}, 1)
		}
	}
	l.trust(t.Verdict.Confidence)
	if t.Verdict.Metric != earshot.MetricCount && t.Verdict.Metric < earshot.MetricCount {
		set(l, &l.I.Metric, t.Verdict.Metric)
	}
	e.mind(l, t.Verdict.Cause)
	e.weigh(l, l.Recent.Bad)
}

// heardBadly adds to the incidents of people who send badly those who hear them badly: the listeners have no incident of
// their own.
func (e *Engine) heardBadly(senders []cause.Sender) {
	if len(senders) == 0 {
		return
	}
	bySegment := map[earshot.ID]*live{}
	for _, l := range e.live {
		if l.personal() && l.Segment != 0 && l.I.State == earshot.IncidentOpen {
			bySegment[l.Segment] = l
		}
	}
	for i := range senders {
		s := &senders[i]
		l := bySegment[s.Segment]
		if l == nil {
			continue
		}
		n := len(s.Listeners)
		e.affect(l, s.Listeners)
		e.touchNew(l, []earshot.ID{s.Meeting})
		l.Recent = earshot.Count{Bad: 1 + n, Of: 1 + s.Of}
		if l.Recent.Bad > l.I.Inside.Bad {
			set(l, &l.I.Inside, l.Recent)
		}
		if e.now.Minute() != l.Heard {
			l.Heard = e.now.Minute()
			e.count(l, float64(n))
		}
		e.weigh(l, l.Recent.Bad)
	}
}

// touchNew adds meetings that the incident does not know.
func (e *Engine) touchNew(l *live, meetings []earshot.ID) {
	for _, id := range meetings {
		if _, ok := l.tally[id]; !ok {
			e.touch(l, []earshot.ID{id}, 1)
		}
	}
}
