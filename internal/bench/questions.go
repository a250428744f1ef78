package main

import (
	"net/url"
	"slices"
	"strings"
	"time"

	domain "github.com/earshot/earshot"
	"github.com/earshot/earshot/internal/api"
)

// unasked are GET routes that a filled store says nothing about, and why.
var unasked = map[string]string{
	"/events":                   "a stream, see lag",
	"/openapi.json":             "no page reads it",
	"/ingest":                   "figures of running processes",
	"/segments/{id}/raw-events": "a filled store has no journal",
}

// questions are what pages ask, with their filters; and every other route of the API as it is, about something drawn. Without
// are the routes that are not asked, each with the reason.
func (p *picks) questions(routes []api.Route) (known []question, without []string) {
	known = slices.Concat(p.lists(), p.details(), p.searches())
	covered := make(map[string]bool)
	for i := range known {
		covered[strings.Split(known[i].name, "?")[0]] = true
	}
	for _, r := range routes {
		path := strings.TrimPrefix(r.Path, "/api/v1")
		switch why := unasked[path]; {
		case r.Method != "GET" || covered[path]:
		case why != "":
			without = append(without, path+": "+why)
		case strings.Contains(path, "/alerts/{id}") && len(p.alerts) == 0:
			without = append(without, path+": no alert was ever raised in this store")
		default:
			known = append(known, question{path, func() string { return p.fill(path) }})
		}
	}
	return known, without
}

// fill puts an id of the right sort into a path.
func (p *picks) fill(path string) string {
	for _, x := range []struct {
		of  string
		ids []domain.ID
	}{
		{"meetings", p.meetings}, {"segments", p.segments}, {"persons", p.persons}, {"calls", p.calls}, {"incidents", p.incidents},
		{"sites", p.sites}, {"series", p.series}, {"alerts", p.alerts},
	} {
		if len(x.ids) == 0 {
			continue
		}
		path = strings.Replace(path, "/"+x.of+"/{id}", "/"+x.of+"/"+p.id(x.ids), 1)
	}
	return path
}

func (p *picks) id(of []domain.ID) string { return of[p.r.IntN(len(of))].String() }

func (p *picks) word(of []string) string { return url.QueryEscape(of[p.r.IntN(len(of))]) }

// since is a span that ends now and began so long ago.
func (p *picks) since(d time.Duration) string {
	return "from=" + p.now.Add(-d).Time().Format(time.RFC3339) + "&to=" + p.now.Time().Format(time.RFC3339)
}

// zones differ in when their day began.
var zones = []string{
	"UTC", "Europe/Paris", "Europe/London", "Europe/Athens", "Europe/Moscow", "Africa/Cairo", "Africa/Lagos", "Asia/Dubai", "Asia/Kathmandu", "Asia/Tokyo",
	"America/New_York", "America/Chicago", "America/Denver", "America/Los_Angeles", "America/Sao_Paulo", "America/St_Johns", "Atlantic/Azores", "Asia/Kolkata",
}

const dayLong = 24 * time.Hour

