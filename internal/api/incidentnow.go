package api

import (
	"context"

	"github.com/earshot/earshot"
)

// tellNow fills in how those are now whom open incidents reached. One look at the live view serves all of them.
func (a *API) tellNow(ctx context.Context, rows []IncidentRow, incidents []earshot.Incident) error {
	reached := make(map[int][]earshot.ID)
	var all []earshot.ID
	for k := range incidents {
		i := &incidents[k]
		if i.State != earshot.IncidentOpen || i.Personal() {
			continue // of one person the row says it already
		}
		people, err := a.registry.IncidentPeople(ctx, i.ID)
		if err != nil {
			return err
		}
		reached[k], all = people, append(all, people...)
	}
	if len(all) == 0 {
		return nil
	}
	present := a.live.Grades(all)
	for k, people := range reached {
		var now PeopleCount
		for _, id := range people {
			g := present[id] // unclassified also of whom is not there
			if g == earshot.Unclassified {
				continue
			}
			now.Of++
			if g >= earshot.Poor {
				now.Bad++
			}
		}
		rows[k].Now = &now
	}
	return nil
}
