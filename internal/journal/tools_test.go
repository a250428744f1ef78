package journal_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/earshot/earshot/internal/journal"
)

// sources gives the same journal as both kinds of Source.
func sources(t *testing.T, j *journal.Journal) map[string]journal.Source {
	path, _, _ := serve(t, j)
	return map[string]journal.Source{"over the socket": dial(t, path), "in the directory": journal.NewSource(j)}
}

func TestDump(t *testing.T) {
	j := mustOpen(t, memory())
	for _, r := range []journal.Record{
		{Kind: journal.KindEvent, ReceivedAt: 1763630000000, Subscription: "emea", RequestID: "r1", Body: []byte(`{"event":"meeting.started","topic":"a < b"}`)},
		{Kind: journal.KindHeartbeat, ReceivedAt: 1763630010000},
		{Kind: journal.KindEvent, ReceivedAt: 1763630020000, Body: []byte("no JSON")},
		{Kind: journal.KindEvent, ReceivedAt: 1763630030000, Body: []byte(`{}`)},
	} {
		mustAppend(t, j, r)
	}
	want := `{"seq":2,"kind":"heartbeat","received_at":"2025-11-20T09:13:30Z"}
{"seq":3,"kind":"event","received_at":"2025-11-20T09:13:40Z","bytes":7,"body_base64":"bm8gSlNPTg=="}
`
	whole := `{"seq":1,"kind":"event","received_at":"2025-11-20T09:13:20Z","subscription":"emea","request_id":"r1","bytes":43,"body":{"event":"meeting.started","topic":"a < b"}}
`
	for name, s := range sources(t, j) {
		var b bytes.Buffer
		if err := journal.Dump(t.Context(), &b, s, journal.DumpOptions{Range: journal.Range{After: 1, Until: 3}}); err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(want, b.String()); diff != "" {
			t.Errorf("%s, records 2 and 3 (-want +got):\n%s", name, diff)
		}
		b.Reset()
		if err := journal.Dump(t.Context(), &b, s, journal.DumpOptions{Range: journal.Range{Until: 1}}); err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(whole, b.String()); diff != "" {
			t.Errorf("%s, record 1 (-want +got):\n%s", name, diff)
		}
		b.Reset()
		if err := journal.Dump(t.Context(), &b, s, journal.DumpOptions{NoBodies: true}); err != nil {
			t.Fatal(err)
		}
		if n := strings.Count(b.String(), "\n"); n != 4 || strings.Contains(b.String(), "topic") {
			t.Errorf("%s, everything without bodies: %d lines\n%s", name, n, b.String())
		}
	}
}

func TestTail(t *testing.T) {
	j := mustOpen(t, memory())
	for i := range 5 {
		mustAppend(t, j, event(fmt.Sprint("old ", i)))
	}
	for name, s := range sources(t, j) {
		ctx, cancel := context.WithCancel(t.Context())
		r, w := io.Pipe()
		done := make(chan error, 1)
		go func() {
			done <- journal.Tail(ctx, w, s, journal.DumpOptions{Last: 2})
			_ = w.Close()
		}()
		lines := json.NewDecoder(r)
		next := func() uint64 {
			var line struct{ Seq uint64 }
			if err := lines.Decode(&line); err != nil {
				t.Fatalf("%s: %v", name, err)
			}
			return line.Seq
		}
		last := j.Tail()
		if one, two := next(), next(); one != last-1 || two != last {
			t.Errorf("%s: began with %d and %d, want the last two", name, one, two)
		}
		if strings.Contains(name, "socket") {
			seq := mustAppend(t, j, event("new "+name)).Seq
			if got := next(); got != seq {
				t.Errorf("%s: then %d, want %d", name, got, seq)
			}
			cancel()
		}
		if err := <-done; err != nil {
			t.Errorf("%s: %v", name, err)
		}
		cancel()
	}
}

