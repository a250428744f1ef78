package export

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"hash"
	"net/netip"
	"strings"
	"sync"

	"github.com/go-faster/jx"
	"github.com/grafana/regexp"
)

// Treatment says what becomes of something personal.
type Treatment uint8

// The treatments. The zero Treatment is the default.
const (
	Hash Treatment = iota // a pseudonym: the same for the same text, in all destinations of this installation
	Keep
	Drop
)

var treatmentNames = [...]string{"hash", "keep", "drop"}

// ParseTreatment returns the treatment with a name, and whether there is one.
func ParseTreatment(name string) (Treatment, bool) {
	for i, n := range treatmentNames {
		if n == name {
			return Treatment(i), true
		}
	}
	return Hash, false
}

// Redaction says what a destination gets of what is personal. The zero Redaction replaces all of it by pseudonyms.
//
// Names are those of people, topics, rooms and computers, and keys that somebody else gave out (customer_key, registrant_id). E-mails
// are those, wherever they stand. Addresses are those of networks, wherever they stand, MAC addresses, disk ids, telephone numbers
// and places. Zoom's own ids of users, meetings and accounts stay: they say nothing to whom Zoom does not tell more.
type Redaction struct{ Names, Emails, Addresses Treatment }

// class is what a text is.
type class uint8

const (
	notPersonal class = iota
	aName
	anEmail
	anAddress
	toInspect // decided by what the text looks like
)

// personalKeys are the keys of Zoom's events with something personal in them. What is not here is inspected.
var personalKeys = map[string]class{
	"user_name": aName, "name": aName, "display_name": aName, "participant_name": aName, "topic": aName, "session_name": aName, "room_name": aName,
	"customer_key": aName, "registrant_id": aName, "user_key": aName, "session_key": aName, "leave_reason": aName, "pc_name": aName, "domain": aName,
	"microphone": aName, "speaker": aName, "camera": aName, // "Ida's AirPods"
	"host_name": aName, "forwarded_by": aName, "redirect_forwarded_by": aName,
	"email": anEmail, "user_email": anEmail, "host_email": anEmail, "registrant_email": anEmail, "calendar_name": anEmail, "participant_email": anEmail,
	"ip_address": anAddress, "public_ip": anAddress, "private_ip": anAddress, "internal_ip_addresses": anAddress, "public_ip_address": anAddress, "private_ip_address": anAddress,
	"signaling_ip_address": anAddress, "signaling_internal_ip_address": anAddress, "audio_internal_ip_address": anAddress, "video_internal_ip_address": anAddress,
	"as_internal_ip_address": anAddress, "destination_ip_domain": anAddress, "mac_addr": anAddress, "mac_address": anAddress, "harddisk_id": anAddress,
	"phone_number": anAddress, "extension_number": anAddress, "location": anAddress,
}

// plainKeys hold what is certainly not personal, and is so frequent that looking at it would cost.
var plainKeys = map[string]bool{
	"event": true, "event_ts": true, "type": true, "date_time": true, "bitrate": true, "latency": true, "jitter": true, "avg_loss": true, "max_loss": true,
	"resolution": true, "frame_rate": true, "uuid": true, "account_id": true, "zoom_min_cpu_usage": true, "zoom_avg_cpu_usage": true, "zoom_max_cpu_usage": true,
	"system_max_cpu_usage": true, "version": true, // "6.6.11.23272" looks like no address, "6.6.1.2" would
	"quality": true, "quality_score": true, "network_type": true, "connection_type": true, "data_center": true,
}

func classOf(key string) class {
	if plainKeys[key] {
		return notPersonal
	}
	if c, ok := personalKeys[key]; ok {
		return c
	}
	if c, ok := personalKeys[strings.ToLower(key)]; ok { // Zoom writes "Location" in places
		return c
	}
	return toInspect
}

var (
	looksLikeEmail = regexp.MustCompile(`[^\s@<>"]+@[^\s@<>"]+\.[^\s@<>"]+`)
	looksLikeMAC   = regexp.MustCompile(`(?i)\b[0-9a-f]{2}([:-][0-9a-f]{2}){5}\b`)
	holdsIP        = regexp.MustCompile(`\b\d{1,3}\.\d{1,3}\.\d{1,3}\.\d{1,3}\b`)
)

// inspect says what a text is by its looks.
func inspect(text string) class {
	if strings.Contains(text, "@") && looksLikeEmail.MatchString(text) {
		return anEmail
	}
	if !strings.ContainsAny(text, ".:-") {
		return notPersonal
	}
	if strings.Count(text, ".") >= 3 && holdsIP.MatchString(text) {
		return anAddress
	}
	if looksLikeMAC.MatchString(text) {
		return anAddress
	}
	if strings.Count(text, ":") >= 2 { // IPv6, perhaps with a prefix, a zone or a port
		host := strings.Trim(text, "[]")
		if i := strings.IndexAny(host, "/%]"); i >= 0 {
			host = host[:i]
		}
		if _, err := netip.ParseAddr(host); err == nil {
			return anAddress
		}
	}
	return notPersonal
}

