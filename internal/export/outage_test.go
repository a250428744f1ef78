package export

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/earshot/earshot"
	"github.com/earshot/earshot/internal/facts"
	"github.com/earshot/earshot/internal/facts/factstest"
	"github.com/earshot/earshot/internal/journal"
)

// reel is a journal in memory. It counts what was read of it.
type reel struct {
	mu          sync.Mutex
	records     []journal.Record
	reads, read int
}

type reelReader struct{ *reel }

func (r *reel) append(body []byte) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.records = append(r.records, journal.Record{Seq: uint64(len(r.records)) + 1, Kind: journal.KindEvent, ReceivedAt: earshot.InstantOf(time.Now()), Body: body})
}

func (r *reel) reader() (Journal, error) { return reelReader{r}, nil }

// counts returns how often it was read, and how many records in all.
func (r *reel) counts() (reads, records int) {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.reads, r.read
}

func (c reelReader) Info(context.Context) (journal.Info, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	return journal.Info{Journal: "j", First: 1, Tail: uint64(len(c.records))}, nil
}

func (c reelReader) Read(_ context.Context, after uint64, most int) ([]journal.Record, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	all := c.records[after:]
	all = all[:min(len(all), most)]
	c.reads, c.read = c.reads+1, c.read+len(all)
	return all, nil
}

func (c reelReader) Close() error { return nil }

// receipts is a destination that notes when each record came, and may be down.
type receipts struct {
	mu    sync.Mutex
	came  map[string]time.Duration // how long after its own time
	twice int
	down  error
}

func (p *receipts) Send(_ context.Context, b *Batch) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.down != nil {
		return p.down
	}
	for _, r := range b.Logs {
		if _, had := p.came[r.ID]; had {
			p.twice++
		}
		p.came[r.ID] = time.Since(r.At.Time())
	}
	return nil
}

func (p *receipts) is(down error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.down = down
}

func (p *receipts) Check(context.Context) (string, error) { return "", nil }
func (p *receipts) Close() error                          { return nil }

// outage is a world in which an event and a minute come every minute.
type outage struct {
	*reel
	facts *factstest.Memory
	n     int
}

// live lets so many minutes pass.
func (o *outage) live(t *testing.T, minutes int) {
	t.Helper()
	for range minutes {
		o.n++
		now := earshot.InstantOf(time.Now())
		o.append(fmt.Appendf(nil, `{"event":"meeting.started","event_ts":%d,"payload":{"account_id":"a","object":{"uuid":"u%d=="}}}`, int64(now), o.n))
		b := &facts.Batch{Cursor: facts.CursorFold, Journal: "j", From: uint64(o.n - 1), To: uint64(o.n)}
		b.Minutes = []earshot.Minute{{Segment: earshot.ID(o.n), Account: 1, At: now.Minute(), Grade: earshot.Good, Reports: 1}}
		if err := o.facts.Apply(t.Context(), b); err != nil {
			t.Fatal(err)
		}
		time.Sleep(time.Minute)
	}
}