func (p *picks) lists() []question {
	q := func(name string, path func() string) question { return question{name, path} }
	fixed := func(path string) question { return question{path, func() string { return path }} }
	return []question{
		fixed("/meetings?state=live"),
		fixed("/meetings?state=live&grade=poor,bad"),
		q("/meetings?state=live&q=NAME", func() string { return "/meetings?state=live&q=" + p.word(p.names) }),
		fixed("/meetings?state=past"),
		fixed("/meetings?state=past&sort=start"),
		fixed("/meetings?state=past&grade=poor,bad"),
		fixed("/meetings?state=past&sort=people"),
		q("/meetings?state=past&sort=start&q=NAME", func() string { return "/meetings?state=past&sort=start&q=" + p.word(p.names) }),
		q("/meetings?state=past&q=NAME", func() string { return "/meetings?state=past&q=" + p.word(p.names) }),
		q("/meetings?state=past&q=NUMBER", func() string { return "/meetings?state=past&q=" + p.word(p.numbers) }),
		q("/meetings?state=past&q=NUMBER&from=30 days", func() string { return "/meetings?state=past&q=" + p.word(p.numbers) + "&" + p.since(30*dayLong) }),
		q("/meetings?state=past&from=30 days", func() string { return "/meetings?state=past&" + p.since(30*dayLong) }),
		q("/meetings?state=past&series=ID", func() string { return "/meetings?state=past&sort=start&series=" + p.id(p.series) }),
		q("/meetings?state=past&person=ID", func() string { return "/meetings?state=past&sort=start&person=" + p.id(p.persons) }),
		fixed("/persons"),
		q("/persons?q=NAME", func() string { return "/persons?q=" + p.word(p.names) }),
		fixed("/calls"),
		q("/calls?q=NAME", func() string { return "/calls?q=" + p.word(p.names) }),
		q("/calls?person=ID", func() string { return "/calls?person=" + p.id(p.persons) }),
		fixed("/sites"),
		fixed("/incidents"),
		q("/incidents?from=30 days", func() string { return "/incidents?" + p.since(30*dayLong) }),
		q("/incidents?person=ID", func() string { return "/incidents?person=" + p.id(p.persons) }),
		fixed("/grades"),
		q("/overview/day?tz=ZONE", func() string { return "/overview/day?tz=" + p.word(zones) }), // each anew: answers are kept for some seconds
		q("/overview/groups?tz=ZONE", func() string { return "/overview/groups?tz=" + p.word(zones) }),
		q("/grades?from=7 days", func() string { return "/grades?" + p.since(7*dayLong) }),
		q("/grades?from=30 days", func() string { return "/grades?" + p.since(30*dayLong) }),
		q("/search?q=NAME", func() string { return "/search?q=" + p.word(p.names) }),
		q("/search?q=ADDRESS", func() string { return "/search?q=" + p.word(p.addresses) }),
		q("/search?q=HOST", func() string { return "/search?q=" + p.word(p.hosts) }),
		q("/search?q=NUMBER", func() string { return "/search?q=" + p.word(p.numbers) }),
	}
}

func (p *picks) details() []question {
	fill := func(path string) question { return question{path, func() string { return p.fill(path) }} }
	return []question{
		fill("/meetings/{id}"),
		{"/meetings/{id}?of 60 people", func() string { return "/meetings/" + p.id(p.largest) }},
		fill("/meetings/{id}/minutes"),
		fill("/meetings/{id}/minutes/columns"),
		{"/meetings/{id}/minutes/columns?of 60 people", func() string { return "/meetings/" + p.id(p.largest) + "/minutes/columns" }},
		{"/meetings/{id}/minutes?of 60 people", func() string { return "/meetings/" + p.id(p.largest) + "/minutes" }},
		fill("/segments/{id}"),
		fill("/segments/{id}/series"),
		fill("/persons/{id}"),
		fill("/calls/{id}"),
		fill("/incidents/{id}"),
		{"/incidents/{id}/splits?of a site", func() string { return "/incidents/" + p.id(p.shared) + "/splits" }},
	}
}

// searches are what a ticket says, at a time and now, and who is behind a group.
func (p *picks) searches() (all []question) {
	for _, by := range []struct {
		what string
		of   []string
	}{{"ADDRESS", p.addresses}, {"MAC", p.macs}, {"HOST", p.hosts}, {"E-MAIL", p.emails}, {"NAME", p.names}} {
		all = append(all,
			question{"/find?q=" + by.what, func() string { return "/find?q=" + p.word(by.of) }},
			question{"/find?q=" + by.what + "&at=TIME", func() string {
				at := p.now.Add(-time.Duration(p.r.IntN(20*24*60)) * time.Minute)
				return "/find?q=" + p.word(by.of) + "&at=" + at.Time().Format(time.RFC3339)
			}},
		)
	}
	for _, by := range []struct {
		what string
		of   []string
	}{{"version", p.versions}, {"network", p.networks}, {"device", []string{"Windows", "Mac", "iOS"}}, {"system", []string{"Windows", "Mac", "iOS"}}, {"microphone", []string{"Headset"}}} {
		all = append(all, question{"/devices/behind?by=" + by.what, func() string { return "/devices/behind?by=" + by.what + "&name=" + p.word(by.of) }})
	}
	// Each about another site: answers are kept for some seconds.
	for _, path := range []string{"/devices", "/devices/gear"} {
		all = append(all, question{path, func() string { return path }}, question{path + "?site=ID", func() string { return path + "?site=" + p.id(p.sites) }})
	}
	return append(all,
		question{"/alerts", func() string { return "/alerts" }},
		question{"/alerts?state=past", func() string { return "/alerts?state=past" }},
		question{"/export/{what}?csv, 100 rows", func() string { return "/export/minutes?limit=100&" + p.since(time.Hour) }},
	)
}
