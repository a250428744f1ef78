package export

import (
	"errors"
	"fmt"
	"os"
	"testing"
	"testing/synctest"
	"time"

	"pgregory.net/rapid"
)

// disk is a destination that loses what was not synced when the process is killed, or when a sync fails.
type disk struct {
	*peer
	safe  map[string]bool
	fails func() bool
}

func (d *disk) Sync() error {
	d.mu.Lock()
	defer d.mu.Unlock()
	unsafe := d.got
	d.got = nil
	if d.fails() {
		return errors.New("input/output error")
	}
	for _, id := range unsafe {
		d.safe[id] = true
	}
	return nil
}

// TestWhatASyncLostIsSentAgain lets syncs fail and processes die, one after the other: no position is stored of what is not safe.
func TestWhatASyncLostIsSentAgain(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		n := rapid.IntRange(1, 900).Draw(rt, "records")
		lives := rapid.IntRange(0, 4).Draw(rt, "lives")
		failures := rapid.SliceOfN(rapid.Bool(), 0, 8).Draw(rt, "syncs fail")
		linger := time.Duration(rapid.IntRange(10, 3000).Draw(rt, "linger")) * time.Millisecond
		dir := t.TempDir()
		synctest.Test(t, func(t *testing.T) {
			q := numbered(n)
			q.most = 50
			safe := map[string]bool{}
			fails := func() bool {
				if len(failures) == 0 {
					return false
				}
				failed := failures[0]
				failures = failures[1:]
				return failed
			}
			for life := range lives + 1 {
				d := &disk{&peer{}, safe, fails}
				r := made(t, dir, Spec{BatchRecords: 20, Linger: linger}, q, d)
				during(t, r, func() {
					if life < lives {
						time.Sleep(time.Duration(life+1) * 13 * time.Second)
						return
					}
					time.Sleep(time.Hour)
				})
				at, _ := r.progress.position(StreamOutbox)
				for i := range at.Seq {
					if !safe[fmt.Sprint(i+1)] {
						rt.Fatalf("the position %d is stored, and %d is not safe", at.Seq, i+1)
					}
				}
			}
			if len(safe) != n {
				rt.Fatalf("%d of %d are safe", len(safe), n)
			}
		})
	})
}

// TestPositionsAreStoredSeldom counts writes of the file with the positions: each is a sync that the journal's own waits behind.
func TestPositionsAreStoredSeldom(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		q, p := numbered(1), &peer{}
		r := made(t, t.TempDir(), Spec{Linger: 10 * time.Millisecond}, q, p)
		during(t, r, func() {
			stores, last := 0, ""
			for range 600 { // ten records a second
				q.add(1)
				time.Sleep(100 * time.Millisecond)
				if raw, err := os.ReadFile(r.progress.path); err == nil && string(raw) != last {
					stores, last = stores+1, string(raw)
				}
			}
			if stores < 2 || stores > 4 {
				t.Errorf("stored %d times in a minute, want once in half a minute", stores)
			}
		})
		at, _ := r.progress.position(StreamOutbox)
		if int(at.Seq) != len(p.taken()) {
			t.Errorf("stored %d at the end, and %d were taken: a clean end repeats nothing", at.Seq, len(p.taken()))
		}
	})
}

// TestPositionsThatCannotBeStoredStopTheStreams bounds what a crash would repeat.
func TestPositionsThatCannotBeStoredStopTheStreams(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		q, p := numbered(1), &peer{}
		r := made(t, t.TempDir(), Spec{}, q, p)
		path := r.progress.path
		during(t, r, func() {
			time.Sleep(time.Minute)
			r.progress.mu.Lock()
			r.progress.path = path + "/not/there"
			r.progress.mu.Unlock()
			for range 3600 {
				q.add(1)
				time.Sleep(time.Second)
			}
			if n := len(p.taken()); n > 40 {
				t.Errorf("%d records left though no position could be stored", n)
			}
			if s := r.status(time.Now()); s.State != StateWaiting {
				t.Errorf("%+v", s)
			}
			r.progress.mu.Lock()
			r.progress.path = path
			r.progress.mu.Unlock()
			time.Sleep(time.Minute)
		})
		if n := len(p.taken()); n != 3601 {
			t.Errorf("%d of 3601 arrived", n)
		}
	})
}
