package cause

import (
	"regexp"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/earshot/earshot"
)

type book struct{}

func (book) Site(id earshot.ID) string {
	if id == siteID(1) {
		return "Lyon"
	}
	return ""
}

func (book) Person(segment earshot.ID) string {
	if segment == 7 {
		return "Ana"
	}
	return ""
}

func (book) Zone() *time.Location { return time.FixedZone("CET", 3600) }

func TestSentences(t *testing.T) {
	at := earshot.InstantOf(time.Date(2026, 3, 4, 8, 41, 0, 0, time.UTC))
	for _, x := range []struct {
		name, want string
		v          earshot.Verdict
	}{
		{"none", "", earshot.Verdict{}},
		{"subnet", "17 of 19 people on 10.20.4.0/22 in Lyon received badly since 09:41 CET; 2 of 311 elsewhere. Caused by the network there.", earshot.Verdict{
			Cause: earshot.CauseLocalNetwork, Confidence: 96, Cell: earshot.Cell{Scope: earshot.ScopeSubnet, ID: siteID(1), Name: "10.20.4.0/22"},
			Direction: earshot.DirectionReceive, Inside: earshot.Count{Bad: 17, Of: 19}, Elsewhere: earshot.Count{Bad: 2, Of: 311}, Since: at,
		}},
		{"carrier", "31 of 44 people on Orange had trouble both ways since 09:41 CET; 3 of 402 elsewhere. Most likely the carrier.", earshot.Verdict{
			Cause: earshot.CauseISP, Confidence: 75, Cell: earshot.Cell{Scope: earshot.ScopeISP, Name: "Orange"}, Inside: earshot.Count{Bad: 31, Of: 44},
			Elsewhere: earshot.Count{Bad: 3, Of: 402}, Since: at,
		}},
		{"sender", "11 of 12 listeners received badly what Ana sent since 09:41 CET. Probably Ana's sending.", earshot.Verdict{
			Cause: earshot.CauseRemote, Confidence: 60, Cell: earshot.Cell{Scope: earshot.ScopeSender, ID: 7}, Inside: earshot.Count{Bad: 11, Of: 12}, Since: at,
		}},
		{"nobody's name", "1 of 1 listeners received badly what another participant sent. Probably another participant's sending.", earshot.Verdict{
			Cause: earshot.CauseRemote, Confidence: 60, Cell: earshot.Cell{Scope: earshot.ScopeSender, ID: 8}, Inside: earshot.Count{Bad: 1, Of: 1},
		}},
		{"signal", "Caused by their own Wi-Fi, signal -79 dBm. Not the computer; others in the meeting, in the same place were fine.", earshot.Verdict{
			Cause: earshot.CauseWifi, Confidence: 97, Cell: earshot.Cell{Scope: earshot.ScopePerson, ID: 3}, Metric: earshot.RSSIAvgDBm, Value: -79,
			Ruled: earshot.RuledCPU | earshot.RuledMeeting | earshot.RuledSite,
		}},
		{"unknown", "Unknown: one person had trouble both ways since 09:41 CET, 0 of 41 others. Not the computer, not the signal; others on the same carrier were fine. Perhaps the Wi-Fi there, but too little speaks for it.", earshot.Verdict{
			Cause: earshot.CauseUnknown, Candidate: earshot.CauseWifi, Confidence: 40, Cell: earshot.Cell{Scope: earshot.ScopePerson, ID: 3},
			Elsewhere: earshot.Count{Of: 41}, Ruled: earshot.RuledCPU | earshot.RuledSignal | earshot.RuledISP, Since: at, Metric: earshot.MetricCount,
		}},
		{"between two", "Unknown: 9 of 9 people in one place sent badly, 0 of 80 others. Perhaps the network there, but too little speaks for it.", earshot.Verdict{
			Cause: earshot.CauseUnknown, Candidate: earshot.CauseLocalNetwork, Confidence: 50, Cell: earshot.Cell{Scope: earshot.ScopeSite, ID: 99},
			Direction: earshot.DirectionSend, Inside: earshot.Count{Bad: 9, Of: 9}, Elsewhere: earshot.Count{Of: 80}, Metric: earshot.MetricCount,
		}},
	} {
		if got := Sentence(x.v, book{}); got != x.want {
			t.Errorf("%s:\n got %s\nwant %s", x.name, got, x.want)
		}
	}
}

// Whatever the verdict, the sentence ends as one, holds no share without numbers, and hedges by confidence.
func TestEverySentence(t *testing.T) {
	ends, naked := regexp.MustCompile(`[.]$`), regexp.MustCompile(`\bof (people|elsewhere)|  |\bunknown\(`)
	rapid.Check(t, func(t *rapid.T) {
		v := earshot.Verdict{
			Cause: earshot.Cause(rapid.IntRange(1, earshot.CauseCount-1).Draw(t, "cause")), Confidence: rapid.Uint8Range(0, 100).Draw(t, "confidence"),
			Candidate: earshot.Cause(rapid.IntRange(0, earshot.CauseCount-1).Draw(t, "candidate")),
			Cell:      earshot.Cell{Scope: earshot.Scope(rapid.IntRange(1, earshot.ScopeCount-1).Draw(t, "scope")), ID: siteID(1), Name: "X"},
			Direction: earshot.Direction(rapid.IntRange(0, 2).Draw(t, "direction")), Inside: earshot.Count{Bad: 2, Of: 3},
			Metric: earshot.Metric(rapid.IntRange(0, earshot.MetricCount).Draw(t, "metric")), Ruled: earshot.RuledOut(rapid.Uint8().Draw(t, "ruled")),
		}
		s := Sentence(v, book{})
		if !ends.MatchString(s) || naked.MatchString(s) {
			t.Fatalf("%+v: %q", v, s)
		}
	})
}
