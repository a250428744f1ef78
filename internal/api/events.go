package api

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"time"

	"github.com/earshot/earshot"
	"github.com/earshot/earshot/internal/live"
)

const (
	heartbeatEvery = 15 * time.Second
	// writeLimit is how long a client may take to accept an event; one that sleeps longer is cut off and comes back.
	writeLimit = 10 * time.Second
	// retryMs is how long a client waits before it comes back.
	retryMs = 2000
)

// stream is one client of the event stream.
type stream struct {
	api     *API
	w       http.ResponseWriter
	control *http.ResponseController
	meeting earshot.ID
	// minutes are those of the followed meeting, so that its rows count all of them, not only the recent ones.
	minutes ledger
	buf     []byte
}

func (a *API) serveEvents(w http.ResponseWriter, r *http.Request) {
	meeting := earshot.ID(0)
	if text := r.URL.Query().Get("meeting"); text != "" {
		id, err := earshot.ParseID(text)
		if err != nil {
			WriteProblem(w, http.StatusUnprocessableEntity, "meeting: want 16 hexadecimal digits")
			return
		}
		meeting = id
	}
	select {
	case a.streams <- struct{}{}:
		defer func() { <-a.streams }()
	default:
		WriteProblem(w, http.StatusServiceUnavailable, fmt.Sprintf("There are %d event streams already.", cap(a.streams)))
		return
	}
	ctx, cancel := context.WithCancel(r.Context())
	defer cancel()
	select {
	case <-a.closed:
		WriteProblem(w, http.StatusServiceUnavailable, "Earshot is shutting down.")
		return
	default:
	}
	go func() {
		select {
		case <-a.closed:
			cancel()
		case <-ctx.Done():
		}
	}()
	s := &stream{api: a, w: w, control: http.NewResponseController(w), meeting: meeting}
	s.run(ctx, r.Header.Get("Last-Event-ID"))
}

// run sends deltas until the client goes, falls asleep, or the API is closed. All of these end the stream without a word:
// the client comes back with its last id.
func (s *stream) run(ctx context.Context, cursor string) {
	h := s.w.Header()
	h.Set("Content-Type", "text/event-stream")
	h.Set("Cache-Control", "no-store")
	h.Set("X-Accel-Buffering", "no") // nginx
	s.w.WriteHeader(http.StatusOK)
	// The server's limit for reading a request would end the stream.
	_ = s.control.SetReadDeadline(time.Time{})
	s.buf = fmt.Appendf(s.buf, "retry: %d\n\n", retryMs)
	if !s.flush() { // the client learns that it is connected before the first look at the stores
		return
	}
	sub := s.api.live.Subscribe(s.meeting, cursor)
	s.load(ctx)
	beat := time.Now()
	for {
		delta, err := sub.Next(ctx)
		if err != nil {
			return
		}
		s.append(ctx, &delta)
		if now := time.Now(); now.Sub(beat) >= heartbeatEvery {
			beat = now
			s.buf = append(s.buf, ": still here\n\n"...)
		}
		if !s.flush() {
			return
		}
	}
}

// load reads the followed meeting's minutes that are older than what live holds.
func (s *stream) load(ctx context.Context) {
	if s.meeting == 0 {
		return
	}
	s.minutes = make(ledger)
	ctx, cancel := context.WithTimeout(ctx, s.api.timeout)
	defer cancel()
	m, now, err := s.api.meeting(ctx, s.meeting)
	if err != nil {
		return // unknown as yet: its minutes will come
	}
	from, to := bounds(m, now != nil)
	if minutes, err := s.api.meetingMinutes(ctx, m, from, to); err == nil {
		s.minutes = minutes
	} else {
		s.api.log.Warn("event stream: earlier minutes are missing", "meeting", s.meeting, "err", err)
	}
}

func (s *stream) append(ctx context.Context, d *live.Delta) {
	if d.Resync {
		s.buf = append(s.buf, "event: resync\ndata: {}\n\n"...)
		s.load(ctx)
	}
	if len(d.Meetings)+len(d.Ended) > 0 {
		s.meetings(d)
	}
	if s.meeting != 0 && len(d.Segments)+len(d.InRooms) > 0 {
		s.event("meeting", "", s.changed(ctx, d))
	}
	// The id comes with the last event of a delta: whoever has it has all before it.
	s.event("status", d.Cursor, s.api.status(&d.Status))
}

// meetings appends the event of that name.
func (s *stream) meetings(d *live.Delta) {
	begin := len(s.buf)
	s.buf = append(s.buf, "event: meetings\ndata: "...)
	buf, err := s.api.rows.appendMeetings(s.buf, d)
	if err != nil {
		s.api.log.Error("event stream: cannot encode", "event", "meetings", "err", err)
		s.buf = s.buf[:begin]
		return
	}
	s.buf = append(buf, "\n\n"...)
}

// changed are the followed meeting's rows and minutes.
func (s *stream) changed(ctx context.Context, d *live.Delta) LiveMeeting {
	out := LiveMeeting{Meeting: s.meeting, Segments: make([]SegmentRow, len(d.Segments)), Minutes: make([]SegmentMinutes, len(d.Minutes))}
	for i, row := range d.Minutes {
		out.Minutes[i] = SegmentMinutes{row.Segment, minutesJSON(row.Minutes)}
		for k := range row.Minutes {
			s.minutes.put(&row.Minutes[k])
		}
	}
	_, sites, err := s.api.sitesNow(ctx)
	if err != nil {
		sites = nil // live names the sites too
	}
	for i := range d.Segments {
		j := join{segment: &d.Segments[i].Segment.Segment, now: &d.Segments[i], tally: s.minutes.tally(s.api.profile, d.Segments[i].ID)}
		out.Segments[i] = j.row(sites)
	}
	for i := range d.InRooms {
		// The silent twin of a stay (see identity.Duplicate) is one of no segment of the main meeting.
		if stay, ok := stayIn(&d.InRooms[i].Segment.Segment); ok {
			out.Stays = append(out.Stays, LiveStay{Of: d.InRooms[i].Parent, RoomStay: stay})
		}
	}
	return out
}

func (a *API) status(s *live.Status) LiveStatus {
	return LiveStatus{
		Watermark: timeOf(s.Watermark), LastEvent: timeOf(s.LastEvent), Meetings: s.Meetings, People: s.People, Calls: s.Calls,
		ByGrade: gradeCount(s.ByGrade), MeetingsByGrade: gradeCount(s.MeetingsByGrade), External: s.Unreported,
		LagMs: float64(s.Lag.Microseconds()) / 1000, Receiver: a.receiver(),
	}
}

func (s *stream) event(name, id string, body any) {
	data, err := json.Marshal(body)
	if err != nil {
		s.api.log.Error("event stream: cannot encode", "event", name, "err", err)
		return
	}
	s.buf = fmt.Appendf(s.buf, "event: %s\n", name)
	if id != "" {
		s.buf = fmt.Appendf(s.buf, "id: %s\n", id)
	}
	s.buf = append(append(append(s.buf, "data: "...), data...), "\n\n"...)
}

// flush sends what was appended and reports whether the client took it.
func (s *stream) flush() bool {
	// Not every ResponseWriter knows deadlines; then the server's own limits stand.
	_ = s.control.SetWriteDeadline(time.Now().Add(writeLimit))
	_, err := s.w.Write(s.buf)
	if err == nil {
		err = s.control.Flush()
	}
	if cap(s.buf) > 1<<20 {
		s.buf = nil // a burst: do not hold on to it
	}
	s.buf = s.buf[:0]
	return err == nil
}
