package export

import (
	"errors"
	"fmt"
	"path"
	"slices"
	"strings"

	"github.com/earshot/earshot"
)

// Filter narrows what leaves. Empty lists do not narrow; a record has to be in every list that is not empty.
type Filter struct {
	Events   []string        // names of events; * stands for any letters: "meeting.participant_qos*". Events and samples only
	Accounts []string        // Zoom's ids. Not incidents: they are the organisation's
	Sites    []string        // names. Minutes and incidents only
	Grades   []earshot.Grade // Minutes only
}

// applies says which kinds know what a list narrows by.
var applies = []struct {
	name  string
	kinds []Kind
	set   func(*Filter) bool
}{
	{"events", []Kind{KindEvent, KindSample}, func(f *Filter) bool { return len(f.Events) > 0 }},
	{"accounts", []Kind{KindEvent, KindSample, KindMinute, KindSummary}, func(f *Filter) bool { return len(f.Accounts) > 0 }},
	{"sites", []Kind{KindMinute, KindIncident}, func(f *Filter) bool { return len(f.Sites) > 0 }},
	{"grades", []Kind{KindMinute}, func(f *Filter) bool { return len(f.Grades) > 0 }},
}

// check says what is wrong with a filter for the kinds that leave: a list that a kind knows nothing of would let through what it seems
// to hold back.
func (f *Filter) check(kinds []Kind) error {
	var all []error
	for _, a := range applies {
		if !a.set(f) {
			continue
		}
		for _, k := range kinds {
			if !slices.Contains(a.kinds, k) {
				all = append(all, fmt.Errorf("filter.%s cannot narrow %s; want it with %s only, in a destination of its own", a.name, k, join(a.kinds)))
			}
		}
	}
	for _, p := range f.Events {
		if _, err := path.Match(p, "x"); err != nil || strings.ContainsAny(p, "/ ") {
			all = append(all, fmt.Errorf("filter.events has %q; want names such as meeting.participant_qos or meeting.*", p))
		}
	}
	return errors.Join(all...)
}

func join[T fmt.Stringer](all []T) string {
	words := make([]string, len(all))
	for i, v := range all {
		words[i] = v.String()
	}
	return strings.Join(words, " or ")
}

// event reports whether an event leaves, by its name and account: before anything is made of it.
func (f *Filter) event(name, account string) bool {
	if len(f.Accounts) > 0 && !slices.Contains(f.Accounts, account) {
		return false
	}
	if len(f.Events) == 0 {
		return true
	}
	for _, p := range f.Events {
		if ok, _ := path.Match(p, name); ok {
			return true
		}
	}
	return false
}

// account reports whether records of an account leave.
func (f *Filter) account(zoomID string) bool {
	return len(f.Accounts) == 0 || slices.Contains(f.Accounts, zoomID)
}

// minute reports whether a minute leaves, site being its site's name.
func (f *Filter) minute(site string, g earshot.Grade) bool {
	return f.site(site) && (len(f.Grades) == 0 || slices.Contains(f.Grades, g))
}

func (f *Filter) site(name string) bool {
	return len(f.Sites) == 0 || slices.Contains(f.Sites, name)
}
