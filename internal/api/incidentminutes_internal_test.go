package api

import (
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/earshot/earshot"
	"github.com/earshot/earshot/internal/live"
)

const (
	aMinute                  = 60_000
	courseAt earshot.Instant = 1_794_571_200_000 // a whole hour
)

// stayOf is a join of a person, with a letter for each minute from from on; a dot is no minute.
func stayOf(person, segment earshot.ID, from int, minutes string) *touchedStay {
	s := &touchedStay{join: join{segment: &earshot.Segment{ID: segment, Person: person}}}
	for k, letter := range minutes {
		m := live.Minute{Minute: earshot.Minute{Segment: segment, At: courseAt + earshot.Instant(from+k)*aMinute}}
		switch letter {
		case '.':
			continue
		case 'n':
			m.Why = earshot.WhyNoReport
		default:
			m.Grade = earshot.Grade(strings.IndexRune("ugfpb", letter))
		}
		s.minutes = append(s.minutes, m)
	}
	return s
}

func TestCourseCountsPeopleOnceAStep(t *testing.T) {
	c := newCourse(courseAt+aMinute, courseAt+14*aMinute, 5*aMinute)
	c.add(stayOf(1, 11, 1, "g.b"), true)
	c.add(stayOf(1, 12, 4, "f"), true) // the same person, in another meeting perhaps
	c.add(stayOf(2, 13, 4, "u"), true)
	c.add(stayOf(3, 14, 4, "p"), false)
	c.add(stayOf(3, 15, 10, "g"), false)
	c.add(stayOf(4, 16, 15, "b"), true) // too late
	want := []IncidentStep{
		{At: courseAt.Time(), Reached: GradeCount{Bad: 1, Unclassified: 1}, Others: GradeCount{Poor: 1}},
		{At: (courseAt + 10*aMinute).Time(), Others: GradeCount{Good: 1}},
	}
	reached, steps := c.told()
	if diff := cmp.Diff(want, steps); diff != "" {
		t.Errorf("steps (-want +got):\n%s", diff)
	}
	if reached != 2 {
		t.Errorf("%d people, want 2", reached)
	}
	if span := c.span(); !span.From.Equal(courseAt.Time()) || !span.To.Equal((courseAt + 15*aMinute).Time()) || span.StepSeconds != 300 {
		t.Errorf("%+v, want whole steps", span)
	}
}

func TestCourseStrip(t *testing.T) {
	left := func(s *touchedStay, join, leave int) *touchedStay {
		s.join.segment.Join, s.join.segment.Leave = courseAt+earshot.Instant(join)*aMinute, courseAt+earshot.Instant(leave)*aMinute
		return s
	}
	for name, tt := range map[string]struct {
		step  earshot.Instant
		stays []*touchedStay
		want  string
		bad   int // of minutes 2 to 8
	}{
		"a letter for each minute":                     {1, []*touchedStay{stayOf(1, 11, 0, "gfpbug")}, "gfpbug......", 2},
		"the worst of several joins, each minute once": {1, []*touchedStay{stayOf(1, 11, 1, "gpgb"), stayOf(1, 12, 2, "bnup")}, ".gbgbp......", 3},
		"the worst of a step":                          {5, []*touchedStay{stayOf(1, 11, 0, "ggggf..........")}, "f..", 0},
		"what Zoom did not send":                       {1, []*touchedStay{left(stayOf(1, 11, 1, "g.ng"), 1, 7)}, ".gnngnn.....", 0},
		"nothing after the newest of one who is there": {1, []*touchedStay{left(stayOf(1, 11, 1, "g.b"), 1, -1_794_571_200_000/aMinute)}, ".gnb........", 1},
		"nothing between two joins":                    {1, []*touchedStay{left(stayOf(1, 11, 0, "gg"), 0, 2), left(stayOf(1, 12, 5, "gg"), 5, 7)}, "gg...gg.....", 0},
		"not before the join":                          {1, []*touchedStay{left(stayOf(1, 11, 3, "g"), 2, 4)}, "..ng........", 0},
		"what lies outside":                            {1, []*touchedStay{left(stayOf(1, 11, -3, "bbbbb"), -3, 2), left(stayOf(1, 12, 10, "bbb"), 10, 13)}, "bb........bb", 0},
	} {
		c := newCourse(courseAt, courseAt+12*aMinute, tt.step*aMinute)
		for _, s := range tt.stays {
			c.add(s, true)
		}
		if got := c.strip(c.people[1]); got != tt.want {
			t.Errorf("%s: %s, want %s", name, got, tt.want)
		}
		if got := c.bad(c.people[1], courseAt+2*aMinute, courseAt+8*aMinute); got != tt.bad {
			t.Errorf("%s: %d bad minutes, want %d", name, got, tt.bad)
		}
	}
}

// Whatever the joins, a step is as bad as the worst minute in it, and the counts are those of the strips.
func TestCourseIsOneStory(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		c := newCourse(courseAt, courseAt+20*aMinute, rapid.SampledFrom([]earshot.Instant{1, 2, 5, 10}).Draw(t, "step")*aMinute)
		joins := rapid.SliceOfN(rapid.StringMatching(`[.nugfpb]{1,30}`), 1, 8).Draw(t, "joins")
		for k, minutes := range joins {
			c.add(stayOf(earshot.ID(1+k%3), earshot.ID(10+k), rapid.IntRange(-5, 22).Draw(t, "from"), minutes), k%3 == 0)
		}
		letterCounts := map[rune]int{}
		for _, p := range c.people {
			for _, letter := range c.strip(p) {
				letterCounts[letter]++
			}
		}
		_, steps := c.told()
		var bad, good int
		for _, s := range steps {
			bad += s.Reached.Bad + s.Others.Bad
			good += s.Reached.Good + s.Others.Good
		}
		if bad != letterCounts['b'] || good != letterCounts['g'] {
			t.Fatalf("%d bad and %d good in the steps, %v in the strips", bad, good, letterCounts)
		}
	})
}

func TestIncidentStep(t *testing.T) {
	for span, want := range map[time.Duration]time.Duration{
		21 * time.Minute: time.Minute, 2 * time.Hour: time.Minute, 121 * time.Minute: 2 * time.Minute, 4*time.Hour + time.Minute: 5 * time.Minute,
		12 * time.Hour: 10 * time.Minute,
	} {
		if got := incidentStep(span); got != want {
			t.Errorf("%s in steps of %s, want %s", span, got, want)
		}
	}
}
