package identity

import (
	"github.com/earshot/earshot"
	"github.com/earshot/earshot/zoom"
)

// call is the facts about one phone call and the view derived from them. Times and ZoomID of the view are facts themselves.
type call struct {
	flags
	view    earshot.Call
	account number
	caller  party
	callee  party
}

// party is one side. Its who holds a Zoom user id only where the side is known to be a user: an id may also be a call queue's,
// an auto receptionist's or a shared line group's.
type party struct {
	who
	id, line, extension, device, connection, network text
}

// callOf returns the call with a call_id, a new one when there is none.
func (s *State) callOf(zoomID string) *call {
	id := s.keys.Call(zoomID)
	k := s.calls[id]
	if k == nil {
		k = &call{view: earshot.Call{ID: id, ZoomID: zoomID}}
		s.calls[id] = k
		s.changed.calls.touch(k, hard)
	}
	return k
}

// applyCall folds a phone event in.
func (s *State) applyCall(ev *zoom.Event, at earshot.Instant, account earshot.ID) earshot.ID {
	switch ev.Class {
	case zoom.ClassPhoneQoS, zoom.ClassPhoneSummary, zoom.ClassPhoneRinging, zoom.ClassPhoneConnect, zoom.ClassPhoneEnded:
	default:
		return 0
	}
	o := &ev.Call
	if o.ID == "" {
		return 0
	}
	k := s.callOf(o.ID)
	v, changed := k.view, k.account.set(at, account)
	v.Account = k.account.value
	v.Start = earlier(v.Start, earlier(earshot.Instant(o.StartMs), earshot.Instant(o.RingingMs)))
	v.Connected = earlier(v.Connected, earshot.Instant(o.ConnectedMs))
	v.End = max(v.End, earshot.Instant(o.EndMs))
	if ev.Class == zoom.ClassPhoneEnded && o.EndMs == 0 {
		v.End = max(v.End, at)
	}
	v.FirstSeen = earlier(v.FirstSeen, at)
	changed = k.caller.learnLine(&o.Caller, at) || changed
	changed = k.callee.learnLine(&o.Callee, at) || changed
	for i := range ev.CallQoS {
		q := &ev.CallQoS[i]
		switch q.Side {
		case "caller":
			changed = k.caller.learnReport(q, at) || changed
		case "callee":
			changed = k.callee.learnReport(q, at) || changed
		}
	}
	if changed {
		s.deriveParty(&k.caller, &v.Caller, v.Account)
		s.deriveParty(&k.callee, &v.Callee, v.Account)
	}
	if v != k.view {
		k.view = v
		s.changed.calls.touch(k, hard)
	}
	if at > k.view.LastSeen {
		k.view.LastSeen = at
		s.changed.calls.touch(k, soft)
	}
	return k.view.ID
}

// learnLine takes a side of a life cycle event. Its user_id is a user's.
func (p *party) learnLine(o *zoom.CallParty, at earshot.Instant) (changed bool) {
	note := func(r *text, value string) {
		c, _ := r.set(at, value)
		changed = changed || c
	}
	note(&p.id, o.ZoomUserID)
	note(&p.zoomUser, o.ZoomUserID)
	note(&p.line, o.PhoneNumber)
	note(&p.extension, o.ExtensionNumber)
	note(&p.device, o.DeviceType)
	note(&p.connection, o.ConnectionType)
	return changed
}

// learnReport takes a side of a QoS event. Its id is a user's when an e-mail address stands beside it.
func (p *party) learnReport(q *zoom.CallQoS, at earshot.Instant) (changed bool) {
	note := func(r *text, value string) {
		c, _ := r.set(at, value)
		changed = changed || c
	}
	note(&p.id, q.UserID)
	note(&p.network, q.Network)
	if mail := normalEmail(q.Email); mail != "" {
		c, bumped := p.email.set(at, mail)
		changed = changed || c || bumped && p.person != nil && p.person.view.Email != mail
		note(&p.zoomUser, q.UserID)
	}
	return changed
}

// deriveParty computes a side's view and its person.
func (s *State) deriveParty(p *party, v *earshot.CallParty, account earshot.ID) {
	v.ZoomID, v.Email, v.Number, v.Extension = p.id.value, p.email.value, p.line.value, p.extension.value
	v.Device, v.ConnectionType, v.Network = p.device.value, p.connection.value, p.network.value
	v.Person = 0
	if p.zoomUser.value != "" {
		s.identify(&p.who, account, identifier{earshot.PersonByZoomUser, p.zoomUser.value})
		v.Person = p.person.view.ID
	}
}
