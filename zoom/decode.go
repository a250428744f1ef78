package zoom

import (
	"bytes"
	"cmp"
)

// Bounds of what Decode reads. Zoom stays far below them; they keep one crafted notification from costing much more memory
// than its own size.
const (
	MaxDepth   = 64   // nested objects and arrays; Zoom's deepest known event has seven
	MaxEntries = 1024 // entries of one qos, data, issues or call_qos array; what follows is listed as "!many" in Event.Unknown
	MaxName    = 128  // bytes of an unknown event's name; the rest is cut
)

// Decoder reads notifications. The zero Decoder is ready. It may be used again and again, which saves allocations, but only
// by one goroutine at a time.
type Decoder struct {
	scanner
	ev      *Event
	depth   int      // of the containers that are open
	path    []string // the keys that lead to them, without the outermost object
	scratch []byte
	interns interns
}

// byteOrderMark begins the files of some editors. RFC 8259 §8.1 lets a reader ignore it.
var byteOrderMark = []byte("\xef\xbb\xbf")

// Decode reads one notification into ev, which it overwrites. Nothing in ev refers to body afterwards.
//
// Only a body that is not one JSON object, or one that is nested deeper than [MaxDepth], is an error, always a
// [*DecodeError]; ev then holds what was read before the place of the error, which may be half of an event: good for a
// message, not for use. Everything else is read as far as it goes: an unknown key is skipped and listed in ev.Unknown, a
// value that cannot be read as what its key means leaves its field absent and is listed with "!type" appended. When a key
// occurs twice in an object, the last one counts. Keys are compared exactly and may come in any order. A byte order mark
// before the object is ignored; invalid UTF-8 in a text becomes U+FFFD.
func (d *Decoder) Decode(body []byte, ev *Event) error {
	*ev = Event{
		QoS: ev.QoS[:0], Data: ev.Data[:0], Issues: ev.Issues[:0], CallQoS: ev.CallQoS[:0], Unknown: ev.Unknown[:0],
	}
	d.scanner = scanner{buf: body}
	d.ev, d.depth, d.path = ev, 0, d.path[:0]
	if bytes.HasPrefix(body, byteOrderMark) {
		d.pos = len(byteOrderMark)
	}
	d.envelope()
	finish(ev)
	err, at := d.err, d.at
	d.scanner, d.ev = scanner{}, nil // do not hold on to what is the caller's
	if err != nil {
		return &DecodeError{Offset: at, Err: err}
	}
	return nil
}

// envelope reads the outermost object and what may follow it.
func (d *Decoder) envelope() {
	d.space()
	if d.peek() != '{' {
		d.fail(ErrNotObject)
		return
	}
	ev := d.ev
	d.fields(func(key []byte) {
		switch string(key) {
		case "event":
			d.eventName(key)
		case "event_ts":
			d.date(key, &ev.TimeMs)
		case "payload":
			d.payload()
		default:
			d.unknown(key)
		}
	})
	if d.pos < len(d.buf) {
		d.fail(ErrTrailingData)
	}
}

func (d *Decoder) eventName(key []byte) {
	ev := d.ev
	ev.Name, ev.Family, ev.Class = "", FamilyOther, ClassUnknown
	if d.peek() != '"' {
		d.wrongType(string(key))
		return
	}
	b := d.str()
	if e, ok := events[string(b)]; ok {
		ev.Name, ev.Family, ev.Class = e.name, e.family, e.class
		return
	}
	ev.Name = d.interns.get(cut(b, MaxName))
	ev.Family = familyOf(ev.Name)
}

func (d *Decoder) payload() {
	ev := d.ev
	ev.AccountID, ev.PlainToken = "", ""
	d.resetObject()
	d.object("payload", func(key []byte) {
		switch string(key) {
		case "account_id":
			d.shared(key, &ev.AccountID)
		case "object":
			d.payloadObject()
		case "plainToken":
			// A token that is not a string is none: it must not be signed.
			ev.PlainToken = ""
			if d.peek() == '"' {
				d.text(key, &ev.PlainToken)
			} else {
				d.wrongType(string(key))
			}
		default:
			d.unknown(key)
		}
	})
}

// resetObject forgets an earlier payload.object: the last of several keys counts, not their union.
func (d *Decoder) resetObject() {
	ev := d.ev
	ev.Meeting, ev.Participant, ev.Call, ev.Room = Meeting{}, Participant{}, Call{}, Room{}
	ev.QoS, ev.Data, ev.Issues, ev.CallQoS = ev.QoS[:0], ev.Data[:0], ev.Issues[:0], ev.CallQoS[:0]
}

