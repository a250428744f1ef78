package main

import (
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"github.com/earshot/earshot"
)

// group is the sum of the scenarios of one set.
type group struct {
	Title string
	Names []string
	score score
}

// line says in one line what a scenario came to.
func line(r *run, s *score) string {
	found, missed := s.detectTimes(0)
	return fmt.Sprintf("%-28s %6d truly bad, right %5.1f %%, wrong %5.1f %%, unknown %5.1f %%, ungraded %4.1f %%; faults %d of %d; false %d+%d; %v",
		r.Name, s.Bad, 100*ratio(s.Right, s.Bad), 100*s.wrongBlame(), 100*ratio(s.UnknownMissed+s.UnknownNoise, s.Bad), 100*ratio(s.Ungraded, s.Bad),
		len(found), len(found)+missed, len(s.False), len(s.FalsePersonal), r.Took.Round(100*time.Millisecond))
}

// print writes everything about the group.
func (g *group) print(w io.Writer, examples int) {
	s := &g.score
	fmt.Fprintf(w, "\n=== %s: %d scenarios (%s)\n", g.Title, len(g.Names), strings.Join(g.Names, ", "))
	fmt.Fprintf(w, "%d events, %d classified minutes, %.0f person-days of 8 h, %v of computing\n", s.Events, s.Minutes, s.PersonDays, s.Took.Round(time.Second))
	if s.Bad > 0 {
		g.causes(w)
		g.confusion(w)
		g.reliability(w)
	}
	g.incidents(w)
	fmt.Fprintf(w, "\ncost per tick of 10 s: median %v, p99 %v\n", percentile(s.Ticks, .5).Round(time.Microsecond), percentile(s.Ticks, .99).Round(time.Microsecond))
	g.worst(w, examples)
}

func (g *group) causes(w io.Writer) {
	s := &g.score
	fmt.Fprintf(w, "\n%-15s %9s %9s %9s %9s   %7s %7s   %s\n", "cause", "precision", "recall", "F1", "strict*", "minutes", "said", "victims found")
	for c := earshot.CauseDevice; c < earshot.CauseCount; c++ {
		if s.Dominant[c]+s.Said[c] == 0 {
			continue
		}
		victims := ""
		if s.Victims[c] > 0 {
			victims = fmt.Sprintf("%d of %d", s.VictimsFound[c], s.Victims[c])
		}
		fmt.Fprintf(w, "%-15s %9.3f %9.3f %9.3f %9.3f   %7d %7d   %s\n", c, s.precision(c), s.recall(c), s.f1(c), s.strict(c), s.Dominant[c], s.Said[c], victims)
	}
	fmt.Fprintf(w, "macro F1 %.3f\n", s.macroF1())
	blamed := 0
	for _, n := range s.OrdinaryBlamed {
		blamed += n
	}
	fmt.Fprintf(w, "of %d truly bad minutes: right %.2f %%, wrong blame %.2f %%, unknown %.2f %% (noise %.2f, missed %.2f), not graded poor or bad %.2f %%\n",
		s.Bad, 100*ratio(s.Right, s.Bad), 100*s.wrongBlame(), 100*ratio(s.UnknownMissed+s.UnknownNoise, s.Bad), 100*ratio(s.UnknownNoise, s.Bad),
		100*ratio(s.UnknownMissed, s.Bad), 100*ratio(s.Ungraded, s.Bad))
	fmt.Fprintf(w, "half a minute after a minute is known to be bad: right %.2f %%, wrong %.2f %% of %d\n",
		100*ratio(s.EarlyRight, s.Early), 100*ratio(s.EarlyWrong, s.Early), s.Early)
	fmt.Fprintf(w, "of %d poor or bad minutes without any trouble (ordinary noise), %.1f %% were blamed on something; with them, wrong blame %.2f %%\n",
		s.Ordinary, 100*ratio(blamed, s.Ordinary), 100*ratio(s.Wrong+blamed, s.Bad+s.Ordinary))
	fmt.Fprintln(w, "* strict: precision when blaming ordinary noise counts as wrong, too")
}

