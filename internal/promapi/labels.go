package promapi

import (
	"fmt"
	"slices"

	"github.com/earshot/earshot"
	"github.com/earshot/earshot/internal/facts"
)

// label is a label of the metrics that count participants.
type label struct {
	name string
	by   facts.Dimension
	live bool // the live view knows it
	of   func(t *facts.Tally, n *names) string
	// where narrows the question to one value, where the store can; the value is checked again afterwards.
	where func(q *facts.TallyQuery, value string, n *names)
}

// gradeLabel is on every series that counts participants.
const gradeLabel = "grade"

var countLabels = []label{
	{"site", facts.BySite, true, func(t *facts.Tally, n *names) string { return n.site(t.Site) }, func(q *facts.TallyQuery, v string, n *names) {
		q.Where.Site = n.siteID(v)
	}},
	{"network_type", facts.ByNetworkType, true, func(t *facts.Tally, _ *names) string { return t.NetworkType }, func(q *facts.TallyQuery, v string, _ *names) {
		q.Where.NetworkType = v
	}},
	{"isp", facts.ByISP, true, func(t *facts.Tally, _ *names) string { return t.ISP }, func(q *facts.TallyQuery, v string, _ *names) { q.Where.ISP = v }},
	{"data_center", facts.ByDataCenter, true, func(t *facts.Tally, _ *names) string { return t.DataCenter }, func(q *facts.TallyQuery, v string, _ *names) {
		q.Where.DataCenter = v
	}},
	{"client_version", facts.ByClientVersion, true, func(t *facts.Tally, _ *names) string { return t.ClientVersion }, func(q *facts.TallyQuery, v string, _ *names) {
		q.Where.ClientVersion = v
	}},
	{"device_class", facts.ByDeviceClass, true, func(t *facts.Tally, _ *names) string { return t.DeviceClass }, func(q *facts.TallyQuery, v string, _ *names) {
		q.Where.DeviceClass = v
	}},
	{"transport", facts.ByTransport, true, func(t *facts.Tally, _ *names) string { return t.Transport }, func(q *facts.TallyQuery, v string, _ *names) {
		q.Where.Transport = v
	}},
	{"account", facts.ByAccount, false, func(t *facts.Tally, _ *names) string { return idText(t.Account) }, func(q *facts.TallyQuery, v string, _ *names) {
		q.Account = idOf(v)
	}},
	{"kind", facts.ByKind, false, func(t *facts.Tally, _ *names) string { return t.Kind.String() }, nil},
	{"cause", facts.ByCause, false, func(t *facts.Tally, _ *names) string { return t.Cause.String() }, nil},
}

// defaultLabels are those of a selector that names none.
var defaultLabels = []string{"site", "network_type"}

// mostLabels is how many dimensions one question groups by.
const mostLabels = 4

// names translates between ids and what people call a site.
type names struct {
	sites map[earshot.ID]string
	ids   map[string]earshot.ID
}

func newNames(sites []earshot.Site) *names {
	n := &names{make(map[earshot.ID]string, len(sites)), make(map[string]earshot.ID, len(sites))}
	for i := range sites {
		n.sites[sites[i].ID], n.ids[sites[i].Name] = sites[i].Name, sites[i].ID
	}
	return n
}

func (n *names) site(id earshot.ID) string {
	if name, ok := n.sites[id]; ok || id == 0 {
		return name
	}
	return idText(id)
}

// siteID returns the site of a name, an id that no site has where there is none: 0 would not narrow.
func (n *names) siteID(name string) earshot.ID {
	if id, ok := n.ids[name]; ok {
		return id
	}
	if id := idOf(name); id != 0 {
		return id
	}
	return ^earshot.ID(0)
}

func idText(id earshot.ID) string {
	if id == 0 {
		return ""
	}
	return id.String()
}

// idOf reads an id, 0 where it is none.
func idOf(s string) earshot.ID {
	id, err := earshot.ParseID(s)
	if err != nil {
		return 0
	}
	return id
}

// chosen returns the labels that selectors have: of those that the expression mentions, the ones that count participants; the
// default where it mentions none and does not aggregate everything away.
func chosen(mentioned []string, aggregated bool) ([]label, error) {
	pick := func(wanted []string) (out []label) {
		for i := range countLabels {
			if slices.Contains(wanted, countLabels[i].name) {
				out = append(out, countLabels[i])
			}
		}
		return out
	}
	out := pick(mentioned)
	if len(out) == 0 && !aggregated {
		out = pick(defaultLabels)
	}
	if len(out) > mostLabels {
		return nil, fmt.Errorf("the expression mentions %d of the labels that participants are counted by; at most %d go together", len(out), mostLabels)
	}
	return out, nil
}
