package main

import (
	"time"

	"github.com/earshot/earshot"
)

// figure is a group as JSON.
type figure struct {
	Set             string                    `json:"set"`
	Scenarios       []string                  `json:"scenarios"`
	TrulyBad        int                       `json:"truly_bad_minutes"`
	MacroF1         float64                   `json:"macro_f1"`
	WrongBlame      float64                   `json:"wrong_blame"`
	Right           float64                   `json:"right"`
	UnknownNoise    float64                   `json:"unknown_noise"`
	UnknownMissed   float64                   `json:"unknown_missed"`
	Ungraded        float64                   `json:"ungraded"`
	Causes          map[string]causeFigure    `json:"causes"`
	Confusion       map[string]map[string]int `json:"confusion"`
	FalseShared     int                       `json:"false_shared_incidents"`
	FalsePersonal   int                       `json:"false_personal_incidents"`
	PersonDays      float64                   `json:"person_days"`
	HealthyDays     float64                   `json:"healthy_person_days"`
	HealthyFalse    int                       `json:"healthy_false_incidents"`
	HealthyPersonal int                       `json:"healthy_false_personal_incidents"`
	OwnTroubles     int                       `json:"own_troubles"`
	OwnFound        int                       `json:"own_troubles_found"`
	OwnMedian       float64                   `json:"own_troubles_median_s"`
	Faults          int                       `json:"shared_faults"`
	Missed          int                       `json:"missed_faults"`
	DetectMedian    float64                   `json:"detect_median_s"` // of those found
	DetectP95       float64                   `json:"detect_p95_s"`
	OrdinaryBad     int                       `json:"ordinary_bad_minutes"`
	OrdinaryBlamed  int                       `json:"ordinary_blamed"`
	TickMedianMs    float64                   `json:"tick_median_ms"`
	TickP99Ms       float64                   `json:"tick_p99_ms"`
	ComputingSecond float64                   `json:"computing_s"`
}

type causeFigure struct {
	Precision    float64 `json:"precision"`
	Recall       float64 `json:"recall"`
	F1           float64 `json:"f1"`
	Strict       float64 `json:"strict_precision"`
	Minutes      int     `json:"minutes"`
	Victims      int     `json:"victims"`
	VictimsFound int     `json:"victims_found"`
}

// figures turns groups into what is printed as JSON.
func figures(groups []*group) []figure {
	out := []figure{}
	for _, g := range groups {
		s := &g.score
		found, missed := s.detectTimes(0)
		f := figure{
			Set: g.Title, Scenarios: g.Names, TrulyBad: s.Bad, MacroF1: s.macroF1(), WrongBlame: s.wrongBlame(), Right: ratio(s.Right, s.Bad),
			UnknownNoise: ratio(s.UnknownNoise, s.Bad), UnknownMissed: ratio(s.UnknownMissed, s.Bad), Ungraded: ratio(s.Ungraded, s.Bad),
			Causes: map[string]causeFigure{}, Confusion: map[string]map[string]int{}, FalseShared: len(s.False), FalsePersonal: len(s.FalsePersonal),
			PersonDays: s.PersonDays, HealthyDays: s.HealthyDays, HealthyFalse: s.HealthyFalse, HealthyPersonal: s.HealthyFalsePersonal,
			OwnTroubles: s.Own, OwnFound: len(s.OwnFound), OwnMedian: percentile(s.OwnFound, .5).Seconds(), Faults: len(found) + missed, Missed: missed,
			DetectMedian: percentile(found, .5).Seconds(), DetectP95: percentile(found, .95).Seconds(), OrdinaryBad: s.Ordinary,
			TickMedianMs: milliseconds(percentile(s.Ticks, .5)), TickP99Ms: milliseconds(percentile(s.Ticks, .99)), ComputingSecond: s.Took.Seconds(),
		}
		for _, n := range s.OrdinaryBlamed {
			f.OrdinaryBlamed += n
		}
		for c := range earshot.Cause(earshot.CauseCount) {
			if s.Dominant[c]+s.Said[c] > 0 && c >= earshot.CauseDevice {
				f.Causes[c.String()] = causeFigure{s.precision(c), s.recall(c), s.f1(c), s.strict(c), s.Dominant[c], s.Victims[c], s.VictimsFound[c]}
			}
			row := map[string]int{}
			for said, n := range s.Confusion[c] {
				if n > 0 {
					row[rowName(earshot.Cause(said), "ungraded")] = n
				}
			}
			if len(row) > 0 {
				f.Confusion[rowName(c, "ordinary")] = row
			}
		}
		out = append(out, f)
	}
	return out
}

func rowName(c earshot.Cause, none string) string {
	if c == earshot.CauseNone {
		return none
	}
	return c.String()
}

func milliseconds(d time.Duration) float64 { return float64(d) / float64(time.Millisecond) }
