// Package exporttest is a small world for tests of destinations: a journal with reports, facts with minutes, incidents, and a peer's
// doorkeeper that answers 503 and 429, cuts connections, and lets the rest through. It is used by tests only.
//
// A [World] is filled once and may then be read concurrently. Whatever goes wrong in it ends the test that made it.
package exporttest

import (
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"sync/atomic"
	"testing"
	"time"

	"github.com/cockroachdb/pebble/v2/vfs"

	"github.com/earshot/earshot"
	"github.com/earshot/earshot/internal/export"
	"github.com/earshot/earshot/internal/facts"
	"github.com/earshot/earshot/internal/facts/factstest"
	"github.com/earshot/earshot/internal/journal"
	"github.com/earshot/earshot/internal/registry"
)

// World is what exports are fed from.
type World struct {
	Journal *journal.Journal
	Facts   *factstest.Memory
	Now     earshot.Instant
	n       int
	left    int // summaries
}

// source makes an open journal what an exporter dials.
type source struct{ journal.Source }

func (source) Close() error { return nil }

// event is one report of two streams of one person, whose name and address must not leave by default.
const event = `{"event":"meeting.participant_qos","event_ts":%d,"payload":{"account_id":"acc","object":{"uuid":"u%d==","participant":{"user_id":"%d",` +
	`"user_name":"Ida Lind","email":"ida@example.com","qos":[{"date_time":"%s","type":"audio_input","details":{"bitrate":"60 kbps","latency":"38 ms","jitter":"4 ms","avg_loss":"0.5%%","max_loss":"2.0%%"}},` +
	`{"date_time":"%s","type":"cpu_usage","details":{"zoom_avg_cpu_usage":"6%%"}}]}}}}`

// New returns a world with n events, n minutes and n/10 incidents, all of the last minutes.
func New(t testing.TB, n int) *World {
	t.Helper()
	j, err := journal.Open(journal.Options{Dir: "journal", FS: vfs.NewMem(), Heartbeat: -1, MinFreeBytes: -1})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = j.Close() })
	w := &World{Journal: j, Facts: factstest.NewMemory(), Now: earshot.InstantOf(time.Now()).Minute(), n: n}
	var minutes []earshot.Minute
	for i := range n {
		at := w.Now.Add(-time.Duration(i%10) * time.Minute)
		when := at.Time().Format(time.RFC3339)
		r := journal.Record{Kind: journal.KindEvent, ReceivedAt: w.Now, Body: fmt.Appendf(nil, event, int64(at), i, 1000+i, when, when)}
		if _, err := j.Append(t.Context(), r); err != nil {
			t.Fatal(err)
		}
		m := earshot.Minute{Segment: earshot.ID(i + 1), Meeting: 5, Person: 7, Account: 3, At: at, Kind: earshot.KindMeeting, Grade: earshot.Grade(1 + i%4), Reports: 1}
		m.Site, m.NetworkType = 9, "Wifi"
		m.Slots[earshot.SlotAudioSend] = m.Grade
		minutes = append(minutes, m)
	}
	for i := 0; i < n; i += 10 {
		b := &facts.Batch{Cursor: facts.CursorFold, Journal: "j", From: uint64(i), To: uint64(i + 10), Minutes: minutes[i:min(i+10, n)]}
		if err := w.Facts.Apply(t.Context(), b); err != nil {
			t.Fatal(err)
		}
	}
	return w
}

// AddEvents appends further events.
func (w *World) AddEvents(t testing.TB, n int) {
	t.Helper()
	for i := range n {
		at := w.Now.Time().Format(time.RFC3339)
		r := journal.Record{Kind: journal.KindEvent, ReceivedAt: w.Now, Body: fmt.Appendf(nil, event, int64(w.Now), 1_000_000+i, 1, at, at)}
		if _, err := w.Journal.Append(t.Context(), r); err != nil {
			t.Fatal(err)
		}
	}
}

// AddSummaries lets n people leave, of each of whom Zoom sums up two streams: the one that they sent and the one that they got.
func (w *World) AddSummaries(t testing.TB, n int) {
	t.Helper()
	for i := w.left; i < w.left+n; i++ {
		from := uint64(w.n + i)
		b := &facts.Batch{Cursor: facts.CursorFold, Journal: "j", From: from, To: from + 1}
		for _, wire := range summedUp {
			b.Summaries = append(b.Summaries, earshot.Summary{
				Segment: earshot.ID(i + 1), Account: 3, At: w.Now, Wire: wire,
				Bitrate: earshot.SummaryStat{Min: earshot.Some(20), Avg: earshot.Some(40), Max: earshot.Some(60)}, Loss: earshot.SummaryStat{Avg: earshot.Some(0.5)},
			})
		}
		if err := w.Facts.Apply(t.Context(), b); err != nil {
			t.Fatal(err)
		}
	}
	w.left += n
}

// summedUp are the streams of everybody who left.
var summedUp = []earshot.Wire{earshot.WireAudioInput, earshot.WireAudioOutput}

// SummaryValues are how many numbers each summary has.
const SummaryValues = 4

