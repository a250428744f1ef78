package pipeline

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"time"

	"github.com/earshot/earshot"
	"github.com/earshot/earshot/internal/facts"
	"github.com/earshot/earshot/internal/journal"
	"github.com/earshot/earshot/internal/obs"
)

// lostRows says what a store has lost: everything that the records in (FactsFrom, To] gave it. It is written down before
// the first row is filled in, so that a rebuild that is interrupted goes on.
type lostRows struct {
	Journal   string `json:"journal"`
	FactsFrom uint64 `json:"facts_from"`
	To        uint64 `json:"to"`
	Facts     bool   `json:"facts"`
	Registry  bool   `json:"registry"`
}

const rebuildBatch = 4000

// cursor returns the name under which the facts know this rebuild: one for each, since an earlier one ended elsewhere.
func (l *lostRows) cursor() facts.Cursor {
	return facts.Cursor(fmt.Sprintf("%s-to-%d", facts.CursorRebuild, l.To))
}

func (p *Pipeline) rebuildPath() string { return filepath.Join(p.o.Dir, "rebuild.json") }

// unfinished joins what was found lost now with a rebuild that an earlier run did not finish, and writes the result down.
func (p *Pipeline) unfinished(now *lostRows) (*lostRows, error) {
	raw, err := os.ReadFile(p.rebuildPath())
	switch {
	case errors.Is(err, os.ErrNotExist):
	case err != nil:
		return nil, fmt.Errorf("read the rebuild's mark: %w", err)
	default:
		var then lostRows
		if err := json.Unmarshal(raw, &then); err != nil {
			return nil, fmt.Errorf("read the rebuild's mark %s: %w", p.rebuildPath(), err)
		}
		if then.Journal == now.Journal {
			if then.Facts && now.Facts {
				now.FactsFrom = min(now.FactsFrom, then.FactsFrom)
			} else if then.Facts {
				now.FactsFrom = then.FactsFrom
			}
			now.Facts, now.Registry, now.To = now.Facts || then.Facts, now.Registry || then.Registry, max(now.To, then.To)
		}
	}
	if !now.Facts && !now.Registry {
		return nil, nil
	}
	raw, err = json.Marshal(now)
	if err != nil {
		return nil, fmt.Errorf("encode the rebuild's mark: %w", err)
	}
	if err := os.WriteFile(p.rebuildPath(), raw, 0o600); err != nil {
		return nil, fmt.Errorf("write the rebuild's mark: %w", err)
	}
	return now, syncDir(p.o.Dir)
}

// rebuild folds the journal once more, from the oldest record that it or its archive still holds up to the position where
// the fold went on, and fills in the rows that a store has lost. It never touches the live view and notifies nobody.
func (p *Pipeline) rebuild(ctx context.Context, lost *lostRows) error {
	info, err := p.info(ctx)
	if err != nil {
		return err
	}
	p.log.Info("filling a store that was lost", "facts", lost.Facts, "registry", lost.Registry, "from", info.First, "to", lost.To)
	defer obs.Slow(p.log, "filling a store that was lost", func() []any { return []any{"at", p.stats.rebuildSeq.Load(), "to", lost.To} })()
	cursor := lost.cursor()
	done, _, err := p.o.Facts.Applied(ctx, cursor, lost.Journal)
	if err != nil {
		return fmt.Errorf("facts: applied position: %w", err)
	}
	skipTo := max(done, lost.FactsFrom)
	f := NewFold(p.settled)
	f.seq = max(info.First, 1) - 1
	adopted, err := p.adopt(ctx, lost, f.seq)
	if err != nil {
		return err
	}
	from := f.seq
	blind := blindHours{from: adopted, until: adopted.Add(blindTime), hours: map[earshot.DirtyHour]struct{}{}}
	for f.Seq() < lost.To {
		records, err := p.o.Journal.Read(ctx, f.Seq(), rebuildBatch)
		var gap *journal.GapError
		switch {
		case errors.As(err, &gap):
			p.raise(fmt.Sprintf("records %d to %d are missing from the archive", gap.From, gap.To))
			f.seq = min(gap.To, lost.To)
			continue
		case err != nil:
			return fmt.Errorf("read journal after %d: %w", f.Seq(), err)
		case len(records) == 0:
			return fmt.Errorf("read journal after %d: nothing, want records up to %d", f.Seq(), lost.To)
		}
		for i := range records {
			if records[i].Seq > lost.To {
				break
			}
			f.Apply(&records[i])
			if f.Seq() == skipTo {
				f.Take()
			}
		}
		f.LiveUpdate(0) // forget the news: the live view has its own fold
		f.takeChanged() // and nobody is alerted about the past
		if adopted != 0 {
			blind.note(f.out.Minutes)
		}
		if err := p.fill(ctx, f, lost, from, skipTo, adopted); err != nil {
			return err
		}
		from = f.Seq()
		p.stats.rebuildSeq.Store(from)
	}
	if err := p.finish(ctx, lost); err != nil {
		return err
	}
	return p.o.Facts.MarkDirty(ctx, blind.list())
}