// TestADestinationThatIsDownForADay has four destinations, three of which refuse everything for a day: one would take what is late, one
// takes nothing older than 18 hours, one may have a backlog of six hours only.
func TestADestinationThatIsDownForADay(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		const before, day, after = 30, 24 * 60, 60
		dir := t.TempDir()
		w := &outage{reel: &reel{}, facts: factstest.NewMemory()}
		names := []string{"well", "late", "eighteen-hours", "six-hours"}
		var peers []*receipts
		o := Options{
			Dir: dir, Outbox: w.facts, Directory: nobody{}, Journal: w.reader, Key: []byte("k"),
			Watermark: func() earshot.Instant { return earshot.InstantOf(time.Now()) },
		}
		for i, name := range names {
			peers = append(peers, &receipts{came: map[string]time.Duration{}})
			spec := Spec{Name: name, FromOldest: true, Logs: []Kind{KindEvent, KindMinute}}
			switch name {
			case "eighteen-hours":
				spec.MaxAge = 18 * time.Hour
			case "six-hours":
				spec.MaxBacklog = 6 * time.Hour
			}
			o.Targets = append(o.Targets, Target{spec, peers[i]})
		}
		x, err := New(o)
		if err != nil {
			t.Fatal(err)
		}
		ctx, stop := context.WithCancel(t.Context())
		done := make(chan struct{})
		go func() { defer close(done); _ = x.Run(ctx) }()

		w.live(t, before)
		size := sizeOf(t, dir)
		for i := 1; i < len(peers); i++ {
			peers[i].is(errors.New("connection refused"))
		}
		w.live(t, day)
		// What is in memory of a destination that is down: one chunk of each queue. What comes is read for the one that takes it, again for the
		// one that gives up what has waited for six hours, and a chunk for the one that gives up what is too old.
		synctest.Wait()
		if _, n := w.counts(); n < before+day || n > 2*(before+day)+journalChunk {
			t.Errorf("%d records were read of %d", n, before+day)
		}
		if grown := sizeOf(t, dir) - size; grown > 4<<10 {
			t.Errorf("the exports' own files grew by %d bytes in a day of outage", grown)
		}
		for i, s := range x.Status() {
			lag, gap := 23*time.Hour, uint64(0)
			if s.Name == "six-hours" {
				lag, gap = 5*time.Hour, 2*17*60
			}
			if i > 0 && (s.Backlog+s.Gap < 2*day-2*journalChunk || s.State != StateRetrying || s.Lag < lag || s.Gap < gap || s.Aside > 0) || i == 0 && (s.State != StateOK || s.Lag > time.Minute) {
				t.Errorf("at the end of the outage: %+v", s)
			}
		}
		for _, p := range peers {
			p.is(nil)
		}
		w.live(t, after)
		stop()
		<-done
		judge(t, x.Status(), peers, before+day+after)
		if err := x.Close(); err != nil {
			t.Error(err)
		}
	})
}

// judge wants all of n minutes to have come to everybody, or to be counted.
func judge(t *testing.T, all []Status, peers []*receipts, n int) {
	t.Helper()
	for i, s := range all {
		p := peers[i]
		if total := len(p.came) + int(s.TooOld) + int(s.Gap); total != 2*n || s.Aside != 0 || s.Lag != 0 || s.State != StateOK {
			t.Errorf("%s: %d came, %d too old, %d gap: %d of %d; %+v", s.Name, len(p.came), s.TooOld, s.Gap, total, 2*n, s)
		}
		if p.twice > 0 {
			t.Errorf("%s: %d came twice", s.Name, p.twice)
		}
		worst := time.Duration(0)
		for _, d := range p.came {
			worst = max(worst, d)
		}
		switch near := func(got uint64, want int) bool { return int(got) >= want-30 && int(got) <= want+30 }; s.Name {
		case "well":
			if worst > 10*time.Second+time.Minute || s.TooOld+s.Gap > 0 {
				t.Errorf("beside three that were down the slowest record took %s: %+v", worst, s)
			}
		case "late":
			if worst < 23*time.Hour || s.TooOld+s.Gap > 0 {
				t.Errorf("the oldest that came was %s late: %+v", worst, s)
			}
		case "eighteen-hours": // six hours of events and minutes
			if worst > 18*time.Hour || !near(s.TooOld, 2*6*60) || s.Gap > 0 {
				t.Errorf("the oldest that came was %s late: %+v", worst, s)
			}
		case "six-hours":
			if worst > 6*time.Hour || !near(s.Gap, 2*18*60) || s.TooOld > 0 {
				t.Errorf("the oldest that came was %s late: %+v", worst, s)
			}
		}
	}
}

// sizeOf is the size of all files of a folder.
func sizeOf(t *testing.T, dir string) (size int64) {
	t.Helper()
	err := filepath.WalkDir(dir, func(_ string, e fs.DirEntry, err error) error {
		if err != nil || e.IsDir() {
			return err
		}
		info, err := os.Stat(filepath.Join(dir, e.Name()))
		if err != nil {
			if info, err = e.Info(); err != nil {
				return err
			}
		}
		size += info.Size()
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return size
}
