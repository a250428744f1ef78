package main

import (
	"slices"
	"time"

	"github.com/earshot/earshot"
)

// leastShare is how much of a minute's trouble a cause must contribute to be a right answer.
const leastShare = .30

// causeRow is a row or column of the confusion matrix: a cause, or none.
type causeRow uint8

// unjudged is the column of truly bad minutes that Earshot did not grade poor or bad, and the row of minutes whose truth has
// no cause: what would have been wrong anyhow. Both stand where CauseNone does.
const unjudged = causeRow(earshot.CauseNone)

// score counts what a judge needs. Scores of several runs add up.
type score struct {
	// Bad counts the truly bad minutes: poor or bad in truth, and worse than without any trouble.
	Bad int
	// Right and Wrong count those with a named cause; Noise and Missed those that are unknown, by whether the truth names a
	// cause; Ungraded those that Earshot did not find poor or bad.
	Right, Wrong, UnknownNoise, UnknownMissed, Ungraded int
	// Confusion counts the truly bad minutes by the cause with the greatest share and by what was said.
	Confusion [earshot.CauseCount][earshot.CauseCount]int
	// Said counts predictions, SaidRight those in the set of the truth; Dominant the minutes in which a cause has the
	// greatest share, Found those of them with a right prediction.
	Said, SaidRight, Dominant, Found [earshot.CauseCount]int
	// Ordinary counts poor and bad minutes that no trouble made worse, OrdinaryBlamed those for which a cause was named all
	// the same, by that cause.
	Ordinary       int
	OrdinaryBlamed [earshot.CauseCount]int
	// Bins count named verdicts on truly bad minutes by tenths of the confidence, BinsRight those that are right, BinsOrdinary
	// those on ordinary minutes.
	Bins, BinsRight, BinsOrdinary [10]int
	// Early and EarlyRight count the answers half a minute after a minute was known to be bad.
	Early, EarlyRight, EarlyWrong int
	// Victims counts the people whom a shared fault gave a truly bad minute, by cause; VictimsFound those of them of whom
	// that was said in at least one of these minutes.
	Victims, VictimsFound [earshot.CauseCount]int
	// Detect are the times from onset to incident of the shared faults, Missed those that never had one, False the incidents
	// about several people that match no fault, FalsePersonal those about one person whom no fault touched.
	Detect           []detection
	Shared, Personal int
	// Own counts the troubles of single people that gave them enough truly bad minutes, OwnFound are the times from the first of
	// these to the incident about that person, of those that had one.
	Own      int
	OwnFound []time.Duration
	// Undecided are incidents that name no cause, but have that of a fault of their time among their candidates: neither true nor
	// false.
	Undecided     int
	False         []falseAlarm
	FalsePersonal []falseAlarm
	// PersonDays and HealthyDays are the opportunities for false alarms: all, and those of runs without any shared fault.
	PersonDays, HealthyDays float64
	HealthyFalse            int
	HealthyFalsePersonal    int
	Ticks                   []time.Duration
	Events                  int
	Minutes                 int
	Took                    time.Duration
	Examples                []example
}

// detection says how long it took until a fault became an incident.
type detection struct {
	Run     string
	Fault   fault
	Victims int
	Found   bool
	After   time.Duration
}

// falseAlarm is an incident that should not be.
type falseAlarm struct {
	Run      string
	Incident opened
}

// example is a minute that was judged wrong.
type example struct {
	Run      string
	Minute   minute
	Dominant causeRow
}

// shares adds up a minute's parts by cause.
func (m *minute) shares() (by [earshot.CauseCount]float64) {
	for _, p := range m.Parts {
		by[p.Cause] += p.Share
	}
	return by
}