func TestReplay(t *testing.T) {
	from := mustOpen(t, memory())
	for i := range 10 {
		r := event(fmt.Sprint("body ", i))
		if i == 4 {
			r = journal.Record{Kind: journal.KindHeartbeat, ReceivedAt: r.ReceivedAt}
		}
		mustAppend(t, from, r)
	}
	to := mustOpen(t, memory())
	for range 2 { // the second time everything is a duplicate
		report, err := journal.Replay(t.Context(), journal.NewSource(from), journal.ReplayOptions{Range: journal.Range{After: 2, Until: 8}}, func(r journal.Record) error {
			if r.Kind != journal.KindEvent {
				return nil
			}
			_, err := to.Append(t.Context(), r)
			return err
		})
		if diff := cmp.Diff(journal.ReplayReport{Records: 6, Last: 8}, report); diff != "" || err != nil {
			t.Errorf("replay: %v (-want +got):\n%s", err, diff)
		}
	}
	var got []string
	for _, r := range readAll(t, to, 0) {
		got = append(got, string(r.Body))
	}
	if diff := cmp.Diff([]string{"body 2", "body 3", "body 5", "body 6", "body 7"}, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	enough := errors.New("enough")
	report, err := journal.Replay(t.Context(), journal.NewSource(from), journal.ReplayOptions{}, func(r journal.Record) error {
		if r.Seq == 3 {
			return enough
		}
		return nil
	})
	if !errors.Is(err, enough) || report.Last != 2 {
		t.Errorf("a refused record: %+v, %v", report, err)
	}
}

func TestReplaySpeed(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		j := mustOpen(t, memory())
		for i := range 7 {
			r := event(fmt.Sprint(i))
			mustAppend(t, j, r)
			time.Sleep(10 * time.Minute)
		}
		start := time.Now()
		if _, err := journal.Replay(t.Context(), journal.NewSource(j), journal.ReplayOptions{Speed: 60}, func(journal.Record) error { return nil }); err != nil {
			t.Fatal(err)
		}
		if took := time.Since(start); took != time.Minute {
			t.Errorf("an hour at speed 60 took %v", took)
		}
	})
}

func TestVerify(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		o := memory()
		o.Retention = time.Hour
		j := mustOpen(t, o)
		if _, err := journal.Verify(t.Context(), o); !errors.Is(err, journal.ErrLocked) {
			t.Errorf("verify beside a running receiver: %v, want ErrLocked", err)
		}
		stop := running(t, j)
		for i := range 30 {
			mustAppend(t, j, event(fmt.Sprint("body ", i)))
			time.Sleep(10 * time.Minute)
		}
		stop()
		r, err := journal.Verify(t.Context(), o)
		if err != nil || !r.OK() || r.Records != 30 || r.Events != 30 || r.Segments < 3 {
			t.Fatalf("a sound journal: %v, %s", err, &r)
		}
		damageSegment(t, o)
		before := o.FS.(interface{ String() string }).String()
		r, err = journal.Verify(t.Context(), o)
		if err != nil || r.OK() || r.Missing != 6 || len(r.Holes) != 1 || len(r.Damaged) != 1 || r.Records != 24 {
			t.Errorf("a damaged hour: %v, %s", err, &r)
		}
		if !strings.Contains(r.String(), "DAMAGED") {
			t.Errorf("the report for people: %s", &r)
		}
		if after := o.FS.(interface{ String() string }).String(); countFiles(after) != countFiles(before) {
			t.Errorf("verifying changed files:\n%s\n%s", before, after)
		}
	})
}

func countFiles(tree string) int { return strings.Count(tree, ".zst") }

// damageSegment flips a bit in the first block of the second segment.
func damageSegment(t *testing.T, o journal.Options) {
	t.Helper()
	ids, err := o.FS.List("journal/archive")
	if err != nil {
		t.Fatal(err)
	}
	names, err := o.FS.List("journal/archive/" + ids[0])
	if err != nil || len(names) < 3 {
		t.Fatalf("segments %v, %v", names, err)
	}
	b, err := o.FS.(interface {
		UnsafeGetFileDataBuffer(string) ([]byte, error)
	}).UnsafeGetFileDataBuffer("journal/archive/" + ids[0] + "/" + names[1])
	if err != nil {
		t.Fatal(err)
	}
	b[120] ^= 4
}
