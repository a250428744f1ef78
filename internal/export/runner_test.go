package export

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/earshot/earshot"
	"github.com/earshot/earshot/internal/facts/factstest"
)

// queue is a source of numbered records.
type queue struct {
	mu   sync.Mutex
	all  []*Record // record i is at position i+1
	most int       // at once
	fail error
}

func numbered(n int) *queue {
	q := &queue{most: 100}
	q.add(n)
	return q
}

func (q *queue) add(n int) {
	q.mu.Lock()
	defer q.mu.Unlock()
	for range n {
		q.all = append(q.all, &Record{ID: fmt.Sprint(len(q.all) + 1), Kind: KindMinute, At: earshot.InstantOf(time.Now()), Name: "earshot.minute"})
	}
}

func (q *queue) start(context.Context, bool) (position, error) {
	return position{}, nil
}

func (q *queue) oldest() earshot.Instant { return 0 }

func (q *queue) behind(_ context.Context, at position) (uint64, error) {
	q.mu.Lock()
	defer q.mu.Unlock()
	return uint64(len(q.all)) - at.Seq, nil
}

func (q *queue) read(_ context.Context, at position) (chunk, error) {
	q.mu.Lock()
	defer q.mu.Unlock()
	if q.fail != nil {
		return chunk{next: at}, q.fail
	}
	part := q.all[at.Seq:]
	part = part[:min(len(part), q.most)]
	return chunk{records: part, next: position{Position: earshot.Position{Seq: at.Seq + uint64(len(part))}}, full: len(part) == q.most}, nil
}

// peer is a destination that answers as a test wants it to.
type peer struct {
	mu    sync.Mutex
	got   []string // ids, in the order taken
	tries int
	most  int // the largest batch
	// answer says what becomes of a batch; nil takes it.
	answer func(try int, ids []string) error
}

func (p *peer) Send(ctx context.Context, b *Batch) error {
	p.mu.Lock()
	p.tries++
	try := p.tries
	var ids []string
	for _, r := range append(slices.Clone(b.Logs), b.Metrics...) {
		ids = append(ids, r.ID)
	}
	p.most = max(p.most, len(ids))
	answer := p.answer
	p.mu.Unlock()
	if answer != nil {
		if err := answer(try, ids); err != nil {
			return err
		}
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	p.got = append(p.got, ids...)
	return ctx.Err()
}

func (p *peer) Check(context.Context) (string, error) { return "", nil }
func (p *peer) Close() error                          { return nil }

func (p *peer) taken() []string {
	p.mu.Lock()
	defer p.mu.Unlock()
	return slices.Clone(p.got)
}

// made returns a runner of one stream.
func made(t testing.TB, dir string, spec Spec, q source, to Destination) *runner {
	t.Helper()
	spec.Name, spec.Logs = "there", []Kind{KindMinute}
	o := Options{Dir: dir, Outbox: factstest.NewMemory(), Logger: nopLogger(), Watermark: func() earshot.Instant { return 0 }}
	r, err := newRunner(&o, Target{spec, to}, newJournalFeed(nil, nil, nil))
	if err != nil {
		t.Fatal(err)
	}
	r.streams[0].source = q
	return r
}

// during runs a runner while f does.
func during(t testing.TB, r *runner, f func()) {
	t.Helper()
	ctx, stop := context.WithCancel(t.Context())
	done := make(chan struct{})
	go func() { defer close(done); r.run(ctx) }()
	f()
	stop()
	<-done
}

func ids(from, to int) (all []string) {
	for i := from; i <= to; i++ {
		all = append(all, fmt.Sprint(i))
	}
	return all
}

func TestEverythingArrivesInOrderAndInBatches(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		q, p := numbered(250), &peer{}
		r := made(t, t.TempDir(), Spec{BatchRecords: 40}, q, p)
		during(t, r, func() {
			time.Sleep(10 * time.Second)
			q.add(5)
			time.Sleep(10 * time.Second)
		})
		if d := cmp.Diff(ids(1, 255), p.taken()); d != "" {
			t.Error(d)
		}
		if p.most != 40 {
			t.Errorf("the largest batch had %d records, want 40", p.most)
		}
		s := r.status(time.Now())
		if s.State != StateOK || s.Sent != 255 || s.Lag != 0 || s.Backlog != 0 {
			t.Errorf("status: %+v", s)
		}
	})
}