// truth returns the causes that are right answers, and the one with the greatest share: CauseNone where what would have
// been wrong anyhow outweighs all of them and none reaches the least share.
func (m *minute) truth() (set [earshot.CauseCount]bool, dominant earshot.Cause) {
	by := m.shares()
	best := 0.0
	for c, x := range by {
		set[c] = x >= leastShare-1e-9
		if set[c] && x > best {
			best, dominant = x, earshot.Cause(c)
		}
	}
	return set, dominant
}

// judge scores one run.
func judge(r *run) *score {
	s := &score{PersonDays: r.personDays(), Ticks: r.Ticks, Events: r.Events, Minutes: r.PersonMinutes, Took: r.Took}
	for i := range r.Minutes {
		s.minute(r.Name, &r.Minutes[i])
	}
	s.victims(r)
	s.detections(r)
	s.alarms(r)
	s.ownTroubles(r)
	if len(r.Faults) == 0 {
		s.HealthyDays, s.HealthyFalse, s.HealthyFalsePersonal = s.PersonDays, len(s.False), len(s.FalsePersonal)
	}
	return s
}

// minute judges one.
func (s *score) minute(name string, m *minute) {
	said := m.Said.Cause
	if !m.Truly {
		if m.Graded && len(m.Parts) == 0 {
			s.Ordinary++
			if named(said) {
				s.OrdinaryBlamed[said]++
				s.BinsOrdinary[decile(&m.Said)]++
				s.Examples = append(s.Examples, example{name, *m, unjudged})
			}
		}
		return
	}
	set, dominant := m.truth()
	s.Bad++
	if dominant != earshot.CauseNone {
		s.Dominant[dominant]++
	}
	s.early(m, &set)
	if !m.Graded {
		s.Ungraded++
		s.Confusion[dominant][unjudged]++
		return
	}
	if said == earshot.CauseNone { // a poor minute about which nothing was said
		said = earshot.CauseUnknown
	}
	s.Confusion[dominant][said]++
	switch {
	case !named(said) && dominant == earshot.CauseNone:
		s.UnknownNoise++
		return
	case !named(said):
		s.UnknownMissed++
		s.Examples = append(s.Examples, example{name, *m, causeRow(dominant)})
		return
	}
	s.Said[said]++
	bin := decile(&m.Said)
	s.Bins[bin]++
	if !set[said] {
		s.Wrong++
		s.Examples = append(s.Examples, example{name, *m, causeRow(dominant)})
		return
	}
	s.Right++
	s.SaidRight[said]++
	s.BinsRight[bin]++
	s.Found[dominant]++
}

// decile is the tenth of the scale in which a verdict's confidence lies.
func decile(v *earshot.Verdict) int { return min(9, int(v.Confidence)/10) }

func (s *score) early(m *minute, set *[earshot.CauseCount]bool) {
	if !m.EarlyKnown {
		return
	}
	s.Early++
	switch {
	case named(m.Early.Cause) && set[m.Early.Cause]:
		s.EarlyRight++
	case named(m.Early.Cause):
		s.EarlyWrong++
	}
}

// named reports whether a verdict blames something.
func named(c earshot.Cause) bool { return c > earshot.CauseUnknown }

// victims counts the people whom each shared fault gave a truly bad minute on their own path.
func (s *score) victims(r *run) {
	type victim struct {
		fault  int
		person earshot.ID
	}
	shared := map[int]earshot.Cause{}
	for _, f := range r.Faults {
		shared[f.Number] = f.Cause
	}
	found := map[victim]bool{}
	var order []victim
	for i := range r.Minutes {
		m := &r.Minutes[i]
		for _, p := range m.Parts {
			c, is := shared[p.Fault]
			if !m.Truly || !is || p.Cause != c || p.Share < leastShare {
				continue
			}
			v := victim{p.Fault, m.Person}
			if _, known := found[v]; !known {
				order = append(order, v)
			}
			found[v] = found[v] || m.Graded && m.Said.Cause == c
		}
	}
	for _, v := range order {
		c := shared[v.fault]
		s.Victims[c]++
		if found[v] {
			s.VictimsFound[c]++
		}
	}
}

