package api

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"slices"
	"strings"
	"time"

	"github.com/earshot/earshot"
	"github.com/earshot/earshot/internal/journal"
	"github.com/earshot/earshot/zoom"
)

// The bounds of one question for raw events.
const (
	maxRawSpan    = 60 * 60_000 // milliseconds between from and to
	maxRawEvents  = 200
	maxRawBytes   = 2 << 20
	maxRawRecords = 150_000 // records that are looked through
	// rawBlock is how many records are read at a time, rawProbe how many tell the time of a place in the journal.
	rawBlock, rawProbe = 1000, 24
	// rawLate is how long after its time an event may arrive: Zoom tries three times, the last 85 minutes later.
	rawLate = 90 * 60_000
	// rawEarly is how far before the time asked for the search begins: events of one second arrive in any order.
	rawEarly = 2 * 60_000
)

// rawPatience is how long records are looked through; then what was found is the answer, and says so.
const rawPatience = 4 * time.Second

// RawJournal is what raw events are read from. A *journal.Client is one.
type RawJournal interface {
	Info(ctx context.Context) (journal.Info, error)
	Read(ctx context.Context, after uint64, max int) ([]journal.Record, error)
}

// errNoJournal is returned while the journal cannot be read.
var errNoJournal = errors.New("the journal does not answer")

// RawEvent is a notification as Zoom sent it.
type RawEvent struct {
	Seq        uint64     `json:"seq" doc:"its place in the journal"`
	Event      string     `json:"event"`
	At         *time.Time `json:"at,omitempty" doc:"event_ts, Zoom's time of sending"`
	ReceivedAt time.Time  `json:"received_at"`
	Body       string     `json:"body" doc:"the JSON as it was received, byte for byte where it is UTF-8"`
}

// RawEvents are the notifications about one participant in a span of time.
type RawEvents struct {
	From     time.Time  `json:"from"`
	To       time.Time  `json:"to"`
	Events   []RawEvent `json:"events" doc:"by time, 200 and 2 MiB at most"`
	Complete bool       `json:"complete" doc:"false where there may be more: ask for a shorter span"`
	Gone     bool       `json:"gone,omitempty" doc:"the span, or its beginning, is older than what is kept"`
	KeptFrom *time.Time `json:"kept_from,omitempty" doc:"the time of the oldest raw event that is kept"`
	// Late is how long after To arrivals were looked through: Zoom delivers up to 85 minutes late.
	LateMinutes int `json:"late_minutes" doc:"how long after the span late deliveries were looked for"`
}

type rawInput struct {
	ByID
	Span
}

func (a *API) getRawEvents(ctx context.Context, in *rawInput) (*RawEvents, error) {
	if a.journal == nil {
		return nil, errUnavailable
	}
	s, from, to, err := a.segmentWithin(ctx, in.ID.ID, in.Span)
	if err != nil {
		return nil, err
	}
	if to-from > maxRawSpan {
		if !in.From.IsZero() && !in.To.IsZero() {
			return nil, badInput("to", "at most an hour after from")
		}
		from = to - maxRawSpan
	}
	return a.rawEvents(ctx, s, from, to)
}

// rawEvents finds the notifications about a segment whose own time lies in [from, to).
func (a *API) rawEvents(ctx context.Context, s *earshot.Segment, from, to earshot.Instant) (*RawEvents, error) {
	r := &rawReader{journal: a.journal, inMeetingID: s.InMeetingID, meetings: map[string]bool{}, out: &RawEvents{From: from.Time(), To: to.Time(), Events: []RawEvent{}}}
	m, _, err := a.meeting(ctx, s.Meeting)
	if err != nil {
		return nil, err
	}
	r.meetings[m.UUID] = true
	if m.Parent != 0 { // a room's QoS may come under the main meeting's name
		if parent, _, err := a.meeting(ctx, m.Parent); err == nil {
			r.meetings[parent.UUID] = true
		}
	}
	if err := r.find(ctx, from, to); err != nil {
		if errors.Is(err, context.Canceled) || errors.Is(err, context.DeadlineExceeded) {
			return nil, err
		}
		a.log.Warn("the journal does not answer", "err", err)
		return nil, errNoJournal
	}
	slices.SortStableFunc(r.out.Events, func(a, b RawEvent) int {
		if a.At == nil || b.At == nil {
			return cmp.Compare(a.Seq, b.Seq)
		}
		return cmp.Or(a.At.Compare(*b.At), cmp.Compare(a.Seq, b.Seq))
	})
	return r.out, nil
}

// rawReader looks through the journal. The journal is in the order of arrival, events have their own time: where a time
// begins is found by halving, by the median time of a few records at a place, which one late event does not move.
type rawReader struct {
	journal     RawJournal
	inMeetingID string
	meetings    map[string]bool // uuids
	decoder     zoom.Decoder
	event       zoom.Event
	bytes       int
	out         *RawEvents
}