// shortNames are the columns of the confusion matrix.
var shortNames = [earshot.CauseCount]string{"ungraded", "unknown", "device", "wifi", "local-n", "isp", "zoom-e", "remote", "version", "vpn"}

func (g *group) confusion(w io.Writer) {
	s := &g.score
	fmt.Fprintf(w, "\n%-15s", "truth \\ said")
	for _, name := range shortNames {
		fmt.Fprintf(w, "%9s", name)
	}
	fmt.Fprintln(w)
	for c := range earshot.CauseCount {
		name := earshot.Cause(c).String()
		if c == 0 {
			name = "(ordinary)"
		}
		total := 0
		for _, n := range s.Confusion[c] {
			total += n
		}
		if total == 0 {
			continue
		}
		fmt.Fprintf(w, "%-15s", name)
		for _, n := range s.Confusion[c] {
			fmt.Fprintf(w, "%9d", n)
		}
		fmt.Fprintln(w)
	}
}

// reliability says how often a stated confidence is right.
func (g *group) reliability(w io.Writer) {
	s := &g.score
	fmt.Fprintf(w, "\n%-15s %9s %9s %9s\n", "confidence", "verdicts", "right", "strict*")
	for b, n := range s.Bins {
		if n+s.BinsOrdinary[b] > 0 {
			fmt.Fprintf(w, "%3d to %3d %%    %9d %9.3f %9.3f\n", 10*b, 10*b+10, n, ratio(s.BinsRight[b], n), ratio(s.BinsRight[b], n+s.BinsOrdinary[b]))
		}
	}
}

func (g *group) incidents(w io.Writer) {
	s := &g.score
	per := func(n int, days float64) float64 { return 1000 * float64(n) / max(1, days) }
	fmt.Fprintf(w, "\nincidents about several people: %d, undecided %d, false %d (%.2f per 1,000 person-days); about one person: %d, without a fault %d (%.2f)\n",
		s.Shared, s.Undecided, len(s.False), per(len(s.False), s.PersonDays), s.Personal, len(s.FalsePersonal), per(len(s.FalsePersonal), s.PersonDays))
	fmt.Fprintf(w, "false of both kinds: %.2f per 1,000 person-days\n", per(len(s.False)+len(s.FalsePersonal), s.PersonDays))
	fmt.Fprintf(w, "on %.0f person-days without shared faults: false %d (%.2f per 1,000), about one person %d (%.2f), both %.2f\n",
		s.HealthyDays, s.HealthyFalse, per(s.HealthyFalse, s.HealthyDays), s.HealthyFalsePersonal, per(s.HealthyFalsePersonal, s.HealthyDays),
		per(s.HealthyFalse+s.HealthyFalsePersonal, s.HealthyDays))
	if s.Own > 0 {
		fmt.Fprintf(w, "troubles of one person with %d or more bad minutes: %d, with an incident %d; time to it median %v, p95 %v\n", leastOwn, s.Own,
			len(s.OwnFound), percentile(s.OwnFound, .5).Round(time.Second), percentile(s.OwnFound, .95).Round(time.Second))
	}
	if len(s.FalsePersonal) > 0 {
		var by [earshot.CauseCount]int
		for _, a := range s.FalsePersonal {
			by[a.Incident.current().Cause]++
		}
		fmt.Fprint(w, "  incidents about a person without a fault, by what they say:")
		for c, n := range by {
			if n > 0 {
				fmt.Fprintf(w, " %s %d", earshot.Cause(c), n)
			}
		}
		fmt.Fprintln(w)
	}
	for _, least := range []float64{0, .5} {
		found, missed := s.detectTimes(least)
		if len(found)+missed == 0 {
			continue
		}
		with := found // those never found count as infinite: they are the far end of the median
		fmt.Fprintf(w, "shared faults of strength %.1f or more: %d, missed %d; time to detect median %s, p95 %s\n", least, len(found)+missed, missed,
			quantile(with, missed, .5), quantile(with, missed, .95))
	}
	for _, d := range s.Detect {
		if !d.Found || d.After > 10*time.Minute {
			how := "missed"
			if d.Found {
				how = "late: " + d.After.Round(time.Second).String()
			}
			fmt.Fprintf(w, "  %s: %s %s at %s, strength %.2f, %v, %d victims\n", how, d.Run, d.Fault.Kind, d.Fault.Target, d.Fault.Strength,
				d.Fault.End.Sub(d.Fault.Start), d.Victims)
		}
	}
	for _, a := range s.False {
		fmt.Fprintf(w, "  false: %s %s %s %v (confidence %.2f, %d of %d)\n", a.Run, a.Incident.At.Time().Format("15:04:05"), a.Incident.Cause, a.Incident.Cell,
			a.Incident.Confidence, a.Incident.Inside.Bad, a.Incident.Inside.Of)
	}
}

