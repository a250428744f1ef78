package registry

import (
	"pgregory.net/rapid"

	"github.com/earshot/earshot"
)

// SweepPeopleUntil does the first steps of a sweep, as one does that is ended then.
func SweepPeopleUntil(t *rapid.T, r *Registry, before earshot.Instant, w Watched, steps int) {
	s := peopleSweep{r: r, before: int64(before)}
	for _, step := range s.steps(w)[:steps] {
		if err := step.do(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
}

// Dangling counts rows of devices and marks whose segment is gone.
func Dangling(t *rapid.T, r *Registry) (n int) {
	err := r.readers.QueryRow(`SELECT (SELECT count(*) FROM segment_devices WHERE segment NOT IN (SELECT id FROM segments))
		+ (SELECT count(*) FROM segment_marks WHERE segment NOT IN (SELECT id FROM segments))`).Scan(&n)
	if err != nil {
		t.Fatal(err)
	}
	return n
}
