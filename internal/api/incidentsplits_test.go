package api_test

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/earshot/earshot"
	"github.com/earshot/earshot/internal/api"
	"github.com/earshot/earshot/internal/facts"
	"github.com/earshot/earshot/internal/identity"
	"github.com/earshot/earshot/internal/live"
	"github.com/earshot/earshot/internal/registry"
)

type splits struct {
	From, To string
	People   int
	Splits   []struct {
		By, Name          string
		Cell              cell
		Own               bool
		Inside, Elsewhere api.PeopleCount
	}
	Clues []struct {
		Cause, Holds, Text string
		Count              api.PeopleCount
	}
}

// lines are splits as a reader sees them.
func (s *splits) lines() (rows, clues []string) {
	for _, x := range s.Splits {
		name := x.Name
		if name == "" {
			name = x.Cell.Name
		}
		if x.Cell.Site != nil {
			name += "@" + x.Cell.Site.Name
		}
		if x.Own {
			name += ", own"
		}
		rows = append(rows, fmt.Sprintf("%s %s: %d of %d, %d of %d", x.By, name, x.Inside.Bad, x.Inside.Of, x.Elsewhere.Bad, x.Elsewhere.Of))
	}
	for _, k := range s.Clues {
		clues = append(clues, k.Holds+" "+k.Cause+": "+k.Text)
	}
	return rows, clues
}

const (
	oslo        earshot.ID = 0x5003
	pool        earshot.ID = 0x5004
	elsewhereAc earshot.ID = 0xacc1
	lyonDown    earshot.ID = 0x7005
	lyonNow     earshot.ID = 0x7006
	everywhere  earshot.ID = 0x7007
	longAgo     earshot.ID = 0x7008
	crowdRoom   earshot.ID = 0x1009
)

// outage is a world in which Lyon's 20 people are bad from -100 to -98 and a little before, others are not, and from -3 on again.
type outage struct {
	*world
	people   []earshot.ID // of Lyon
	minutes  []earshot.Minute
	open     []live.Minute
	segments []earshot.Segment
}

func (o *outage) join(k int, of earshot.ID, address string, dims earshot.Dimensions) earshot.ID {
	person, segment := earshot.ID(0x9000+k), earshot.ID(0xa000+k)
	o.segments = append(o.segments, earshot.Segment{
		ID: segment, Meeting: crowdRoom, Account: of, Person: person, InMeetingID: fmt.Sprint(k), Join: at(-120), FirstReport: at(-120), LastReport: at(0),
		Devices: []earshot.DeviceSnapshot{{At: at(-120), PublicIP: address, InternalIP: "10.20.4.7"}},
	})
	for m := -120; m < 0; m++ {
		g := earshot.Good
		switch {
		case dims.Site != lyon:
		case m == -115 && k == 0, m >= -100 && m < -97 && k < 18, m >= -3 && k < 15:
			g = earshot.Bad
		case m == -100 && k == 19:
			g = earshot.Unclassified
		}
		x := earshot.Minute{Segment: segment, Meeting: crowdRoom, Person: person, Account: of, At: at(m), Kind: earshot.KindMeeting, Dimensions: dims, Grade: g, Reports: 1}
		if m < -6 {
			o.minutes = append(o.minutes, x)
		} else {
			o.open = append(o.open, live.Minute{Minute: x, Open: true})
		}
	}
	return person
}

func newOutage(t *testing.T) *outage {
	t.Helper()
	o := &outage{world: newWorld(t)}
	dims := func(site earshot.ID, network, isp string) earshot.Dimensions {
		return earshot.Dimensions{Site: site, NetworkType: network, ISP: isp, DataCenter: "EU", ClientVersion: "6.6.11.4040", Transport: "UDP"}
	}
	for k := range 20 {
		network := "Wired"
		if k%2 == 1 {
			network = "Wifi"
		}
		o.people = append(o.people, o.join(k, account, "198.51.100.24", dims(lyon, network, "Arvel")))
	}
	for k := 100; k < 130; k++ {
		o.join(k, account, "198.51.100.99", dims(oslo, "Wired", "Arvel"))
	}
	for k := 200; k < 210; k++ {
		o.join(k, account, "198.51.100.77", dims(pool, "Wifi", "Norn"))
	}
	for k := 300; k < 305; k++ {
		o.join(k, elsewhereAc, "198.51.100.55", dims(oslo, "Wired", "Norn"))
	}
	room := earshot.Meeting{ID: crowdRoom, Account: account, UUID: "crowd", Start: at(-120), FirstSeen: at(-120), LastSeen: at(0)}
	incident := func(id earshot.ID, from, to int, of earshot.ID) earshot.Incident {
		i := earshot.Incident{
			ID: id, Account: of, Cause: earshot.CauseLocalNetwork, Cell: earshot.Cell{Scope: earshot.ScopeSite, ID: lyon}, Severity: earshot.SeverityMajor,
			State: earshot.IncidentOpen, Start: at(from), Opened: at(from), Updated: at(from), Metric: earshot.MetricCount, People: o.people,
		}
		if to != 0 {
			i.State, i.End = earshot.IncidentClosed, at(to)
		}
		return i
	}
	long := incident(longAgo, -990, -90, account)
	long.Cell = earshot.Cell{Scope: earshot.ScopeSubnet, ID: lyon, Name: "10.20.4.0/24"}
	must(t, o.registry.Apply(t.Context(), &registry.Changes{
		Journal: "j", To: 1,
		Changes: identity.Changes{Meetings: []earshot.Meeting{room}, Segments: o.segments},
		Sites: []earshot.Site{
			{ID: lyon, Name: "Lyon", Ranges: []string{"10.20.0.0/16"}, Zone: "Europe/Paris"}, {ID: oslo, Name: "Oslo", Ranges: []string{"10.30.0.0/16"}},
			{ID: pool, Name: "VPN pool", VPN: true, Ranges: []string{"10.99.0.0/16"}},
		},
		Incidents: []earshot.Incident{incident(lyonDown, -115, -90, account), incident(lyonNow, -3, 0, account), incident(everywhere, -115, -90, 0), long},
	}))
	must(t, o.facts.Apply(t.Context(), &facts.Batch{Cursor: facts.CursorFold, Journal: "j", To: 1, Minutes: o.minutes}))
	u := live.Update{Watermark: noon, Seq: 9, ReceivedAt: noon, Meetings: []earshot.Meeting{room}, Minutes: o.open}
	for k := range o.segments {
		g := live.Segment{Segment: o.segments[k], Dimensions: o.minutes[k*114].Dimensions}
		g.Devices = nil
		u.Segments = append(u.Segments, g)
	}
	o.live.Apply(u)
	return o
}