// add adds the score of another run.
func (s *score) add(o *score) {
	s.Bad += o.Bad
	s.Right += o.Right
	s.Wrong += o.Wrong
	s.UnknownNoise += o.UnknownNoise
	s.UnknownMissed += o.UnknownMissed
	s.Ungraded += o.Ungraded
	s.Ordinary += o.Ordinary
	s.Early += o.Early
	s.EarlyRight += o.EarlyRight
	s.EarlyWrong += o.EarlyWrong
	for c := range earshot.CauseCount {
		for d := range earshot.CauseCount {
			s.Confusion[c][d] += o.Confusion[c][d]
		}
		s.Said[c] += o.Said[c]
		s.SaidRight[c] += o.SaidRight[c]
		s.Dominant[c] += o.Dominant[c]
		s.Found[c] += o.Found[c]
		s.OrdinaryBlamed[c] += o.OrdinaryBlamed[c]
		s.Victims[c] += o.Victims[c]
		s.VictimsFound[c] += o.VictimsFound[c]
	}
	for b := range s.Bins {
		s.Bins[b] += o.Bins[b]
		s.BinsRight[b] += o.BinsRight[b]
		s.BinsOrdinary[b] += o.BinsOrdinary[b]
	}
	s.Detect = append(s.Detect, o.Detect...)
	s.Shared += o.Shared
	s.Own += o.Own
	s.OwnFound = append(s.OwnFound, o.OwnFound...)
	s.Undecided += o.Undecided
	s.Personal += o.Personal
	s.False = append(s.False, o.False...)
	s.FalsePersonal = append(s.FalsePersonal, o.FalsePersonal...)
	s.PersonDays += o.PersonDays
	s.HealthyDays += o.HealthyDays
	s.HealthyFalse += o.HealthyFalse
	s.HealthyFalsePersonal += o.HealthyFalsePersonal
	s.Ticks = append(s.Ticks, o.Ticks...)
	s.Events += o.Events
	s.Minutes += o.Minutes
	s.Took += o.Took
	s.Examples = append(s.Examples, o.Examples...)
}

// ratio is NaN-free: 0 of nothing.
func ratio(a, b int) float64 {
	if b == 0 {
		return 0
	}
	return float64(a) / float64(b)
}

// precision, recall and f1 are of one cause, over the truly bad minutes.
func (s *score) precision(c earshot.Cause) float64 { return ratio(s.SaidRight[c], s.Said[c]) }
func (s *score) recall(c earshot.Cause) float64    { return ratio(s.Found[c], s.Dominant[c]) }
func (s *score) f1(c earshot.Cause) float64 {
	p, r := s.precision(c), s.recall(c)
	if p+r == 0 {
		return 0
	}
	return 2 * p * r / (p + r)
}

// strict is the precision when naming a cause for what would have been wrong anyhow counts as wrong, too.
func (s *score) strict(c earshot.Cause) float64 {
	return ratio(s.SaidRight[c], s.Said[c]+s.OrdinaryBlamed[c])
}

// macroF1 is the mean over the causes that occur in the truth.
func (s *score) macroF1() float64 {
	sum, n := 0.0, 0
	for c := earshot.CauseDevice; c < earshot.CauseCount; c++ {
		if s.Dominant[c] > 0 {
			sum += s.f1(c)
			n++
		}
	}
	if n == 0 {
		return 0
	}
	return sum / float64(n)
}

// wrongBlame is the share of the truly bad minutes for which something innocent is named.
func (s *score) wrongBlame() float64 { return ratio(s.Wrong, s.Bad) }

// percentile returns the value below which a share of a list lies, 0 for an empty one.
func percentile(list []time.Duration, share float64) time.Duration {
	if len(list) == 0 {
		return 0
	}
	sorted := slices.Sorted(slices.Values(list))
	return sorted[min(len(sorted)-1, int(share*float64(len(sorted))))]
}
