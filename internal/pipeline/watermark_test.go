package pipeline

import (
	"testing"
	"time"

	"github.com/earshot/earshot"
)

func TestWatermark(t *testing.T) {
	start := earshot.InstantOf(testStart)
	at := func(d time.Duration) earshot.Instant { return start.Add(d) }
	t.Run("one wrong clock does not move it", func(t *testing.T) {
		var w watermark
		for i := range 200 {
			ts := at(time.Duration(i) * time.Second)
			if i%20 == 7 {
				ts = at(20 * 365 * 24 * time.Hour)
			}
			w.event(ts, at(time.Duration(i)*time.Second))
			if w.Now > at(time.Duration(i)*time.Second) {
				t.Fatalf("after event %d it is %v ahead", i, w.Now.Sub(at(time.Duration(i)*time.Second)))
			}
		}
		if lag := at(199 * time.Second).Sub(w.Now); lag > 15*time.Second {
			t.Errorf("%v behind", lag)
		}
	})
	t.Run("the first event's clock may be the wrong one", func(t *testing.T) {
		var w watermark
		w.event(at(20*365*24*time.Hour), start)
		for i := range 40 {
			w.event(at(time.Duration(i)*time.Second), at(time.Duration(i)*time.Second))
		}
		if w.Now > at(40*time.Second) {
			t.Errorf("%v ahead", w.Now.Sub(start))
		}
	})
	t.Run("never goes back", func(t *testing.T) {
		var w watermark
		for i := range 100 {
			w.event(at(time.Duration(i)*time.Second), start)
		}
		before := w.Now
		for range 200 {
			w.event(at(-time.Hour), start)
		}
		if w.Now != before {
			t.Errorf("moved by %v", w.Now.Sub(before))
		}
	})
	t.Run("advances while idle", func(t *testing.T) {
		var w watermark
		for i := range 3 { // too few to be believed at once
			w.event(at(time.Duration(i)*time.Second), at(time.Duration(i)*time.Second))
		}
		if w.Now != 0 {
			t.Errorf("%v after three events, want none", w.Now)
		}
		for i := range 30 {
			w.heartbeat(at(time.Duration(10*(i+1)) * time.Second))
		}
		if got := w.Now.Sub(start); got < 290*time.Second || got > 305*time.Second {
			t.Errorf("after 300 s of silence it is %v past the start", got)
		}
	})
	t.Run("a receiver's clock that is set does not carry it away", func(t *testing.T) {
		var w watermark
		const behind = 20 * time.Hour // within the window of signatures
		for i := range 100 {
			ts := at(time.Duration(i) * time.Second)
			w.event(ts, ts.Add(-behind))
		}
		w.heartbeat(at(110 * time.Second))
		if w.Now > at(110*time.Second) || w.Now < at(80*time.Second) {
			t.Errorf("%v past the start, want about 110 s", w.Now.Sub(start))
		}
	})
	t.Run("follows an outage of the receiver", func(t *testing.T) {
		for _, ahead := range []time.Duration{0, -7 * 24 * time.Hour} { // life, and a replay of last week
			var w watermark
			for i := range 100 {
				ts := at(time.Duration(i) * time.Second)
				w.event(ts.Add(ahead), ts)
			}
			w.heartbeat(at(10 * time.Hour))
			if got := w.Now.Sub(start.Add(ahead)); got < 10*time.Hour-time.Minute || got > 10*time.Hour {
				t.Errorf("%v past the start after ten hours, want as much", got)
			}
		}
	})
	t.Run("runs as fast as the events' clock", func(t *testing.T) {
		var w watermark
		for i := range 100 {
			w.event(at(time.Duration(i)*time.Minute), at(time.Duration(i)*time.Second))
		}
		if lag := at(99 * time.Minute).Sub(w.Now); lag > 10*time.Minute {
			t.Errorf("%v behind", lag)
		}
	})
}