// quantile is that of the times together with those that never came.
func quantile(found []time.Duration, missed int, share float64) string {
	sorted := slices.Sorted(slices.Values(found))
	i := int(share * float64(len(sorted)+missed))
	if i >= len(sorted) {
		return "never"
	}
	return sorted[i].Round(time.Second).String()
}

// worst prints the most frequent wrong or missing answers with examples.
func (g *group) worst(w io.Writer, examples int) {
	type confusion struct {
		dominant causeRow
		said     earshot.Cause
	}
	by := map[confusion][]example{}
	for _, e := range g.score.Examples {
		c := confusion{e.Dominant, max(e.Minute.Said.Cause, earshot.CauseUnknown)}
		by[c] = append(by[c], e)
	}
	var order []confusion
	for c := range by {
		order = append(order, c)
	}
	slices.SortFunc(order, func(a, b confusion) int {
		if n := len(by[b]) - len(by[a]); n != 0 {
			return n
		}
		return int(a.dominant)*100 + int(a.said) - int(b.dominant)*100 - int(b.said)
	})
	for _, c := range order[:min(12, len(order))] {
		list := by[c]
		name := earshot.Cause(c.dominant).String()
		if c.dominant == unjudged {
			name = "(ordinary)" // most of it, or all
		}
		fmt.Fprintf(w, "\n%d minutes of %s were said to be %s\n", len(list), name, c.said)
		for i := range min(examples, len(list)) {
			e := list[i*len(list)/min(examples, len(list))]
			fmt.Fprintf(w, "  %s\n", e.describe())
		}
	}
}

// evidence is a verdict's direction and the number that speaks for it.
func evidence(v *earshot.Verdict) string {
	if v.Metric >= earshot.MetricCount {
		return v.Direction.String()
	}
	return strings.TrimSpace(fmt.Sprintf("%s %s %.3g", v.Direction, v.Metric, v.Value))
}

// describe tells a minute: where and when, what is true, what was said.
func (e *example) describe() string {
	m := &e.Minute
	var parts []string
	for _, p := range m.Parts {
		parts = append(parts, fmt.Sprintf("%s %.0f %% (fault %d)", p.Cause, 100*p.Share, p.Fault))
	}
	if m.Ordinary > .005 {
		parts = append(parts, fmt.Sprintf("ordinary %.0f %%", 100*m.Ordinary))
	}
	v := &m.Said
	said := v.Cause.String()
	if v.Candidate != earshot.CauseNone {
		said += ", perhaps " + v.Candidate.String()
	}
	return fmt.Sprintf("%s %s segment %v person %v: truth %s; said %s, %d %%, %v, %s, inside %d/%d, elsewhere %d/%d", e.Run,
		m.Key.At.Time().Format("15:04"), m.Key.Segment, m.Person, strings.Join(parts, ", "), said, v.Confidence, v.Cell, evidence(v),
		v.Inside.Bad, v.Inside.Of, v.Elsewhere.Bad, v.Elsewhere.Of)
}
