package emulator

import (
	"bytes"
	"context"
	"log/slog"
	"strings"
	"testing"
	"testing/synctest"
	"time"
)

// Run delivers every event at its moment of wall time, challenges first, and ends after its duration.
func TestRunKeepsTime(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		const speed, wall = 10.0, time.Minute
		r := newReceiver(status(200))
		var log bytes.Buffer
		e, err := New(Options{
			Target: "http://receiver.invalid/webhook", Secret: testSecret, People: 60, Meetings: 6, Seed: 1, From: testFrom, Speed: speed, Duration: wall,
			Transport: r, Logger: slog.New(slog.NewTextHandler(&log, nil)),
		})
		if err != nil {
			t.Fatal(err)
		}
		begin := time.Now()
		if err := e.Run(context.Background()); err != nil {
			t.Fatal(err)
		}
		if d := time.Since(begin); d < wall || d > wall+time.Second {
			t.Errorf("ran for %v", d)
		}
		seen := r.requests()
		byID := map[string]time.Duration{}
		for _, x := range seen {
			byID[x.id] = x.at
		}
		n := 0
		for ev := range e.Generate(testFrom, testFrom.Add(time.Duration(speed*float64(wall)))) {
			n++
			due := time.Duration(float64(ev.Time.Sub(testFrom)) / speed)
			if at, ok := byID[ev.ID]; !ok || (at-due).Abs() > 2*time.Millisecond {
				t.Fatalf("%s due at %v, seen %v at %v", ev.Name, due, ok, at)
			}
		}
		if n != len(seen) || n < 200 {
			t.Errorf("%d requests for %d events", len(seen), n)
		}
		if got := e.Counts(); got.Acked != int64(n) || got.Challenges != 1 {
			t.Errorf("counts %+v, want %d acked", got, n)
		}
		if !strings.Contains(log.String(), "acked=") || strings.Contains(log.String(), string(testSecret)) {
			t.Errorf("log:\n%s", log.String())
		}
	})
}

// Without a beginning, the last minutes are sent at once, so that there is something to see.
func TestRunCatchesUp(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newReceiver(status(200))
		e, err := New(Options{Target: "http://receiver.invalid/webhook", Secret: testSecret, Transport: r, Duration: time.Second})
		if err != nil {
			t.Fatal(err)
		}
		if err := e.Run(t.Context()); err != nil {
			t.Fatal(err)
		}
		if n := len(r.requests()); n < 150 {
			t.Errorf("%d events in the first second, want those of two minutes", n)
		}
	})
}

// With CatchUp a longer past is sent at once, and time goes on from now.
func TestRunCatchesUpFromAGivenTime(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		const past = 20 * time.Minute
		r := newReceiver(status(200))
		begin := time.Now()
		e, err := New(Options{
			Target: "http://receiver.invalid/webhook", Secret: testSecret, Transport: r, People: 40, Seed: 1,
			From: begin.Add(-past), CatchUp: true, Duration: time.Minute,
		})
		if err != nil {
			t.Fatal(err)
		}
		if err := e.Run(t.Context()); err != nil {
			t.Fatal(err)
		}
		at := map[string]time.Duration{}
		for _, x := range r.requests() {
			at[x.id] = x.at
		}
		before, after := 0, 0
		for ev := range e.Generate(begin.Add(-past), begin.Add(time.Minute)) {
			due := max(0, ev.Time.Sub(begin))
			if seen, ok := at[ev.ID]; !ok || (seen-due).Abs() > 2*time.Millisecond {
				t.Fatalf("%s of %v, due after %v: seen %v after %v", ev.Name, ev.Time, due, ok, seen)
			}
			if due == 0 {
				before++
			} else {
				after++
			}
		}
		if before < 200 || after < 10 {
			t.Errorf("%d events of the past, %d of the minute that followed", before, after)
		}
	})
}

func TestRunNeedsATarget(t *testing.T) {
	e, err := New(Options{Secret: testSecret})
	if err != nil {
		t.Fatal(err)
	}
	if err := e.Run(t.Context()); err == nil || !strings.Contains(err.Error(), "target") {
		t.Errorf("run: %v", err)
	}
}