// payloadObject reads payload.object of every event: the name that says which one it is may come last, and no key means
// different things in different events but "id" (see finish).
func (d *Decoder) payloadObject() {
	m := &d.ev.Meeting
	d.resetObject()
	d.object("object", func(key []byte) {
		switch string(key) {
		case "uuid", "session_id":
			d.shared(key, &m.UUID)
		case "id":
			d.shared(key, &m.ID)
		case "host_id":
			d.shared(key, &m.HostID)
		case "topic", "session_name":
			d.shared(key, &m.Topic)
		case "type":
			d.integer(key, &m.Type)
		case "start_time":
			d.date(key, &m.StartMs)
		case "end_time":
			d.date(key, &m.EndMs)
		case "timezone":
			d.shared(key, &m.Timezone)
		case "duration":
			d.integer(key, &m.DurationMin)
		case "breakout_room_uuid":
			d.shared(key, &m.BreakoutRoomUUID)
		case "session_key":
			d.shared(key, &m.SessionKey)
		case "participant":
			d.participant("participant", false)
		case "user":
			d.participant("user", true)
		case "issues", "issue":
			d.readIssues(key)
		case "practice_session":
			d.skip()
		default:
			if !d.callField(key) && !d.roomField(key) {
				d.unknown(key)
			}
		}
	})
}

// readIssues reads a list of words, or the single word that session.alert and the Zoom Rooms alerts have instead.
func (d *Decoder) readIssues(key []byte) {
	ev := d.ev
	ev.Issues = ev.Issues[:0]
	one := func() {
		var s string
		if d.shared(key, &s); s != "" {
			ev.Issues = append(ev.Issues, s)
		}
	}
	if d.peek() != '[' {
		one()
		return
	}
	d.elements(string(key), one)
}

// participant reads payload.object.participant, or a session's user, whose id is the in-meeting id.
func (d *Decoder) participant(name string, session bool) {
	ev := d.ev
	p := &ev.Participant
	*p = Participant{}
	ev.QoS, ev.Data = ev.QoS[:0], ev.Data[:0]
	var id, inMeeting, inMeeting2, zoomUser string
	d.object(name, func(key []byte) {
		switch string(key) {
		case "id":
			d.text(key, &id)
		case "user_id":
			d.text(key, &inMeeting)
		case "participant_id":
			d.text(key, &inMeeting2)
		case "participant_user_id":
			d.text(key, &zoomUser)
		case "participant_uuid":
			d.text(key, &p.UUID)
		case "user_name", "name":
			d.text(key, &p.Name)
		case "email":
			d.text(key, &p.Email)
		case "registrant_id":
			d.text(key, &p.RegistrantID)
		case "customer_key", "user_key":
			d.text(key, &p.CustomerKey)
		case "phone_number":
			d.text(key, &p.PhoneNumber)
		case "join_time":
			d.date(key, &p.JoinMs)
		case "leave_time":
			d.date(key, &p.LeaveMs)
		case "date_time":
			d.date(key, &p.AtMs)
		case "leave_reason":
			d.text(key, &p.LeaveReason)
		case "parent_user_id":
			d.text(key, &p.ParentUserID)
		case "bind_user_id":
			d.text(key, &p.BindUserID)
		case "qos":
			d.qos()
		case "data":
			d.data()
		case "bind_participant_uuid", "is_original_host":
			d.skip()
		default:
			d.unknown(key)
		}
	})
	if session {
		p.InMeetingID, p.ZoomUserID = cmp.Or(id, inMeeting, inMeeting2), zoomUser
		return
	}
	p.InMeetingID, p.ZoomUserID = cmp.Or(inMeeting, inMeeting2), cmp.Or(zoomUser, id)
}

// finish settles what depends on the event's name, which may have come after everything else.
func finish(ev *Event) {
	if ev.Class != ClassURLValidation {
		ev.PlainToken = ""
	}
	switch {
	case ev.Class == ClassUnknown:
		unknown := ev.Unknown
		if ev.Name != "" {
			unknown = unknown[:0]
		}
		*ev = Event{
			Name: ev.Name, Family: ev.Family, TimeMs: ev.TimeMs, AccountID: ev.AccountID,
			QoS: ev.QoS[:0], Data: ev.Data[:0], Issues: ev.Issues[:0], CallQoS: ev.CallQoS[:0], Unknown: unknown,
		}
	case ev.Class == ClassNeighbour:
		ev.Unknown = ev.Unknown[:0]
		ev.Room = Room{}
	case ev.Class == ClassAlert && ev.Family == FamilyOther:
		ev.Room.ID = ev.Meeting.ID
		ev.Meeting = Meeting{}
	default:
		ev.Room = Room{}
	}
}