func (r *rawReader) find(ctx context.Context, from, to earshot.Instant) error {
	info, err := r.journal.Info(ctx)
	if err != nil {
		return err
	}
	if info.Tail == 0 || info.First > info.Tail {
		r.out.Gone, r.out.Complete = true, true
		return nil
	}
	after := info.First - min(info.First, 1)
	oldest, err := r.timeAt(ctx, after, info.Tail)
	if err != nil {
		return err
	}
	r.out.KeptFrom = timeOf(oldest)
	r.out.Gone = oldest > from
	if oldest > to {
		r.out.Complete = true
		return nil
	}
	if after, err = r.seek(ctx, after, info.Tail, from-rawEarly); err != nil {
		return err
	}
	return r.scan(ctx, after, info.Tail, from, to)
}

// seek returns a sequence after which everything of time at and later lies, as far as order of arrival says.
func (r *rawReader) seek(ctx context.Context, low, high uint64, at earshot.Instant) (uint64, error) {
	for high-low > rawBlock/2 {
		middle := low + (high-low)/2
		t, err := r.timeAt(ctx, middle, high)
		if err != nil {
			return 0, err
		}
		if t == 0 || t >= at {
			high = middle
		} else {
			low = middle
		}
	}
	return low, nil
}

// timeAt is the median time of the events after a place; where there are only heartbeats, when they were received; 0 where
// there is nothing up to tail.
func (r *rawReader) timeAt(ctx context.Context, after, tail uint64) (at earshot.Instant, err error) {
	for range rawProbe {
		if after >= tail {
			break
		}
		records, next, err := r.read(ctx, after, rawProbe)
		if err != nil {
			return 0, err
		}
		if t := r.median(records); t != 0 {
			return t, nil
		}
		if len(records) > 0 {
			at = records[0].ReceivedAt
		}
		after = next
	}
	return at, nil
}

// median is the median event_ts of records, 0 when none is an event.
func (r *rawReader) median(records []journal.Record) earshot.Instant {
	var times []earshot.Instant
	for i := range records {
		if records[i].Kind != journal.KindEvent {
			continue
		}
		at := records[i].ReceivedAt
		if r.decoder.Decode(records[i].Body, &r.event) == nil && r.event.TimeMs > 0 {
			at = earshot.Instant(r.event.TimeMs)
		}
		times = append(times, at)
	}
	if len(times) == 0 {
		return 0
	}
	slices.Sort(times)
	return times[len(times)/2]
}

// read returns records after a place and where to go on; over a hole it steps.
func (r *rawReader) read(ctx context.Context, after uint64, most int) ([]journal.Record, uint64, error) {
	records, err := r.journal.Read(ctx, after, most)
	var gap *journal.GapError
	if errors.As(err, &gap) {
		return nil, max(gap.To, after+1), nil
	}
	if err != nil {
		return nil, after, err
	}
	if len(records) == 0 {
		return nil, after + 1, nil
	}
	return records, records[len(records)-1].Seq, nil
}

// scan goes through the records from a place on: to the end of the span, then on for what came late, while time remains.
func (r *rawReader) scan(ctx context.Context, after, tail uint64, from, to earshot.Instant) error {
	began := time.Now()
	for looked := uint64(0); after < tail; {
		records, next, err := r.read(ctx, after, rawBlock)
		if err != nil {
			return err
		}
		for i := range records {
			if !r.take(&records[i], from, to) {
				return nil
			}
		}
		looked += next - after
		after = next
		now := r.median(records[:min(len(records), rawProbe)])
		if now >= to {
			r.out.LateMinutes = int((now - to) / 60_000)
			r.out.Complete = true
		}
		if now > to+rawLate {
			return nil
		}
		if looked >= maxRawRecords || time.Since(began) > rawPatience {
			return nil
		}
	}
	r.out.Complete = true
	return nil
}

// take adds a record that is asked for; false where the answer is full.
func (r *rawReader) take(rec *journal.Record, from, to earshot.Instant) bool {
	if rec.Kind != journal.KindEvent || r.inMeetingID == "" || !r.mentions(rec.Body) {
		return true
	}
	if r.decoder.Decode(rec.Body, &r.event) != nil || r.event.Participant.InMeetingID != r.inMeetingID {
		return true
	}
	e := &r.event
	if !r.meetings[e.Meeting.UUID] && !r.meetings[e.Meeting.BreakoutRoomUUID] {
		return true
	}
	at := cmp.Or(earshot.Instant(e.TimeMs), rec.ReceivedAt)
	if at < from || at >= to {
		return true
	}
	if r.bytes += len(rec.Body); len(r.out.Events) == maxRawEvents || r.bytes > maxRawBytes {
		r.out.Complete = false
		return false
	}
	r.out.Events = append(r.out.Events, RawEvent{
		Seq: rec.Seq, Event: e.Name, At: timeOf(earshot.Instant(e.TimeMs)), ReceivedAt: rec.ReceivedAt.Time(), Body: strings.ToValidUTF8(string(rec.Body), "\uFFFD"),
	})
	return true
}

// mentions is the cheap question that spares decoding: an in-meeting id of digits stands in the JSON as it is.
func (r *rawReader) mentions(body []byte) bool {
	for _, c := range []byte(r.inMeetingID) {
		if c < '0' || c > '9' {
			return true
		}
	}
	return bytes.Contains(body, []byte(r.inMeetingID))
}
