package identity

import (
	"encoding/binary"
	"strconv"

	"github.com/dchest/siphash"

	"github.com/earshot/earshot"
)

// Keys makes ids: keyed hashes (SipHash-2-4) of what identifies a thing. The same secret gives the same ids on every run;
// without it nobody can tell from an id whose it is, nor construct two things with one id.
//
// The zero Keys is usable and guards nothing. Keys are values; any number of goroutines may use them.
type Keys struct{ k0, k1 uint64 }

// NewKeys returns the keys of a secret.
func NewKeys(secret [16]byte) Keys {
	return Keys{binary.LittleEndian.Uint64(secret[:8]), binary.LittleEndian.Uint64(secret[8:])}
}

// The domains keep ids of different sorts apart though their parts are alike. They are part of every id: never change them.
const (
	domainAccount byte = 'a'
	domainMeeting byte = 'm'
	domainSeries  byte = 'r'
	domainSegment byte = 's'
	domainPerson  byte = 'p'
	domainCall    byte = 'c'
	domainSite    byte = 'l'

	domainIncident byte = 'i'
)

// Account returns the id of the account with a Zoom account id.
func (k Keys) Account(zoomID string) earshot.ID { return k.hash(domainAccount, 0, zoomID, "") }

// Meeting returns the id of the meeting with a uuid (of a Video SDK session, its session_id).
func (k Keys) Meeting(uuid string) earshot.ID { return k.hash(domainMeeting, 0, uuid, "") }

// Series returns the id of what shares a meeting number.
func (k Keys) Series(account earshot.ID, kind earshot.Kind, number string) earshot.ID {
	return k.hash(domainSeries, uint64(account), number, strconv.Itoa(int(kind)))
}

// Segment returns the id of one join: the meeting's uuid and the in-meeting id, as they stand together in an event.
func (k Keys) Segment(uuid, inMeetingID string) earshot.ID {
	return k.hash(domainSegment, 0, uuid, inMeetingID)
}

// Person returns the id of the person that an identifier names. Zoom's user ids and e-mail addresses name one human the
// world over, whoever's meeting it is; the other identifiers mean something within an account only.
func (k Keys) Person(account earshot.ID, kind earshot.PersonKey, value string) earshot.ID {
	if kind == earshot.PersonByZoomUser || kind == earshot.PersonByEmail {
		account = 0
	}
	return k.hash(domainPerson, uint64(account), value, strconv.Itoa(int(kind)))
}

// Call returns the id of the call with a Zoom call_id.
func (k Keys) Call(callID string) earshot.ID { return k.hash(domainCall, 0, callID, "") }

// Site returns the id of a site: its name, or the address prefix that stands in for one.
func (k Keys) Site(key string) earshot.ID { return k.hash(domainSite, 0, key, "") }

// Incident returns the id of the incident that began in a cell of an account with the bad minute at since.
func (k Keys) Incident(account earshot.ID, cell earshot.Cell, since earshot.Instant) earshot.ID {
	b := make([]byte, 0, 17)
	b = append(b, byte(cell.Scope))
	b = binary.LittleEndian.AppendUint64(b, uint64(cell.ID))
	b = binary.LittleEndian.AppendUint64(b, uint64(since))
	return k.hash(domainIncident, uint64(account), cell.Name, string(b))
}

// hash is never 0. The length of the first part keeps ("ab", "c") and ("a", "bc") apart.
func (k Keys) hash(domain byte, scope uint64, a, b string) earshot.ID {
	var buf [160]byte // a uuid has 24 bytes, an e-mail at most 254; longer ones cost an allocation
	p := append(buf[:0], domain)
	p = binary.LittleEndian.AppendUint64(p, scope)
	p = binary.AppendUvarint(p, uint64(len(a)))
	p = append(p, a...)
	p = append(p, b...)
	return earshot.ID(max(siphash.Hash(k.k0, k.k1, p), 1))
}
