package api_test

import (
	"bufio"
	"context"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/earshot/earshot"
	"github.com/earshot/earshot/internal/api"
	"github.com/earshot/earshot/internal/live"
)

// event is one message of the stream; a comment has only a comment.
type event struct{ name, id, data, comment string }

// parseEvents reads what an EventSource would, up to the last whole message.
func parseEvents(s *bufio.Scanner, yield func(event) bool) {
	var e event
	for s.Scan() {
		line := s.Text()
		field, value, _ := strings.Cut(line, ": ")
		switch {
		case line == "":
			if e != (event{}) && !yield(e) {
				return
			}
			e = event{}
		case field == "":
			e.comment = value
		case field == "event":
			e.name = value
		case field == "id":
			e.id = value
		case field == "data":
			e.data = value
		}
	}
}

// tape is a ResponseWriter that may be read while it is written.
type tape struct {
	mu     sync.Mutex
	header http.Header
	body   strings.Builder
	taken  int
	fail   bool
}

func (w *tape) Header() http.Header { return w.header }
func (w *tape) WriteHeader(int)     {}
func (w *tape) Flush()              {}
func (w *tape) Write(b []byte) (int, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.fail {
		return 0, http.ErrHandlerTimeout
	}
	return w.body.Write(b)
}

// take returns the messages since the last time.
func (w *tape) take() []event {
	w.mu.Lock()
	defer w.mu.Unlock()
	text := w.body.String()[w.taken:]
	w.taken += len(text)
	var all []event
	parseEvents(bufio.NewScanner(strings.NewReader(text)), func(e event) bool { all = append(all, e); return true })
	return all
}

func names(events []event) string {
	var all []string
	for _, e := range events {
		all = append(all, e.name+e.comment)
	}
	return strings.Join(all, " ")
}

// follow opens the stream within a bubble, where no registry can be asked.
func follow(t *testing.T, a *api.API, lastID string) (w *tape, done chan struct{}) {
	t.Helper()
	w, done = &tape{header: http.Header{}}, make(chan struct{})
	r := httptest.NewRequestWithContext(t.Context(), http.MethodGet, "/api/v1/events", nil)
	r.Header.Set("Last-Event-ID", lastID)
	go func() {
		defer close(done)
		a.Handler().ServeHTTP(w, r)
	}()
	synctest.Wait()
	return w, done
}

func TestEvents(t *testing.T) {
	outside := newWorld(t)
	synctest.Test(t, func(t *testing.T) {
		s := live.New(live.Options{})
		a, err := api.New(api.Options{Registry: outside.registry, Facts: outside.facts, Live: s})
		must(t, err)
		w, done := follow(t, a, "")
		if got := names(w.take()); got != "status" {
			t.Errorf("at once: got %q, want the status", got)
		}
		s.Apply(liveUpdate())
		synctest.Wait()
		if got := names(w.take()); got != "" {
			t.Errorf("within the second: got %q", got)
		}
		time.Sleep(time.Second)
		synctest.Wait()
		events := w.take()
		if got := names(events); got != "meetings status" {
			t.Fatalf("after a second: got %q", got)
		}
		var rows struct{ Rows []meetingRow }
		var status api.LiveStatus
		must(t, json.Unmarshal([]byte(events[0].data), &rows))
		must(t, json.Unmarshal([]byte(events[1].data), &status))
		if len(rows.Rows) != 3 || rows.Rows[0].Topic != "Town hall" || rows.Rows[0].Grade != "bad" {
			t.Errorf("rows: %+v", rows.Rows)
		}
		if status.Meetings != 3 || status.People != 5 || status.External != 1 || !status.Receiver || status.MeetingsByGrade.Bad != 1 || !status.Watermark.Equal(noon.Time()) {
			t.Errorf("status: %+v", status)
		}
		cursor := events[1].id
		s.Apply(live.Update{Watermark: at(1), Meetings: []earshot.Meeting{{ID: standUp, End: at(1), LastSeen: at(1)}}})
		time.Sleep(time.Second)
		synctest.Wait()
		events = w.take()
		if got := names(events); got != "meetings status" || !strings.Contains(events[0].data, `"ended":["`+standUp.String()+`"]`) {
			t.Errorf("after an end: got %q %s", got, events[0].data)
		}
		time.Sleep(time.Minute)
		synctest.Wait()
		if got := names(w.take()); strings.Count(got, "status") != 60 || strings.Count(got, "still here") != 4 || strings.Contains(got, "meetings") {
			t.Errorf("a quiet minute: got %q", got)
		}

		again, _ := follow(t, a, cursor)
		if got := again.take(); names(got) != "meetings status" || !strings.Contains(got[0].data, `"ended"`) {
			t.Errorf("going on from a cursor: got %q", names(got))
		}
		lost, _ := follow(t, a, "0000000000000000-1")
		if got := names(lost.take()); got != "resync status" {
			t.Errorf("going on from another process's cursor: got %q", got)
		}
		gone, goneDone := follow(t, a, "")
		gone.mu.Lock()
		gone.fail = true
		gone.mu.Unlock()
		time.Sleep(2 * time.Second)
		synctest.Wait()
		select {
		case <-goneDone:
		default:
			t.Error("a client that takes nothing is still served")
		}

		must(t, a.Close())
		must(t, a.Close())
		synctest.Wait()
		select {
		case <-done:
		default:
			t.Error("the stream outlives the API")
		}
		late := httptest.NewRecorder()
		a.Handler().ServeHTTP(late, httptest.NewRequest(http.MethodGet, "/api/v1/events", nil))
		if late.Code != http.StatusServiceUnavailable {
			t.Errorf("after Close: got %d", late.Code)
		}
	})
}