func TestRestartGoesOnAndRepeatsOnlyWhatWasNotStored(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		dir, q := t.TempDir(), numbered(300)
		first := &peer{}
		ctx, stop := context.WithCancel(t.Context())
		first.answer = func(try int, ids []string) error {
			if slices.Contains(ids, "160") { // within the second chunk, behind batches of it that were taken
				stop()
				return ctx.Err()
			}
			return nil
		}
		made(t, dir, Spec{BatchRecords: 20}, q, first).run(ctx)
		second := &peer{}
		r := made(t, dir, Spec{BatchRecords: 20}, q, second)
		during(t, r, func() { time.Sleep(time.Minute) })
		seen := map[string]int{}
		for _, id := range append(first.taken(), second.taken()...) {
			seen[id]++
		}
		if len(seen) != 300 {
			t.Errorf("%d of 300 arrived", len(seen))
		}
		if got := second.taken(); got[0] != "101" {
			t.Errorf("the second run began with %s, want the chunk that was not stored: 101", got[0])
		}
		if s := r.status(time.Now()); s.Sent != uint64(100+40+200) {
			t.Errorf("sent %d: what was taken twice counts twice", s.Sent)
		}
	})
}

func TestDownIsRetriedWithGrowingPausesAndThrottledAsAsked(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		begun := time.Now()
		var at []time.Duration
		p := &peer{answer: func(try int, _ []string) error {
			at = append(at, time.Since(begun))
			switch {
			case try <= 4:
				return errors.New("connection refused")
			case try == 5:
				return &ThrottledError{After: 7 * time.Minute, Err: errors.New("answered 429")}
			}
			return nil
		}}
		r := made(t, t.TempDir(), Spec{}, numbered(3), p)
		var before Status
		during(t, r, func() {
			time.Sleep(5 * time.Second)
			before = r.status(time.Now())
			time.Sleep(time.Hour)
		})
		if before.State != StateRetrying || before.Lag < 4*time.Second || before.LastError != "connection refused" {
			t.Errorf("while it is down: %+v", before)
		}
		for i := 1; i < 4; i++ {
			pause, want := at[i]-at[i-1], time.Second<<(i-1)
			if pause < want/2 || pause > want*3/2 {
				t.Errorf("pause %d was %s, want about %s", i, pause, want)
			}
		}
		if pause := at[5] - at[4]; pause < 7*time.Minute || pause > 8*time.Minute {
			t.Errorf("asked to pause 7 minutes, paused %s", pause)
		}
		if s := r.status(time.Now()); s.State != StateOK || s.Failed != 5 || s.Sent != 3 {
			t.Errorf("in the end: %+v", s)
		}
	})
}

func TestPoisonIsFoundAndSetAside(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		n := rapid.IntRange(1, 60).Draw(rt, "records")
		poison := rapid.SliceOfNDistinct(rapid.IntRange(1, n), 0, min(n, 10), func(i int) int { return i }).Draw(rt, "poison")
		dir := t.TempDir()
		synctest.Test(t, func(t *testing.T) {
			bad := map[string]bool{}
			for _, i := range poison {
				bad[fmt.Sprint(i)] = true
			}
			p := &peer{answer: func(_ int, ids []string) error {
				for _, id := range ids {
					if bad[id] {
						return &PermanentError{errors.New("answered 400: field x of ida@example.com at https://user:pw@host/secret?token=1")}
					}
				}
				return nil
			}}
			r := made(t, dir, Spec{BatchRecords: 25}, numbered(n), p)
			during(t, r, func() { time.Sleep(time.Hour) })
			var want []string
			for _, id := range ids(1, n) {
				if !bad[id] {
					want = append(want, id)
				}
			}
			if d := cmp.Diff(want, p.taken()); d != "" {
				rt.Errorf("taken: %s", d)
			}
			s := r.status(time.Now())
			if s.Aside != uint64(len(poison)) || s.AsideHeld != len(poison) || s.State != StateOK {
				rt.Errorf("status: %+v", s)
			}
			for _, secret := range []string{"pw", "token", "ida@"} {
				if strings.Contains(s.LastError, secret) {
					rt.Errorf("the last error tells %q: %s", secret, s.LastError)
				}
			}
			if again, err := openAside(r.aside.path[:strings.LastIndexByte(r.aside.path, '/')]); err != nil || again.held() != len(poison) {
				rt.Errorf("set aside after a restart: %d, %v", again.held(), err)
			}
		})
	})
}

