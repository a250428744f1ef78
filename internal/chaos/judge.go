package main

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"github.com/earshot/earshot/internal/facts/duckdb"
	"github.com/earshot/earshot/internal/journal"
)

// tables are compared by digest.
var tables = []string{"sample", "minute", "summary", "notification", "call_sample"}

// judge compares what is stored with the sender's ledger, then loses the facts twice and compares again.
func (c *chaos) judge(ctx context.Context, l *ledger) error {
	if err := c.sealAll(ctx); err != nil {
		return err
	}
	if err := errors.Join(c.quiet(ctx), c.serve.Stop()); err != nil {
		return err
	}
	stored, err := c.checkJournal(ctx, l)
	if err != nil {
		return err
	}
	want, err := c.digests(ctx)
	if err != nil {
		return err
	}
	if got := want.samples; got != int64(stored*samplesPerQoS) {
		return fmt.Errorf("the facts hold %d samples of %d stored events with %d samples each", got, stored, samplesPerQoS)
	}
	fmt.Printf("journal: every acknowledged body exactly once; facts: %d samples, each exactly once, %d minutes\n", want.samples, want.minutes)

	facts := filepath.Join(c.data, "facts", "facts.duckdb")
	again := func(what string, damage func() error) error {
		if err := damage(); err != nil {
			return err
		}
		if err := c.up(ctx); err != nil {
			return err
		}
		begun := time.Now()
		if err := errors.Join(c.settled(ctx), c.quiet(ctx), c.serve.Stop()); err != nil {
			return fmt.Errorf("%s: %w", what, err)
		}
		got, err := c.digests(ctx)
		if err != nil {
			return fmt.Errorf("%s: %w", what, err)
		}
		for _, table := range tables {
			if got.of[table] != want.of[table] {
				return fmt.Errorf("%s: table %s is not what it was: %s, want %s (samples %d, want %d; minutes %d, want %d)",
					what, table, got.of[table], want.of[table], got.samples, want.samples, got.minutes, want.minutes)
			}
		}
		fmt.Printf("%s: rebuilt in %v, all tables have the same digest\n", what, time.Since(begun).Round(time.Second))
		return nil
	}
	return errors.Join(
		again("facts, registry and fold lost: an undisturbed fold of the journal", func() error {
			return errors.Join(os.RemoveAll(filepath.Dir(facts)), os.RemoveAll(filepath.Join(c.data, "registry")),
				remove(filepath.Join(c.data, "fold.snapshot")), remove(filepath.Join(c.data, "fold.snapshot.old")))
		}),
		again("facts deleted", func() error { return errors.Join(remove(facts), remove(facts+".wal")) }),
		again("facts truncated", func() error {
			info, err := os.Stat(facts)
			if err != nil {
				return err
			}
			return os.Truncate(facts, info.Size()*6/10)
		}),
	)
}

func remove(path string) error {
	if err := os.Remove(path); err != nil && !errors.Is(err, os.ErrNotExist) {
		return err
	}
	return nil
}

// sealAll sends events from far later, so that every minute of the load is sealed and every hour of it complete.
func (c *chaos) sealAll(ctx context.Context) error {
	s, err := newSender("http://"+c.webhook+"/webhook", c.rate)
	if err != nil {
		return err
	}
	for i := range 200 {
		at := epoch.Add(60 * 24 * time.Hour).Add(time.Duration(i) * time.Second)
		body := fmt.Appendf(nil, `{"event":"meeting.started","event_ts":%d,"payload":{"account_id":"chaos","object":{"uuid":"seal%018d==","id":"%d","topic":"seal","type":2}}}`, at.UnixMilli(), i, i)
		s.deliver(ctx, sha256.Sum256(body), body)
	}
	return ctx.Err()
}

// quiet waits until everything is applied, nothing is rebuilt and no hour is dirty.
func (c *chaos) quiet(ctx context.Context) error {
	if err := c.settled(ctx); err != nil {
		return err
	}
	time.Sleep(25 * time.Second) // a snapshot, and two looks at the dirty hours
	return c.settled(ctx)
}

// checkJournal reads the whole journal: every acknowledged body is there exactly once, and nothing that was not sent. It
// returns how many QoS events are stored.
func (c *chaos) checkJournal(ctx context.Context, l *ledger) (int, error) {
	j, err := journal.OpenReadOnly(journal.Options{Dir: filepath.Join(c.data, "journal")})
	if err != nil {
		return 0, err
	}
	defer j.Close()
	times := map[[32]byte]int{}
	_, err = journal.Replay(ctx, journal.NewSource(j), journal.ReplayOptions{}, func(r journal.Record) error {
		if r.Kind == journal.KindEvent {
			times[sha256.Sum256(r.Body)]++
		}
		return nil
	})
	if err != nil {
		return 0, err
	}
	lost, doubled, strange, stored := 0, 0, 0, 0
	for sum := range l.acked {
		if times[sum] == 0 {
			lost++
		}
	}
	for sum, n := range times {
		if n > 1 {
			doubled++
		}
		if _, issued := l.issued[sum]; issued {
			stored++
		} else {
			strange++
		}
	}
	const seals = 200
	if lost > 0 || doubled > 0 || strange != seals {
		return 0, fmt.Errorf("journal: %d acknowledged bodies lost, %d bodies stored more than once, %d bodies that were never sent (want %d seals)", lost, doubled, strange, seals)
	}
	return stored, nil
}

// digest is what the facts hold.
type digest struct {
	of               map[string]string
	samples, minutes int64
}

func (c *chaos) digests(ctx context.Context) (*digest, error) {
	s, err := duckdb.Open(duckdb.Options{Dir: filepath.Join(c.data, "facts")})
	if err != nil {
		return nil, err
	}
	defer s.Close()
	out := &digest{of: map[string]string{}}
	for _, table := range tables {
		if out.of[table], err = s.Digest(ctx, table); err != nil {
			return nil, err
		}
	}
	if out.samples, err = s.Count(ctx, "sample"); err != nil {
		return nil, err
	}
	if out.minutes, err = s.Count(ctx, "minute"); err != nil {
		return nil, err
	}
	dirty, err := s.DirtyHours(ctx, 0)
	if err == nil && len(dirty) > 0 {
		err = fmt.Errorf("%d hours are still dirty", len(dirty))
	}
	return out, err
}
