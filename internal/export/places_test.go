package export

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/earshot/earshot"
	"github.com/earshot/earshot/internal/facts"
	"github.com/earshot/earshot/internal/facts/factstest"
)

// growing knows more accounts and sites than when it was asked first, and counts how often it was asked.
type growing struct {
	nobody
	known int
	asked int
}

func (g *growing) Accounts(context.Context) (all []earshot.Account, err error) {
	g.asked++
	for i := range g.known {
		all = append(all, earshot.Account{ID: earshot.ID(i + 1), ZoomID: fmt.Sprintf("acc-%d", i+1)})
	}
	return all, nil
}

func (g *growing) Sites(context.Context) (all []earshot.Site, err error) {
	for i := range g.known {
		all = append(all, earshot.Site{ID: earshot.ID(i + 1), Name: fmt.Sprintf("site-%d", i+1)})
	}
	return all, nil
}

// A filter on an event that Zoom does not have lets nothing through, and says so.
func TestUnknownEventsOfAFilter(t *testing.T) {
	for pattern, want := range map[string]string{
		"meeting.participant_qos": "",
		"meeting.*":               "",
		"*":                       "",
		"phone.call_qos*":         "",
		"zoomroom.checked_in":     "", // nothing is made of it here, and it leaves all the same
		"meeting.participant_qo":  `filter.events has "meeting.participant_qo", and Earshot knows no event of Zoom's with that name; there is "meeting.participant_qos"`,
		"meeting.Participant_QoS": `filter.events has "meeting.Participant_QoS", and Earshot knows no event of Zoom's with that name; there is "meeting.participant_qos"`,
		"meetings.started":        `filter.events has "meetings.started", and Earshot knows no event of Zoom's with that name; there is "meeting.started"`,
		"meeting.participants_q*": `filter.events has "meeting.participants_q*", and Earshot knows no event of Zoom's with that name`,
		"qss.meeting":             `filter.events has "qss.meeting", and Earshot knows no event of Zoom's with that name`,
	} {
		f := Filter{Events: []string{pattern}}
		got := strings.Join(f.UnknownEvents(), "; ")
		if got != want {
			t.Errorf("%q\n got %s\nwant %s", pattern, got, want)
		}
	}
}

// Names of accounts and sites are remembered for a minute; one that came to be since must not be missing, least of all in a filter.
func TestAccountAndSiteThatAreNewAreNamed(t *testing.T) {
	m, g := factstest.NewMemory(), &growing{known: 1}
	s := outboxOf(m, 100)
	s.directory, s.now = g, func() time.Time { return outboxHour.Time() }
	s.spec.Filter = Filter{Accounts: []string{"acc-1", "acc-2"}, Sites: []string{"site-1", "site-2"}}
	var at position
	read := func(step int, id earshot.ID) []*Record {
		t.Helper()
		minute := earshot.Minute{Segment: earshot.ID(step), Account: id, At: outboxHour, Grade: earshot.Good, Reports: 1}
		minute.Site = id
		b := &facts.Batch{Cursor: facts.CursorFold, Journal: "j", From: uint64(step), To: uint64(step + 1), Minutes: []earshot.Minute{minute}}
		if err := m.Apply(t.Context(), b); err != nil {
			t.Fatal(err)
		}
		c, err := s.read(t.Context(), at)
		if err != nil {
			t.Fatal(err)
		}
		at = c.next
		return c.records
	}
	if got := read(1, 1); len(got) != 1 {
		t.Fatalf("%d records of the account that is known, want 1", len(got))
	}
	g.known = 2
	if got := read(2, 2); len(got) != 1 {
		t.Fatalf("%d records of the account and site that are new, want 1", len(got))
	}
	read(3, 9)
	asked := g.asked
	if read(4, 9); g.asked != asked {
		t.Error("an account that nobody knows is looked up with every chunk")
	}
}
