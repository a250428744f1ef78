package api

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/earshot/earshot"
)

func TestCourseCountsPeopleOnceAStep(t *testing.T) {
	const minute = 60_000
	at := earshot.Instant(1_794_571_200_000)
	c := newCourse(5 * minute)
	c.add(at+minute, earshot.Good, 1, true)
	c.add(at+3*minute, earshot.Bad, 1, true) // the same person, in another meeting perhaps
	c.add(at+4*minute, earshot.Fair, 1, true)
	c.add(at+4*minute, earshot.Unclassified, 2, true)
	c.add(at+4*minute, earshot.Poor, 3, false)
	c.add(at+10*minute, earshot.Good, 3, false)
	want := []IncidentStep{
		{At: at.Time(), Reached: GradeCount{Bad: 1, Unclassified: 1}, Others: GradeCount{Poor: 1}},
		{At: (at + 10*minute).Time(), Others: GradeCount{Good: 1}},
	}
	if diff := cmp.Diff(want, c.steps()); diff != "" {
		t.Errorf("steps (-want +got):\n%s", diff)
	}
	if len(c.people) != 2 {
		t.Errorf("%d people, want 2", len(c.people))
	}
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
