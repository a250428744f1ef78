package identity

import (
	"strings"

	"github.com/earshot/earshot"
	"github.com/earshot/earshot/zoom"
)

// who is what one segment, or one side of a call, says about the human.
type who struct {
	zoomUser, email, name text
	more                  *more // nil while it has nothing to hold
	person                *person
	account               earshot.ID // of the meeting or call
}

// more is what most people do not have.
type more struct{ registrant, customerKey, phone text }

// rest returns what is in more, empty or not.
func (w *who) rest() more {
	if w.more == nil {
		return more{}
	}
	return *w.more
}

// person is one human and those whose facts make up the view.
type person struct {
	flags
	view    earshot.Person
	members []*who
	base    *who // facts of members that left memory while others stayed
	all     who  // the newest that any member, or base, says: what thousands of one name say is not gone through for each of them
}

// learn takes the identifiers of an event. changed: one of them has another value now. contested: a value that the person
// does not show was said again, later, and may have won.
func (w *who) learn(at earshot.Instant, p *zoom.Participant) (changed, contested bool) {
	note := func(r *text, value string, shown func(*earshot.Person) string) {
		c, bumped := r.set(at, value)
		changed = changed || c
		if bumped && !c && w.person != nil && shown(&w.person.view) != value {
			contested = true
		}
	}
	note(&w.zoomUser, p.ZoomUserID, func(v *earshot.Person) string { return v.ZoomUserID })
	note(&w.email, normalEmail(p.Email), func(v *earshot.Person) string { return v.Email })
	note(&w.name, strings.TrimSpace(p.Name), func(v *earshot.Person) string { return v.Name })
	if p.RegistrantID == "" && p.CustomerKey == "" && p.PhoneNumber == "" {
		return changed, contested
	}
	if w.more == nil {
		w.more = &more{}
	}
	note(&w.more.registrant, p.RegistrantID, func(v *earshot.Person) string { return v.Registrant })
	note(&w.more.customerKey, p.CustomerKey, func(v *earshot.Person) string { return v.CustomerKey })
	c, _ := w.more.phone.set(at, p.PhoneNumber)
	return changed || c, contested
}

// normalEmail makes one spelling of an address. It allocates only for those with capitals.
func normalEmail(s string) string { return strings.ToLower(strings.TrimSpace(s)) }

// identifier is the best that is known to tell a person by.
type identifier struct {
	kind  earshot.PersonKey
	value string
}

// strong reports whether the identifier is the person's own, rather than what anybody may be called.
func (i identifier) strong() bool {
	return i.kind != earshot.PersonByNothing && i.kind < earshot.PersonByNameDevice
}

// best returns the best identifier: Zoom user id, else registrant, customer key, e-mail, else name, device and telephone
// number together, else nothing but the segment itself.
func (w *who) best(device string, segment earshot.ID) identifier {
	rest := w.rest()
	switch {
	case w.zoomUser.value != "":
		return identifier{earshot.PersonByZoomUser, w.zoomUser.value}
	case rest.registrant.value != "":
		return identifier{earshot.PersonByRegistrant, rest.registrant.value}
	case rest.customerKey.value != "":
		return identifier{earshot.PersonByCustomerKey, rest.customerKey.value}
	case w.email.value != "":
		return identifier{earshot.PersonByEmail, w.email.value}
	case w.name.value != "" || rest.phone.value != "":
		return identifier{earshot.PersonByNameDevice, w.name.value + "\x00" + device + "\x00" + rest.phone.value}
	}
	return identifier{earshot.PersonByNothing, segment.String()}
}

// identify makes w a member of the person that the identifier names and reports whether that is another than before.
func (s *State) identify(w *who, account earshot.ID, by identifier) bool {
	id := s.keys.Person(account, by.kind, by.value)
	if w.person != nil && w.person.view.ID == id {
		if w.account != account { // of several the least is told, which may have been this one
			w.account = account
			s.derivePerson(w.person)
			return false
		}
		s.widenPerson(w)
		return false
	}
	s.unidentify(w)
	w.account = account
	p := s.persons[id]
	if p == nil {
		p = &person{view: earshot.Person{ID: id, KeyKind: by.kind}}
		s.persons[id] = p
		s.changed.persons.touch(p, hard)
	}
	p.members = append(p.members, w)
	w.person = p
	s.widenPerson(w)
	return true
}

// unidentify takes w, and what it says, out of its person.
func (s *State) unidentify(w *who) {
	if p := w.person; p != nil && s.forsake(w) {
		s.derivePerson(p)
	}
}

// forsake takes w out of its person, who keeps what it said, and reports whether there is still somebody. A person whom nothing refers
// to any more was a guess and is forgotten.
func (s *State) forsake(w *who) bool {
	p := w.person
	w.person = nil
	p.members = without(p.members, w)
	if len(p.members) > 0 {
		return true
	}
	delete(s.persons, p.view.ID)
	p.flags |= gone
	return false
}

// derivePerson gathers anew what the members say. It is for those who left or say less: what is said beside, or newer, only adds.
func (s *State) derivePerson(p *person) {
	p.all = who{}
	if p.base != nil {
		p.all.merge(p.base)
	}
	for _, w := range p.members {
		p.all.merge(w)
	}
	s.showPerson(p)
}

// widenPerson adds what a member says to its person.
func (s *State) widenPerson(w *who) {
	w.person.all.merge(w)
	s.showPerson(w.person)
}

// showPerson computes the view: for each field the newest that any member says.
func (s *State) showPerson(p *person) {
	v := p.view
	rest := p.all.rest()
	v.ZoomUserID, v.Registrant, v.CustomerKey = p.all.zoomUser.value, rest.registrant.value, rest.customerKey.value
	v.Email, v.Name = p.all.email.value, p.all.name.value
	v.Account = p.all.account
	if v != p.view {
		p.view = v
		s.changed.persons.touch(p, hard)
	}
}

// merge adds what o says. Of several accounts the least stands for all: which one does not matter, as long as it is the same
// in any order.
func (w *who) merge(o *who) {
	if o.account != 0 && (w.account == 0 || o.account < w.account) {
		w.account = o.account
	}
	w.zoomUser.merge(&o.zoomUser)
	w.email.merge(&o.email)
	w.name.merge(&o.name)
	if o.more == nil {
		return
	}
	if w.more == nil {
		w.more = &more{}
	}
	w.more.registrant.merge(&o.more.registrant)
	w.more.customerKey.merge(&o.more.customerKey)
	w.more.phone.merge(&o.more.phone)
}