func TestIncidentSplits(t *testing.T) {
	o := newOutage(t)
	path := func(id earshot.ID) string { return "/api/v1/incidents/" + id.String() + "/splits" }
	rows := func(bad, others int) []string {
		half := bad / 2
		return []string{
			fmt.Sprintf("site @Lyon, own: %d of 20, 0 of %d", bad, others), fmt.Sprintf("address 198.51.100.24@Lyon: %d of 20, 0 of %d", bad, others),
			fmt.Sprintf("network Wired@Lyon: %d of 10, 0 of %d", bad-half, others-10), fmt.Sprintf("network Wifi@Lyon: %d of 10, 0 of 10", half),
		}
	}
	clues := func(wired string, others int) []string {
		return []string{
			"not isp: none of 30 other people on Arvel had it; the site's own line is not ruled out", fmt.Sprintf("not zoom-edge: none of %d other people on EU had it", others),
			fmt.Sprintf("not client-version: none of %d other people with client 6.6.11 had it", others), "not wifi: " + wired + " people on wire had it",
		}
	}
	for _, x := range []struct {
		name        string
		id          earshot.ID
		from        int
		rows, clues []string
		people      int
	}{
		{"the worst minutes of one that is over, which are sealed", lyonDown, -100, rows(18, 40), clues("9 of 10", 40), 60},
		{"one that runs, whose minutes are open", lyonNow, -3, rows(15, 40), clues("8 of 10", 40), 60},
		{"one of fifteen hours, in whose worst hour it was", longAgo, -100, slices.Insert(rows(18, 40)[1:3], 0, "subnet 10.20.4.0/24@Lyon, own: 18 of 20, 0 of 40", "site @Lyon: 18 of 20, 0 of 40"), clues("9 of 10", 40), 60},
		{"of all accounts", everywhere, -100, rows(18, 45), clues("9 of 10", 45), 65},
	} {
		t.Run(x.name, func(t *testing.T) {
			got := read[splits](t, o.world, path(x.id))
			if want := at(x.from).Time().Format("2006-01-02T15:04:05Z"); got.From != want || got.People != x.people {
				t.Errorf("from %s, %d people, want %s and %d", got.From, got.People, want, x.people)
			}
			lines, clues := got.lines()
			if diff := cmp.Diff(x.rows, lines[:min(4, len(lines))]); diff != "" {
				t.Errorf("rows (-want +got):\n%s", diff)
			}
			if diff := cmp.Diff(x.clues, clues); diff != "" {
				t.Errorf("clues (-want +got):\n%s", diff)
			}
		})
	}
}

// Whoever gets the evidence sees the same table; an address stands in it only where it is not redacted.
func TestIncidentBundleTellsWhereItIs(t *testing.T) {
	o := newOutage(t)
	path := "/api/v1/incidents/" + lyonDown.String() + "/bundle.html"
	for query, shown := range map[string]bool{"?redact=false": true, "": false} {
		page := bundle(t, o.world, path+query)
		for _, want := range []string{"Where it is, and where it is not", "18 of 20", "0 of 40", "Not: Internet provider"} {
			if !strings.Contains(page, want) {
				t.Errorf("%q: %q is missing", query, want)
			}
		}
		if strings.Contains(page, "198.51.100.24") != shown {
			t.Errorf("%q: the public address is shown: %v, want %v", query, !shown, shown)
		}
	}
}

func TestIncidentSplitsOfNothing(t *testing.T) {
	w := newWorld(t).fill(t).withIncidents(t)
	for _, id := range []earshot.ID{annsWifi, carrier} { // about one person; with people whom nobody knows any more
		got := read[splits](t, w, "/api/v1/incidents/"+id.String()+"/splits")
		if got.From != "" || got.Splits == nil || got.Clues == nil || len(got.Splits)+len(got.Clues) > 0 {
			t.Errorf("%s: %+v", id, got)
		}
	}
	if status, _, _ := get(t, w, "/api/v1/incidents/"+ann.String()+"/splits"); status != http.StatusNotFound {
		t.Errorf("of no incident: %d", status)
	}
}