// Redactor applies a Redaction. It may be used concurrently.
type Redactor struct {
	r    Redaction
	macs sync.Pool // of hash.Hash: to begin one costs more than a name does
}

// NewRedactor returns one whose pseudonyms are made with a key.
func NewRedactor(r Redaction, key []byte) *Redactor {
	return &Redactor{r: r, macs: sync.Pool{New: func() any { return hmac.New(sha256.New, key) }}}
}

func (r *Redactor) treatment(c class) Treatment {
	switch c {
	case aName:
		return r.r.Names
	case anEmail:
		return r.r.Emails
	case anAddress:
		return r.r.Addresses
	}
	return Keep
}

// Pseudonym returns 16 hexadecimal digits that stand for a text. E-mail addresses and host names differ in case only by accident.
func (r *Redactor) Pseudonym(text string) string {
	mac := r.macs.Get().(hash.Hash)
	defer r.macs.Put(mac)
	mac.Reset()
	var sum [sha256.Size]byte
	mac.Write([]byte(strings.ToLower(strings.TrimSpace(text))))
	return hex.EncodeToString(mac.Sum(sum[:0])[:8])
}

// text returns what leaves of a text of a class; "" for nothing.
func (r *Redactor) text(c class, text string) string {
	if text == "" {
		return ""
	}
	switch r.treatment(c) {
	case Keep:
		return text
	case Drop:
		return ""
	}
	return r.Pseudonym(text)
}

// keepsAll reports whether nothing has to be looked at.
func (r *Redactor) keepsAll() bool {
	return r.r.Names == Keep && r.r.Emails == Keep && r.r.Addresses == Keep
}

// maxDepth bounds how deep JSON from outside may nest.
const maxDepth = 64

// JSON returns a JSON text with what is personal replaced or left out. A text that is no JSON is an error and must not be sent.
func (r *Redactor) JSON(text []byte) ([]byte, error) {
	d := jx.DecodeBytes(text)
	if r.keepsAll() {
		if err := jx.DecodeBytes(text).Validate(); err != nil {
			return nil, fmt.Errorf("no JSON")
		}
		return text, nil
	}
	var e jx.Encoder
	e.Grow(len(text) + len(text)/4)
	if err := r.value(d, &e, toInspect, 0); err != nil {
		return nil, fmt.Errorf("no JSON") // the decoder's errors may quote the text
	}
	if d.Next() != jx.Invalid {
		return nil, fmt.Errorf("no JSON: more behind its end")
	}
	return e.Bytes(), nil
}

// value copies one value. c is what its key says it is; everything below a personal key is personal.
func (r *Redactor) value(d *jx.Decoder, e *jx.Encoder, c class, depth int) error {
	if depth > maxDepth {
		return fmt.Errorf("nested too deep")
	}
	switch d.Next() {
	case jx.Object:
		e.ObjStart()
		err := d.ObjBytes(func(d *jx.Decoder, key []byte) error {
			own := c
			if c == toInspect || c == notPersonal {
				own = classOf(string(key))
			}
			if r.treatment(own) == Drop && own != notPersonal && own != toInspect {
				return d.Skip()
			}
			e.FieldStart(string(key))
			return r.value(d, e, own, depth+1)
		})
		e.ObjEnd()
		return err
	case jx.Array:
		e.ArrStart()
		err := d.Arr(func(d *jx.Decoder) error { return r.value(d, e, c, depth+1) })
		e.ArrEnd()
		return err
	case jx.String:
		return r.string(d, e, c)
	case jx.Number:
		raw, err := d.Raw()
		if err != nil {
			return err
		}
		if c == aName || c == anEmail || c == anAddress { // a telephone number as an integer
			e.Str(r.text(c, string(raw)))
			return nil
		}
		e.Raw(raw)
		return nil
	}
	raw, err := d.Raw()
	if err != nil {
		return err
	}
	e.Raw(raw)
	return nil
}

func (r *Redactor) string(d *jx.Decoder, e *jx.Encoder, c class) error {
	if c == notPersonal {
		raw, err := d.Raw()
		if err == nil {
			e.Raw(raw)
		}
		return err
	}
	s, err := d.Str()
	if err != nil {
		return err
	}
	if c == toInspect {
		c = inspect(s)
	}
	e.Str(r.text(c, s))
	return nil
}