func TestADestinationThatRefusesEverythingIsNotDrained(t *testing.T) {
	for name, refusal := range map[string]error{
		"credentials":       &RefusedError{errors.New("answered 401")},
		"every record":      &PermanentError{errors.New("answered 400")},
		"status of a proxy": StatusError(403, 0, "forbidden"),
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				p := &peer{answer: func(int, []string) error { return refusal }}
				r := made(t, t.TempDir(), Spec{}, numbered(1000), p)
				during(t, r, func() { time.Sleep(time.Hour) })
				s := r.status(time.Now())
				if s.State != StateRefused || s.Aside > mostRefusedInARow+12 {
					t.Errorf("after an hour: %+v", s)
				}
				if _, permanent := refusal.(*PermanentError); !permanent && s.Aside != 0 {
					t.Errorf("%d records were set aside though it is us that is refused", s.Aside)
				}
			})
		})
	}
}

func TestTooOldIsCountedNotPoison(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		q := numbered(10)
		for _, r := range q.all[:4] {
			r.At = earshot.InstantOf(time.Now().Add(-2 * time.Hour))
		}
		p := &peer{answer: func(_ int, ids []string) error {
			if ids[0] == "5" {
				return &TooOldError{errors.New("out of order")}
			}
			return nil
		}}
		r := made(t, t.TempDir(), Spec{MaxAge: time.Hour, BatchRecords: 8}, q, p)
		during(t, r, func() { time.Sleep(time.Minute) })
		if s := r.status(time.Now()); s.TooOld != 4+4 || s.Sent != 2 || s.Aside != 0 {
			t.Errorf("status: %+v", s)
		}
	})
}

func TestASlowDestinationDelaysNoOther(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		stuck := &peer{}
		slow := made(t, t.TempDir(), Spec{Timeout: time.Hour}, numbered(10), blocking{stuck})
		fast := &peer{}
		other := made(t, t.TempDir(), Spec{}, numbered(500), fast)
		x := &Exporter{runners: []*runner{slow, other}}
		ctx, stop := context.WithCancel(t.Context())
		done := make(chan struct{})
		go func() { defer close(done); _ = x.Run(ctx) }()
		time.Sleep(30 * time.Second)
		if n := len(fast.taken()); n != 500 {
			t.Errorf("%d of 500 arrived beside a destination that hangs", n)
		}
		if s := x.Status()[0]; s.Lag < 29*time.Second || s.Backlog != 10 {
			t.Errorf("the one that hangs: %+v", s)
		}
		stop()
		<-done
	})
}

// blocking takes nothing until its context ends.
type blocking struct{ *peer }

func (b blocking) Send(ctx context.Context, _ *Batch) error {
	<-ctx.Done()
	return ctx.Err()
}

func TestASourceThatFailsIsAskedAgain(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		q, p := numbered(3), &peer{}
		q.fail = errors.New("the receiver does not answer")
		r := made(t, t.TempDir(), Spec{}, q, p)
		during(t, r, func() {
			time.Sleep(time.Minute)
			if s := r.status(time.Now()); s.State != StateWaiting {
				t.Errorf("state %s", s.State)
			}
			q.mu.Lock()
			q.fail = nil
			q.mu.Unlock()
			time.Sleep(10 * time.Minute)
		})
		if d := cmp.Diff(ids(1, 3), p.taken()); d != "" {
			t.Error(d)
		}
	})
}
