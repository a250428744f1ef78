package export

import (
	"strconv"
	"time"

	"github.com/go-faster/jx"

	"github.com/earshot/earshot"
)

// Kind is how fine a record is.
type Kind uint8

// The kinds, finest first.
const (
	KindEvent    Kind = iota // what Zoom sent, as it was
	KindSample               // one stream, computer or radio in one report of one participant
	KindMinute               // one graded participant-minute
	KindSummary              // what Zoom says of one stream when a participant leaves
	KindIncident             // an incident, each time that it changed

	kindCount
)

var kindNames = [kindCount]string{"events", "samples", "minutes", "summaries", "incidents"}

// String returns the kind's name, as it stands in the configuration.
func (k Kind) String() string {
	if k < kindCount {
		return kindNames[k]
	}
	return "kind(" + strconv.Itoa(int(k)) + ")"
}

// Kinds returns all kinds, finest first.
func Kinds() []Kind { return []Kind{KindEvent, KindSample, KindMinute, KindSummary, KindIncident} }

// ParseKind returns the kind with a name, and whether there is one.
func ParseKind(name string) (Kind, bool) {
	for i, n := range kindNames {
		if n == name {
			return Kind(i), true
		}
	}
	return 0, false
}

// Attribute is one fact about a record; it is never empty.
type Attribute struct{ Key, Value string }

// Value is one number of a record. Its name is one of [Metrics].
type Value struct {
	Metric Metric
	Number float64
	// Media and Direction tell apart the values of one record that have the same metric: the grades of a minute's streams.
	Media     earshot.Media
	Direction earshot.Direction
}

// Record is one thing that leaves. It is not changed once it is made, so any number of goroutines may read it.
type Record struct {
	// ID is the same whenever the same thing is sent: after a retry, a crash, a rebuild. It is made of ids, never of names.
	ID   string
	Kind Kind
	At   earshot.Instant // event time; the time of receipt where Zoom gave none
	// Name is what Zoom calls the event; "earshot.minute" and the like for what Earshot made.
	Name string
	// Group is what the record belongs to: Zoom's uuid of the meeting or id of the call, Earshot's id of the incident; "" for nothing. It does
	// not leave; destinations that split what they get keep it together.
	Group      string
	Attributes []Attribute // in the order of docs/export.md
	Values     []Value
	Body       []byte // KindEvent: the JSON that Zoom sent, redacted; nil for the others
	// Revised marks a minute that was sent before and whose hour was computed again.
	Revised bool
	// since is when it began to wait, which Spec.MaxBacklog is compared with: receipt of what Zoom sent, At of what Earshot made.
	since earshot.Instant
}

// add appends an attribute unless it is unknown.
func (r *Record) add(key, value string) {
	if value != "" {
		r.Attributes = append(r.Attributes, Attribute{key, value})
	}
}

func (r *Record) addID(key string, id earshot.ID) {
	if id != 0 {
		r.Attributes = append(r.Attributes, Attribute{key, id.String()})
	}
}

func (r *Record) value(m Metric, v float64) {
	r.Values = append(r.Values, Value{Metric: m, Number: v})
}

// JSON appends the record as one JSON object, without a line break. It is what files, Kafka, webhooks and bodies of log records
// hold:
//
//	{"id":…,"kind":"minutes","name":…,"time":"2026-01-07T09:34:00.000Z","attributes":{…},"values":{…},"event":{…}}
//
// "event" is there for KindEvent only, "values" for the others. A value that differs by stream has a key such as
// "zoom.qos.minute.stream.grade/audio/send".
func (r *Record) JSON(to []byte) []byte {
	var e jx.Encoder
	e.SetBytes(to)
	e.ObjStart()
	e.FieldStart("id")
	e.Str(r.ID)
	e.FieldStart("kind")
	e.Str(r.Kind.String())
	e.FieldStart("name")
	e.Str(r.Name)
	if r.At != 0 {
		e.FieldStart("time")
		e.Str(r.At.Time().Format("2006-01-02T15:04:05.000Z07:00"))
	}
	if r.Revised {
		e.FieldStart("revised")
		e.Bool(true)
	}
	e.FieldStart("attributes")
	e.ObjStart()
	for _, a := range r.Attributes {
		e.FieldStart(a.Key)
		e.Str(a.Value)
	}
	e.ObjEnd()
	if len(r.Values) > 0 {
		e.FieldStart("values")
		e.ObjStart()
		for i := range r.Values {
			e.FieldStart(r.Values[i].key())
			e.Float64(r.Values[i].Number)
		}
		e.ObjEnd()
	}
	if len(r.Body) > 0 {
		e.FieldStart("event")
		e.Raw(r.Body)
	}
	e.ObjEnd()
	return e.Bytes()
}

func (v *Value) key() string {
	name := v.Metric.Name()
	if v.Media != earshot.MediaNone {
		name += "/" + v.Media.String()
	}
	if v.Direction != earshot.DirectionNone {
		name += "/" + v.Direction.String()
	}
	return name
}

// Text returns what a log line of the record holds: Zoom's own JSON for an event, the record's for the others.
func (r *Record) Text() string {
	if r.Kind == KindEvent {
		return string(r.Body)
	}
	return string(r.JSON(nil))
}

// Time returns the record's time in UTC.
func (r *Record) Time() time.Time { return r.At.Time() }

// Size is about how many bytes the record takes on its way: as JSON, hardly ever more than that.
func (r *Record) Size() int {
	n := 128 + len(r.ID) + len(r.Name) + len(r.Body) + 40*len(r.Values)
	for i := range r.Attributes {
		n += len(r.Attributes[i].Key) + len(r.Attributes[i].Value) + 8
	}
	return n
}

// Attributes are what tells the value from the others of its record.
func (v *Value) Attributes() []Attribute {
	var out []Attribute
	if v.Media != earshot.MediaNone {
		out = append(out, Attribute{attrMedia, v.Media.String()})
	}
	if v.Direction != earshot.DirectionNone {
		out = append(out, Attribute{attrDirection, v.Direction.String()})
	}
	return out
}
