package api_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/earshot/earshot"
	"github.com/earshot/earshot/internal/journal"
)

// fakeJournal is a journal in memory: in the order of arrival, with what retention took gone from its beginning.
type fakeJournal struct {
	records []journal.Record // Seq is the index plus one
	first   uint64
	gap     [2]uint64 // from, to
	err     error
	reads   int
}

func (j *fakeJournal) Info(context.Context) (journal.Info, error) {
	return journal.Info{Journal: "j", First: max(j.first, 1), Tail: uint64(len(j.records))}, j.err
}

func (j *fakeJournal) Read(_ context.Context, after uint64, most int) ([]journal.Record, error) {
	if j.reads++; j.err != nil {
		return nil, j.err
	}
	var out []journal.Record
	for seq := after + 1; seq <= uint64(len(j.records)) && len(out) < most; seq++ {
		if seq < j.first {
			return nil, &journal.GapError{From: seq, To: j.first - 1}
		}
		if seq >= j.gap[0] && seq <= j.gap[1] {
			if len(out) > 0 {
				break
			}
			return nil, &journal.GapError{From: seq, To: j.gap[1]}
		}
		out = append(out, j.records[seq-1])
	}
	return out, nil
}

func (j *fakeJournal) add(kind journal.Kind, received earshot.Instant, body string) {
	j.records = append(j.records, journal.Record{Seq: uint64(len(j.records) + 1), Kind: kind, ReceivedAt: received, Body: []byte(body)})
}

// qos is the notification about one person in the town hall.
func qos(user string, at earshot.Instant) string {
	return fmt.Sprintf(`{"event":"meeting.participant_qos","event_ts":%d,"payload":{"account_id":"a","object":{"uuid":"uuid-Town hall","participant":{"user_id":%q,"qos":[]}}}}`, int64(at), user)
}

// busy fills a journal with forty minutes of a hundred people, ten seconds apart, Ann among them, each received two seconds later.
func busy(j *fakeJournal) {
	for at := at(-40); at < noon; at += 10_000 {
		for person := range 100 {
			user := fmt.Sprint(50_000 + person)
			if person == 57 {
				user = fmt.Sprint(uint64(annTownHall))
			}
			j.add(journal.KindEvent, at+2000, qos(user, at))
		}
	}
}

type rawAnswer struct {
	Events []struct {
		Seq         uint64
		Event, Body string
		At          time.Time
	}
	Complete, Gone bool
	KeptFrom       *time.Time `json:"kept_from"`
	LateMinutes    int        `json:"late_minutes"`
}

func rawPath(segment earshot.ID, from, to earshot.Instant) string {
	return "/api/v1/segments/" + segment.String() + "/raw-events?from=" + from.Time().Format(time.RFC3339) + "&to=" + to.Time().Format(time.RFC3339)
}

func TestRawEvents(t *testing.T) {
	w := newWorld(t).fill(t)
	busy(w.journal)
	got := read[rawAnswer](t, w, rawPath(annTownHall, at(-20), at(-18)))
	if len(got.Events) != 12 || !got.Complete || got.Gone {
		t.Fatalf("%d events, complete %v, gone %v; want the 12 of two minutes", len(got.Events), got.Complete, got.Gone)
	}
	for i, e := range got.Events {
		want := at(-20) + earshot.Instant(i)*10_000
		if e.Event != "meeting.participant_qos" || e.Body != qos(fmt.Sprint(uint64(annTownHall)), want) || !e.At.Equal(want.Time()) {
			t.Errorf("event %d: %+v", i, e)
		}
	}
	if got.LateMinutes < 10 {
		t.Errorf("late deliveries were looked for %d minutes long, want to the end of the journal", got.LateMinutes)
	}
	if w.journal.reads > 60 {
		t.Errorf("%d reads for two minutes of forty", w.journal.reads)
	}
}

func TestRawEventsThatCameLateOrLieBehindHoles(t *testing.T) {
	w := newWorld(t).fill(t)
	user := fmt.Sprint(uint64(annTownHall))
	busy(w.journal)
	for range 5 {
		w.journal.add(journal.KindHeartbeat, noon, "")
	}
	w.journal.add(journal.KindEvent, noon+1, "not JSON, "+user)
	w.journal.add(journal.KindEvent, noon+2, strings.Replace(qos(user, at(-19)+1), "Town hall", "Other", 1)) // somebody else, with the same in-meeting id
	w.journal.add(journal.KindEvent, noon+3, qos(user, at(-19)+3))
	got := read[rawAnswer](t, w, rawPath(annTownHall, at(-19), at(-18)))
	if len(got.Events) != 7 || got.Events[1].Seq != uint64(len(w.journal.records)) {
		t.Fatalf("%+v: want six and the late one second", got.Events)
	}
	// What is damaged is stepped over.
	w.journal.gap = [2]uint64{got.Events[2].Seq - 50, got.Events[2].Seq + 20}
	if got = read[rawAnswer](t, w, rawPath(annTownHall, at(-19), at(-18))); len(got.Events) != 6 {
		t.Errorf("%d events with one in the hole, want 6", len(got.Events))
	}
}

func TestRawEventsBeyondRetention(t *testing.T) {
	w := newWorld(t).fill(t)
	if got := read[rawAnswer](t, w, rawPath(annTownHall, at(-30), at(-29))); !got.Gone || !got.Complete || len(got.Events) != 0 {
		t.Errorf("of an empty journal: %+v", got)
	}
	busy(w.journal)
	w.journal.first = 12_001 // the first twenty minutes are gone
	got := read[rawAnswer](t, w, rawPath(annTownHall, at(-30), at(-29)))
	if !got.Gone || len(got.Events) != 0 || got.KeptFrom == nil || !got.KeptFrom.Equal(at(-20).Time()) {
		t.Errorf("beyond retention: %+v", got)
	}
	got = read[rawAnswer](t, w, rawPath(annTownHall, at(-21), at(-19)))
	if !got.Gone || len(got.Events) != 6 {
		t.Errorf("half beyond retention: %+v", got)
	}
}

func TestRawEventsAreBounded(t *testing.T) {
	w := newWorld(t).fill(t)
	busy(w.journal)
	got := read[rawAnswer](t, w, rawPath(annTownHall, at(-40), at(0)))
	if len(got.Events) != 200 || got.Complete {
		t.Errorf("%d events, complete %v, want 200 and more", len(got.Events), got.Complete)
	}
	if status, _, _ := get(t, w, rawPath(annTownHall, at(-90), at(0))); status != http.StatusUnprocessableEntity {
		t.Errorf("more than an hour: %d", status)
	}
	w.journal.err = errors.New("no socket")
	if status, _, body := get(t, w, rawPath(annTownHall, at(-40), at(0))); status != http.StatusServiceUnavailable || !strings.Contains(string(body), "receiver") {
		t.Errorf("without a receiver: %d %s", status, body)
	}
}