// Options are those of an exporter that is fed from the world.
func (w *World) Options(dir string, targets ...export.Target) export.Options {
	return export.Options{
		Dir: dir, Targets: targets, Outbox: w.Facts, Incidents: w, Directory: w, Key: []byte("key"), Watermark: func() earshot.Instant { return w.Now },
		Journal: func() (export.Journal, error) { return source{journal.NewSource(w.Journal)}, nil },
	}
}

// IncidentOutbox implements export.Incidents.
func (w *World) IncidentOutbox(_ context.Context, after uint64, limit int) (out []registry.IncidentEntry, err error) {
	for i := after; i < uint64(w.n/10) && len(out) < limit; i++ {
		out = append(out, registry.IncidentEntry{Seq: i + 1, Incident: earshot.Incident{
			ID: earshot.ID(100 + i), Account: 3, Cause: earshot.CauseISP, Cell: earshot.Cell{Scope: earshot.ScopeSubnet, ID: 9, Name: "10.20.4.0/24"},
			Severity: earshot.SeverityMajor, State: earshot.IncidentOpen, Start: w.Now, Updated: w.Now, Affected: 4, Minutes: 9, Confidence: 80,
		}})
	}
	return out, nil
}

// IncidentOutboxTail implements export.Incidents.
func (w *World) IncidentOutboxTail(context.Context) (uint64, error) { return uint64(w.n / 10), nil }

// Accounts implements export.Directory.
func (w *World) Accounts(context.Context) ([]earshot.Account, error) {
	return []earshot.Account{{ID: 3, ZoomID: "acc"}}, nil
}

// Sites implements export.Directory.
func (w *World) Sites(context.Context) ([]earshot.Site, error) {
	return []earshot.Site{{ID: 9, Name: "Lyon"}}, nil
}

// PersonsByID implements export.Directory.
func (w *World) PersonsByID(context.Context, []earshot.ID) ([]earshot.Person, error) {
	return []earshot.Person{{ID: 7, Account: 3, ZoomUserID: "zu", Email: "ida@example.com", Name: "Ida Lind"}}, nil
}

// MeetingsByID implements export.Directory.
func (w *World) MeetingsByID(context.Context, []earshot.ID) ([]earshot.Meeting, error) {
	return []earshot.Meeting{{ID: 5, Account: 3, UUID: "u==", Number: "123", Topic: "Ida's week"}}, nil
}

// SegmentsByID implements export.Directory.
func (w *World) SegmentsByID(_ context.Context, ids []earshot.ID) (out []earshot.Segment, err error) {
	for _, id := range ids {
		out = append(out, earshot.Segment{ID: id, Account: 3, Meeting: 5, Person: 7})
	}
	return out, nil
}

// Personal is what may leave only where it is kept.
var Personal = []string{"Ida", "ida@", "10.20.4.0"}

// IDs returns the ids of the records of kinds that the world makes.
func (w *World) IDs(kinds ...export.Kind) map[string]bool {
	out := map[string]bool{}
	journalID := w.Journal.Stats().Journal
	for _, k := range kinds {
		for i := range w.left {
			for _, wire := range summedUp {
				if k == export.KindSummary {
					out[fmt.Sprintf("u-%s-%d", earshot.ID(i+1), wire)] = true
				}
			}
		}
		for i := range w.n {
			at := w.Now.Add(-time.Duration(i%10) * time.Minute)
			switch k {
			case export.KindEvent:
				out[fmt.Sprintf("e-%s-%d", journalID, i+1)] = true
			case export.KindSample:
				out[fmt.Sprintf("s-%s-%d-0", journalID, i+1)] = true
				out[fmt.Sprintf("s-%s-%d-1", journalID, i+1)] = true
			case export.KindMinute:
				out[fmt.Sprintf("m-%s-%d", earshot.ID(i+1), int64(at)/60_000)] = true
			case export.KindIncident:
				if i < w.n/10 {
					out[fmt.Sprintf("i-%s-%d-open", earshot.ID(100+i), int64(w.Now))] = true
				}
			}
		}
	}
	return out
}

// Doorkeeper stands before an HTTP peer: of its first requests one gets 503, one 429 with Retry-After, and one reaches the peer, whose
// answer is lost.
type Doorkeeper struct {
	URL   string
	Tries atomic.Int64
}

// NewDoorkeeper returns one before the peer at address.
func NewDoorkeeper(t testing.TB, address string) *Doorkeeper {
	t.Helper()
	d := &Doorkeeper{}
	proxy := httputil.NewSingleHostReverseProxy(&url.URL{Scheme: "http", Host: address})
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch d.Tries.Add(1) {
		case 1:
			w.WriteHeader(http.StatusServiceUnavailable)
		case 2:
			w.Header().Set("Retry-After", "1")
			w.WriteHeader(http.StatusTooManyRequests)
		case 4:
			proxy.ServeHTTP(httptest.NewRecorder(), r) // taken, but nobody is told
			c, _, err := w.(http.Hijacker).Hijack()
			if err == nil {
				_ = c.Close()
			}
		default:
			proxy.ServeHTTP(w, r)
		}
	}))
	t.Cleanup(s.Close)
	d.URL = s.URL
	return d
}
