package export

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"sync"
	"time"

	"github.com/earshot/earshot"
	"github.com/earshot/earshot/internal/journal"
	"github.com/earshot/earshot/internal/pipeline"
	"github.com/earshot/earshot/zoom"
)

// Journal is what raw events are read from. A *journal.Client is one. Its cursor is the exporter's own, so that retention never
// waits for an exporter.
type Journal interface {
	journal.Source
	Close() error
}

// InputMeaning says how *_input types of audio and video run in an account, by Zoom's id of it.
type InputMeaning func(zoomAccountID string) (audio, video earshot.InputMeaning)

// journalSource makes records of raw events.
type journalSource struct {
	spec    *Spec
	redact  *Redactor
	dial    func() (Journal, error)
	meaning InputMeaning
	now     func() time.Time

	mu      sync.Mutex // guards client
	client  Journal
	id      string // of the journal that client reads; "" when that is not known yet
	decoder zoom.Decoder
	event   zoom.Event
}

// journalChunk is how many records are read at once: a few megabytes.
const journalChunk = 1000

func (s *journalSource) journal() (Journal, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.client == nil {
		c, err := s.dial()
		if err != nil {
			return nil, err
		}
		s.client = c
	}
	return s.client, nil
}

// again drops the client of a journal that was lost and begun again: the next call dials.
func (s *journalSource) again(err error) {
	if !errors.Is(err, journal.ErrJournalChanged) {
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.client != nil {
		_ = s.client.Close()
		s.client, s.id = nil, ""
	}
}

func (s *journalSource) start(ctx context.Context, oldest bool) (position, error) {
	c, err := s.journal()
	if err != nil {
		return position{}, err
	}
	info, err := c.Info(ctx)
	if err != nil {
		s.again(err)
		return position{}, err
	}
	p := position{Position: earshot.Position{Journal: info.Journal, Seq: info.Tail}}
	if oldest {
		p.Seq = max(info.First, 1) - 1
	}
	return p, nil
}

func (s *journalSource) behind(ctx context.Context, after position) (uint64, error) {
	c, err := s.journal()
	if err != nil {
		return 0, err
	}
	info, err := c.Info(ctx)
	if err != nil {
		return 0, err
	}
	if info.Journal != after.Journal {
		return info.Tail, nil
	}
	return info.Tail - min(after.Seq, info.Tail), nil
}

func (s *journalSource) read(ctx context.Context, after position) (chunk, error) {
	out := chunk{next: after}
	c, err := s.journal()
	if err != nil {
		return out, err
	}
	if s.id == "" {
		info, err := c.Info(ctx)
		if err != nil {
			s.again(err)
			return out, err
		}
		s.id = info.Journal
	}
	if s.id != after.Journal { // the old one was lost, and what was not sent of it with it
		out.next, out.gap, out.full = position{Position: earshot.Position{Journal: s.id}}, 1, true
		return out, nil
	}
	records, err := c.Read(ctx, after.Seq, journalChunk)
	var gap *journal.GapError
	switch {
	case errors.As(err, &gap):
		out.next.Seq, out.gap, out.full = gap.To, gap.To-max(gap.From, after.Seq+1)+1, true
		return out, nil
	case err != nil:
		s.again(err)
		return out, err
	}
	limit := earshot.InstantOf(s.now().Add(-s.spec.MaxBacklog))
	for i := range records {
		r := &records[i]
		out.next.Seq = r.Seq
		if r.Kind != journal.KindEvent {
			continue
		}
		if r.ReceivedAt < limit {
			out.gap++
			continue
		}
		if !s.record(r, after.Journal, &out) {
			out.skipped++
		}
	}
	out.full = len(records) == journalChunk
	return out, nil
}

// record adds what leaves of an event; false for one that cannot be read.
func (s *journalSource) record(r *journal.Record, id string, out *chunk) bool {
	ev := &s.event
	if err := s.decoder.Decode(r.Body, ev); err != nil {
		return false
	}
	if ev.Class == zoom.ClassURLValidation || !s.spec.Filter.event(ev.Name, ev.AccountID) {
		return true
	}
	if out.oldest == 0 {
		out.oldest = r.ReceivedAt
	}
	at := earshot.Instant(ev.TimeMs)
	if at <= 0 {
		at = r.ReceivedAt
	}
	stem := id + "-" + strconv.FormatUint(r.Seq, 10)
	if s.spec.wants(KindEvent) {
		body, err := s.redact.JSON(r.Body)
		if err != nil {
			return false
		}
		rec := &Record{ID: "e-" + stem, Kind: KindEvent, At: at, Name: ev.Name, Body: body}
		rec.add(attrAccount, ev.AccountID)
		rec.add(attrEvent, ev.Name)
		out.records = append(out.records, rec)
	}
	if s.spec.wants(KindSample) {
		s.samples(ev, at, stem, out)
	}
	return true
}

var familyKinds = map[zoom.Family]earshot.Kind{
	zoom.FamilyMeeting: earshot.KindMeeting, zoom.FamilyWebinar: earshot.KindWebinar, zoom.FamilySession: earshot.KindSession,
}

// samples adds a record for each entry of a report.
func (s *journalSource) samples(ev *zoom.Event, at earshot.Instant, stem string, out *chunk) {
	if ev.Class == zoom.ClassPhoneQoS {
		s.callSamples(ev, at, stem, out)
		return
	}
	if ev.Class != zoom.ClassQoS {
		return
	}
	audio, video := earshot.InputReceived, earshot.InputReceived
	if s.meaning != nil {
		audio, video = s.meaning(ev.AccountID)
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
		rec.add(attrUserEmail, s.redact.text(anEmail, ev.Participant.Email))
		wire := earshot.ParseWire(q.Type)
		meaning := audio
		if wire.Media() == earshot.MediaVideo {
			meaning = video
		}
		rec.add(attrStream, wire.String())
		rec.add(attrMedia, wire.Media().String())
		rec.add(attrDirection, meaning.Direction(wire).String())
		rec.add(attrPeer, wire.Peer().String())
		for m := range earshot.Metric(earshot.MetricCount) {
			if v, ok := values.Get(m); ok {
				rec.value(SampleMetric(m), v)
			}
		}
		out.records = append(out.records, rec)
	}
}

func sample(ev *zoom.Event, ms int64, at earshot.Instant, stem string, i int) *Record {
	rec := &Record{ID: fmt.Sprintf("s-%s-%d", stem, i), Kind: KindSample, At: at, Name: "earshot.sample"}
	if ms > 0 {
		rec.At = earshot.Instant(ms)
	}
	rec.Attributes = make([]Attribute, 0, 10)
	rec.add(attrAccount, ev.AccountID)
	rec.add(attrEvent, ev.Name)
	return rec
}

// callSamples are the reports of a telephone call.
func (s *journalSource) callSamples(ev *zoom.Event, at earshot.Instant, stem string, out *chunk) {
	for i := range ev.CallQoS {
		q := &ev.CallQoS[i]
		rec := sample(ev, q.TimeMs, at, stem, i)
		rec.add(attrCall, ev.Call.ID)
		rec.add(attrSide, q.Side)
		rec.add(attrUserID, q.UserID)
		rec.add(attrUserEmail, s.redact.text(anEmail, q.Email))
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
			out.records = append(out.records, rec)
		}
	}
}

func (s *journalSource) close() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.client == nil {
		return nil
	}
	err := s.client.Close()
	s.client = nil
	return err
}
