package export

import (
	"cmp"
	"strconv"
	"sync"

	"github.com/earshot/earshot"
	"github.com/earshot/earshot/internal/journal"
	"github.com/earshot/earshot/internal/pipeline"
	"github.com/earshot/earshot/zoom"
)

// InputMeaning says how *_input types of audio and video run in an account, by Zoom's id of it.
type InputMeaning func(zoomAccountID string) (audio, video earshot.InputMeaning)

// eventRecords is what may leave of one record of the journal, to any destination with one redaction.
type eventRecords struct {
	seq           uint64
	receivedAt    earshot.Instant
	what          eventState
	name, account string  // of the event, for filters
	event         *Record // nil where nobody wants it
	samples       []*Record
}

// eventState says whether there is something to leave.
type eventState uint8

const (
	nothing    eventState = iota // a heartbeat, a validation of the address
	unreadable                   // no event, though it should be one
	unsendable                   // an event whose text is no JSON as strictly read: it leaves as samples only
	readable
)

// size is about how many bytes of memory it takes.
func (e *eventRecords) size() int {
	n := 128
	if e.event != nil {
		n += e.event.Size()
	}
	for _, r := range e.samples {
		n += r.Size()
	}
	return n
}

// maker makes records of raw events for destinations with one redaction.
type maker struct {
	redact  *Redactor
	meaning InputMeaning
	specs   []*Spec // who may get them: what none of them wants is not made

	mu      sync.Mutex
	decoder zoom.Decoder
	event   zoom.Event
}

// make makes records of what was read from a journal.
func (m *maker) make(id string, all []journal.Record) []eventRecords {
	m.mu.Lock()
	defer m.mu.Unlock()
	out := make([]eventRecords, len(all))
	for i := range all {
		out[i] = m.one(id, &all[i])
	}
	return out
}

func (m *maker) one(id string, r *journal.Record) eventRecords {
	out := eventRecords{seq: r.Seq, receivedAt: r.ReceivedAt}
	if r.Kind != journal.KindEvent {
		return out
	}
	ev := &m.event
	if err := m.decoder.Decode(r.Body, ev); err != nil {
		out.what = unreadable
		return out
	}
	if ev.Class == zoom.ClassURLValidation {
		return out
	}
	out.what, out.name, out.account = readable, ev.Name, ev.AccountID
	at := earshot.Instant(ev.TimeMs)
	if at <= 0 {
		at = r.ReceivedAt
	}
	stem := id + "-" + strconv.FormatUint(r.Seq, 10)
	if m.wanted(KindEvent, ev) {
		body, err := m.redact.JSON(r.Body)
		if err != nil {
			out.what = unsendable
		} else {
			out.event = &Record{ID: "e-" + stem, Kind: KindEvent, At: at, since: r.ReceivedAt, Name: ev.Name, Group: groupOf(ev), Body: body, Attributes: make([]Attribute, 0, 2)}
			out.event.add(attrAccount, ev.AccountID)
			out.event.add(attrEvent, ev.Name)
		}
	}
	if m.wanted(KindSample, ev) {
		out.samples = m.samples(ev, at, stem)
		for _, rec := range out.samples {
			rec.since = r.ReceivedAt
		}
	}
	return out
}

func (m *maker) wanted(k Kind, ev *zoom.Event) bool {
	for _, s := range m.specs {
		if s.wants(k) && s.Filter.event(ev.Name, ev.AccountID) {
			return true
		}
	}
	return false
}

var familyKinds = map[zoom.Family]earshot.Kind{
	zoom.FamilyMeeting: earshot.KindMeeting, zoom.FamilyWebinar: earshot.KindWebinar, zoom.FamilySession: earshot.KindSession,
}

// samples adds a record for each entry of a report.
func (m *maker) samples(ev *zoom.Event, at earshot.Instant, stem string) []*Record {
	if ev.Class == zoom.ClassPhoneQoS {
		return m.callSamples(ev, at, stem)
	}
	if ev.Class != zoom.ClassQoS {
		return nil
	}
	out := make([]*Record, 0, len(ev.QoS))
	audio, video := earshot.InputReceived, earshot.InputReceived
	if m.meaning != nil {
		audio, video = m.meaning(ev.AccountID)
	}
	for i := range ev.QoS {
		q := &ev.QoS[i]
		values := pipeline.SampleValues(&q.Details)
		if values.Mask == 0 {
			continue
		}
		rec := sample(ev, q.TimeMs, at, stem, i)
		rec.add(attrMeeting, ev.Meeting.UUID)
		rec.add(attrKind, familyKinds[ev.Family].String())
		rec.add(attrParticipant, ev.Participant.InMeetingID)
		rec.add(attrUserID, ev.Participant.ZoomUserID)
		rec.add(attrUserEmail, m.redact.text(anEmail, ev.Participant.Email))
		wire := earshot.ParseWire(q.Type)
		meaning := audio
		if wire.Media() == earshot.MediaVideo {
			meaning = video
		}
		rec.add(attrStream, wire.String())
		rec.add(attrMedia, wire.Media().String())
		rec.add(attrDirection, meaning.Direction(wire).String())
		rec.add(attrPeer, wire.Peer().String())
		rec.Values = make([]Value, 0, values.Len())
		for m := range earshot.Metric(earshot.MetricCount) {
			if v, ok := values.Get(m); ok {
				rec.value(SampleMetric(m), v)
			}
		}
		out = append(out, rec)
	}
	return out
}

// groupOf is what an event is about.
func groupOf(ev *zoom.Event) string { return cmp.Or(ev.Meeting.UUID, ev.Call.ID) }

// sampleAttributes is how many attributes a sample has at most.
const sampleAttributes = 11

func sample(ev *zoom.Event, ms int64, at earshot.Instant, stem string, i int) *Record {
	rec := &Record{ID: "s-" + stem + "-" + strconv.Itoa(i), Kind: KindSample, At: at, Name: "earshot.sample", Group: groupOf(ev)}
	if ms > 0 {
		rec.At = earshot.Instant(ms)
	}
	rec.Attributes = make([]Attribute, 0, sampleAttributes)
	rec.add(attrAccount, ev.AccountID)
	rec.add(attrEvent, ev.Name)
	return rec
}

// callSamples are the reports of a telephone call.
func (m *maker) callSamples(ev *zoom.Event, at earshot.Instant, stem string) (out []*Record) {
	for i := range ev.CallQoS {
		q := &ev.CallQoS[i]
		rec := sample(ev, q.TimeMs, at, stem, i)
		rec.add(attrCall, ev.Call.ID)
		rec.add(attrSide, q.Side)
		rec.add(attrUserID, q.UserID)
		rec.add(attrUserEmail, m.redact.text(anEmail, q.Email))
		rec.add(attrMedia, earshot.MediaAudio.String())
		rec.add(attrDirection, map[string]string{"sending": "send", "receiving": "receive"}[q.Direction])
		rec.add(attrNetworkType, q.Network)
		for _, v := range []struct {
			m Metric
			q zoom.Quantity
		}{
			{SampleMetric(earshot.BitrateKbps), q.Bitrate}, {SampleMetric(earshot.LossAvgPct), q.AvgLoss}, {SampleMetric(earshot.LossMaxPct), q.MaxLoss},
			{SampleMetric(earshot.JitterMs), q.Jitter}, {CallDelay, q.NetworkDelay}, {CallMOS, q.MOS},
		} {
			if v.q.Present {
				rec.value(v.m, v.q.Value)
			}
		}
		if len(rec.Values) > 0 {
			out = append(out, rec)
		}
	}
	return out
}
