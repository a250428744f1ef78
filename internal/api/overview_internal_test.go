package api

import (
	"context"
	"errors"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"pgregory.net/rapid"

	"github.com/earshot/earshot"
)

func TestSpanOfADay(t *testing.T) {
	at := func(text string) earshot.Instant {
		moment, err := time.Parse(time.RFC3339, text)
		if err != nil {
			t.Fatal(err)
		}
		return earshot.InstantOf(moment)
	}
	for _, test := range []struct{ name, zone, now, from, beforeFrom, beforeTo, ended string }{
		{"UTC", "UTC", "2026-11-13T12:00:00Z", "2026-11-13T00:00:00Z", "2026-11-06T00:00:00Z", "2026-11-06T12:00:00Z", "2026-11-07T00:00:00Z"},
		{"already tomorrow there", "Asia/Kathmandu", "2026-11-13T20:00:00Z", "2026-11-13T18:15:00Z", "2026-11-06T18:15:00Z", "2026-11-06T20:00:00Z", "2026-11-07T18:15:00Z"},
		// Paris put its clocks back on 25 October: nine in the morning is nine in the morning in both weeks.
		{"winter time began", "Europe/Paris", "2026-10-28T08:00:00Z", "2026-10-27T23:00:00Z", "2026-10-20T22:00:00Z", "2026-10-21T07:00:00Z", "2026-10-21T22:00:00Z"},
		{"the long day", "Europe/Paris", "2026-10-25T22:30:00Z", "2026-10-24T22:00:00Z", "2026-10-17T22:00:00Z", "2026-10-18T21:30:00Z", "2026-10-18T22:00:00Z"},
		// Midnight did not exist: the clocks went from 24:00 to 1:00.
		{"a day without midnight", "America/Asuncion", "2023-10-01T12:00:00Z", "2023-10-01T04:00:00Z", "2023-09-24T04:00:00Z", "2023-09-24T13:00:00Z", "2023-09-25T04:00:00Z"},
	} {
		t.Run(test.name, func(t *testing.T) {
			zone, err := zoneOf(test.zone)
			if err != nil {
				t.Fatal(err)
			}
			got := spanOf(at(test.now), zone)
			want := overviewSpan{from: at(test.from), to: at(test.now), beforeFrom: at(test.beforeFrom), beforeTo: at(test.beforeTo), ended: at(test.ended), open: at(test.now).Add(-openTail)}
			if got != want {
				t.Errorf("got  %v\nwant %v", got, want)
			}
		})
	}
}

func TestSpanOfAnyDay(t *testing.T) {
	zones := []string{"UTC", "Europe/Paris", "America/St_Johns", "Asia/Kathmandu", "Pacific/Apia", "Africa/Cairo", "Australia/Lord_Howe", "America/Asuncion"}
	rapid.Check(t, func(t *rapid.T) {
		zone, err := zoneOf(rapid.SampledFrom(zones).Draw(t, "zone"))
		if err != nil {
			t.Fatal(err)
		}
		now := earshot.Instant(rapid.Int64Range(1_577_836_800_000, 1_893_456_000_000).Draw(t, "now"))
		s := spanOf(now, zone)
		if s.from > s.to || s.to.Sub(s.from) > 25*time.Hour || s.open < s.from || s.open > s.to || s.beforeFrom > s.beforeTo || s.beforeTo > s.ended || s.ended > s.from {
			t.Fatalf("%v in %v: %+v", now.Time(), zone, s)
		}
		if a, b := s.from.Time().In(zone).Weekday(), s.beforeFrom.Time().In(zone).Weekday(); a != b {
			t.Fatalf("%v in %v: %v is compared with %v", now.Time(), zone, a, b)
		}
	})
}

func TestKeptReadsOnceForMany(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var k kept[int]
		reads := 0
		read := func(context.Context) (*int, error) {
			reads++
			n := reads
			time.Sleep(10 * time.Millisecond)
			return &n, nil
		}
		var all sync.WaitGroup
		for range 20 {
			all.Go(func() {
				if n, err := k.get(t.Context(), "a", time.Second, read); err != nil || *n != 1 {
					t.Errorf("%v, %v", n, err)
				}
			})
		}
		all.Wait()
		if n, err := k.get(t.Context(), "b", time.Second, read); err != nil || *n != 2 {
			t.Errorf("another key: %v, %v", n, err)
		}
		time.Sleep(time.Second)
		if _, err := k.get(t.Context(), "a", time.Second, func(context.Context) (*int, error) { return nil, errors.New("down") }); err == nil {
			t.Error("an error was kept back")
		}
		if n, err := k.get(t.Context(), "a", time.Second, read); err != nil || *n != 3 {
			t.Errorf("after an error: %v, %v", n, err)
		}
		for i := range 3 * mostKept {
			_, _ = k.get(t.Context(), string(rune('A'+i)), time.Second, read)
		}
		if len(k.byKey) > mostKept {
			t.Errorf("%d answers are held", len(k.byKey))
		}
	})
}
