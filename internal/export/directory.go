package export

import (
	"context"

	"github.com/earshot/earshot"
)

// Directory knows the names behind ids. *registry.Registry is one.
type Directory interface {
	Accounts(ctx context.Context) ([]earshot.Account, error)
	Sites(ctx context.Context) ([]earshot.Site, error)
	PersonsByID(ctx context.Context, ids []earshot.ID) ([]earshot.Person, error)
	MeetingsByID(ctx context.Context, ids []earshot.ID) ([]earshot.Meeting, error)
	SegmentsByID(ctx context.Context, ids []earshot.ID) ([]earshot.Segment, error)
}

// names are those of one chunk.
type names struct {
	accounts map[earshot.ID]string
	sites    map[earshot.ID]earshot.Site
	persons  map[earshot.ID]earshot.Person
	meetings map[earshot.ID]earshot.Meeting
	segments map[earshot.ID]earshot.Segment
}

// lookUpAtOnce bounds one question for names.
const lookUpAtOnce = 500

func lookUp[T any](ctx context.Context, ids map[earshot.ID]bool, ask func(context.Context, []earshot.ID) ([]T, error), take func(T)) error {
	delete(ids, 0)
	some := make([]earshot.ID, 0, min(len(ids), lookUpAtOnce))
	flush := func() error {
		all, err := ask(ctx, some)
		for _, v := range all {
			take(v)
		}
		some = some[:0]
		return err
	}
	for id := range ids {
		if some = append(some, id); len(some) == lookUpAtOnce {
			if err := flush(); err != nil {
				return err
			}
		}
	}
	if len(some) == 0 {
		return nil
	}
	return flush()
}

// lookUpPlaces asks for accounts and sites.
func lookUpPlaces(ctx context.Context, d Directory) (*names, error) {
	n := &names{accounts: map[earshot.ID]string{}, sites: map[earshot.ID]earshot.Site{}}
	accounts, err := d.Accounts(ctx)
	if err != nil {
		return nil, err
	}
	for _, a := range accounts {
		n.accounts[a.ID] = a.ZoomID
	}
	sites, err := d.Sites(ctx)
	if err != nil {
		return nil, err
	}
	for _, s := range sites {
		n.sites[s.ID] = earshot.Site{ID: s.ID, Name: s.Name, Derived: s.Derived}
	}
	return n, nil
}

// know reports whether the accounts and sites are among the names.
func (n *names) know(accounts, sites map[earshot.ID]bool) bool {
	for id := range accounts {
		if _, ok := n.accounts[id]; !ok && id != 0 {
			return false
		}
	}
	for id := range sites {
		if _, ok := n.sites[id]; !ok && id != 0 {
			return false
		}
	}
	return true
}

// settle takes accounts and sites that nobody knows for nameless, so that they are not looked up again with every chunk.
func (n *names) settle(accounts, sites map[earshot.ID]bool) {
	for id := range accounts {
		if _, ok := n.accounts[id]; !ok {
			n.accounts[id] = ""
		}
	}
	for id := range sites {
		if _, ok := n.sites[id]; !ok {
			n.sites[id] = earshot.Site{ID: id}
		}
	}
}

// with returns the same accounts and sites with people and meetings.
func (n *names) with(ctx context.Context, d Directory, persons, meetings map[earshot.ID]bool) (*names, error) {
	out := &names{accounts: n.accounts, sites: n.sites, persons: map[earshot.ID]earshot.Person{}, meetings: map[earshot.ID]earshot.Meeting{}}
	if err := lookUp(ctx, persons, d.PersonsByID, func(p earshot.Person) { out.persons[p.ID] = p }); err != nil {
		return nil, err
	}
	return out, lookUp(ctx, meetings, d.MeetingsByID, func(m earshot.Meeting) { out.meetings[m.ID] = m })
}

// site returns what leaves of a site's name: that of an address without a site is a public prefix.
func (n *names) site(r *Redactor, id earshot.ID) string {
	s := n.sites[id]
	if s.Derived {
		return r.text(anAddress, s.Name)
	}
	return s.Name
}

// describe adds who and which meeting.
func (n *names) describe(r *Redactor, rec *Record, person, meeting earshot.ID) {
	rec.addID(attrPersonID, person)
	if p, ok := n.persons[person]; ok {
		rec.add(attrUserID, p.ZoomUserID)
		rec.add(attrUserName, r.text(aName, p.Name))
		rec.add(attrUserEmail, r.text(anEmail, p.Email))
	}
	rec.addID(attrMeetingID, meeting)
	if m, ok := n.meetings[meeting]; ok {
		rec.Group = m.UUID
		rec.add(attrMeeting, m.UUID)
		rec.add(attrMeetingNumber, m.Number)
		rec.add(attrMeetingTopic, r.text(aName, m.Topic))
	}
}