// blindTime is how long a fold that begins in the middle of things may not know who people are: their joins were told in
// records that are gone.
const blindTime = 24 * time.Hour

// blindHours are hours that such a fold filled in its first time. They are computed again with what the registry knows.
type blindHours struct {
	from, until earshot.Instant
	hours       map[earshot.DirtyHour]struct{}
}

func (b *blindHours) note(minutes []earshot.Minute) {
	for i := range minutes {
		if m := &minutes[i]; m.At >= b.from && m.At < b.until {
			b.hours[earshot.DirtyHour{Account: m.Account, Hour: m.At.Hour()}] = struct{}{}
		}
	}
}

func (b *blindHours) list() []earshot.DirtyHour {
	out := make([]earshot.DirtyHour, 0, len(b.hours))
	for h := range b.hours {
		out = append(out, h)
	}
	slices.SortFunc(out, func(a, b earshot.DirtyHour) int {
		return cmp.Or(cmp.Compare(a.Hour, b.Hour), cmp.Compare(a.Account, b.Account))
	})
	return out
}

// fill queues what the rebuilding fold emitted for the records after from, without what the stores still have.
func (p *Pipeline) fill(ctx context.Context, f *Fold, lost *lostRows, from, skipTo uint64, adopted earshot.Instant) error {
	p.stats.rebuildTo.Store(lost.To)
	it := cut(f, max(from, skipTo), lost.Journal, lost.cursor())
	it.mark = 0
	if f.Seq() <= skipTo || !lost.Facts {
		it.facts = nil
	} else {
		// What came from the backup stays: computed again from the samples that are left, its hour would lose the rest.
		it.facts.Minutes = slices.DeleteFunc(it.facts.Minutes, func(m earshot.Minute) bool { return m.At < adopted })
		it.facts.Dirty = slices.DeleteFunc(it.facts.Dirty, func(h earshot.DirtyHour) bool { return h.Hour < adopted })
	}
	it.registry = changes(f, from, lost.Journal+"/"+string(lost.cursor()), true) // a position of its own: the fold's is ahead
	if !lost.Registry {
		it.registry = nil
	}
	return p.send(ctx, it)
}

// adopt brings the minutes of the nightly backup back for the time before the first whole hour that the journal reaches.
func (p *Pipeline) adopt(ctx context.Context, lost *lostRows, after uint64) (earshot.Instant, error) {
	if !lost.Facts || lost.FactsFrom != 0 || p.o.Adopt == nil {
		return 0, nil
	}
	records, err := p.o.Journal.Read(ctx, after, 1)
	if err != nil || len(records) == 0 {
		return 0, err
	}
	if after == 0 {
		return 0, nil // the journal reaches back to the beginning
	}
	before := records[0].ReceivedAt.Hour() + 3_600_000
	if err := p.o.Adopt(ctx, before); err != nil {
		p.raise("minutes could not be restored from the nightly backup")
		p.log.Error("restore minutes from the backup", "err", err)
		return 0, nil
	}
	return before, nil
}

// finish waits until the last batch is stored and takes the mark away.
func (p *Pipeline) finish(ctx context.Context, lost *lostRows) error {
	it := item{done: make(chan struct{})}
	if err := p.send(ctx, it); err != nil {
		return err
	}
	select {
	case <-it.done:
	case <-ctx.Done():
		return ctx.Err()
	}
	if err := os.Remove(p.rebuildPath()); err != nil {
		return fmt.Errorf("remove the rebuild's mark: %w", err)
	}
	p.stats.rebuildTo.Store(0)
	p.log.Info("the lost store is whole again", "to", lost.To)
	return syncDir(p.o.Dir)
}