// followMeeting reads the event stream over a real connection, one meeting followed, until fn has seen enough.
func (w *world) followMeeting(t *testing.T, meeting earshot.ID, fn func(event) bool) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 2*time.Minute)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, w.server.URL+"/api/v1/events?meeting="+meeting.String(), nil)
	must(t, err)
	res, err := http.DefaultClient.Do(req)
	must(t, err)
	defer res.Body.Close() //nolint:errcheck // ends with the context
	if got := res.Header.Get("Content-Type"); got != "text/event-stream" {
		t.Errorf("content type %q", got)
	}
	scanner := bufio.NewScanner(res.Body)
	scanner.Buffer(nil, 1<<20)
	parseEvents(scanner, fn)
}

// With one meeting followed: its rows count all minutes, also those that live has forgotten.
func TestEventsOfAMeeting(t *testing.T) {
	w := newWorld(t).fill(t)
	type liveMeeting struct {
		Meeting  string
		Segments []segmentRow
		Minutes  []segmentMinutes
	}
	var got []liveMeeting
	applied := false
	w.followMeeting(t, townHall, func(e event) bool {
		if e.name == "status" && !applied {
			applied = true
			w.live.Apply(live.Update{Watermark: at(1), Minutes: []live.Minute{{Minute: minute(bobTownHall, townHall, bob, 0, earshot.Poor), Open: true}}})
		}
		if e.name == "meeting" {
			var m liveMeeting
			must(t, json.Unmarshal([]byte(e.data), &m))
			got = append(got, m)
		}
		// The first holds everything of the last seconds; the change comes in a later one.
		return !strings.Contains(e.data, `"grade":"poor"`)
	})
	if len(got) == 0 {
		t.Fatal("no event about the meeting")
	}
	last := got[len(got)-1]
	if last.Meeting != townHall.String() {
		t.Errorf("meeting %s", last.Meeting)
	}
	var row segmentRow
	for _, s := range last.Segments {
		if s.ID == bobTownHall.String() {
			row = s
		}
	}
	if row.Grade != "poor" || row.Person.Name != "Bob" || row.Minutes != (api.GradeCount{Good: 40, Poor: 1}) || row.Reason == nil {
		t.Errorf("row: %+v", row)
	}
	for _, m := range last.Minutes {
		if m.Segment == bobTownHall.String() {
			if n := len(m.Minutes); n == 0 || m.Minutes[n-1].Grade != "poor" || !m.Minutes[n-1].Open {
				t.Errorf("minutes: %+v", m.Minutes)
			}
		}
	}
}

// A stay in a breakout room that begins and ends while the main meeting is followed is told with it.
func TestEventsTellOfStaysInRooms(t *testing.T) {
	w := newWorld(t).fill(t)
	const stay earshot.ID = 0x4100
	inRoom := live.Segment{Segment: earshot.Segment{ID: stay, Meeting: breakout, Account: account, Person: bob, Parent: bobTownHall, Join: at(0)}, PersonName: "Bob"}
	var got []api.LiveStay
	began, ended := false, false
	w.followMeeting(t, townHall, func(e event) bool {
		if e.name == "meeting" {
			var m struct{ Stays []api.LiveStay }
			must(t, json.Unmarshal([]byte(e.data), &m))
			got = append(got, m.Stays...)
		}
		if e.name != "status" {
			return true
		}
		// What a second brings comes before its status.
		switch {
		case !began:
			began = true
			w.live.Apply(live.Update{Watermark: at(1), Segments: []live.Segment{inRoom}})
		case len(got) == 1 && !ended:
			ended = true
			inRoom.Leave = at(2)
			w.live.Apply(live.Update{Watermark: at(2), Segments: []live.Segment{inRoom}})
		}
		return len(got) < 2
	})
	left := at(2).Time()
	want := []api.LiveStay{
		{Of: bobTownHall, RoomStay: api.RoomStay{Segment: stay, Meeting: breakout, From: at(0).Time()}},
		{Of: bobTownHall, RoomStay: api.RoomStay{Segment: stay, Meeting: breakout, From: at(0).Time(), To: &left}},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("stays (-want +got):\n%s", diff)
	}
}
