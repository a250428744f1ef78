package pipeline

import (
	"context"
	"errors"
	"fmt"

	"github.com/earshot/earshot"
	"github.com/earshot/earshot/internal/facts"
	"github.com/earshot/earshot/internal/journal"
)

// load brings the fold to where the last run left it, and says what the stores have lost since.
func (p *Pipeline) load(ctx context.Context, info journal.Info) (*lostRows, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.fold = NewFold(p.o.Rules)
	p.position = earshot.Position{Journal: info.Journal}
	p.cursor = facts.CursorFold

	s, err := loadSnapshot(p.snapshotPath())
	if err == nil {
		err = p.resume(s, info)
	}
	switch {
	case errors.Is(err, errNoSnapshot):
		p.log.Info("no snapshot, folding the journal from its beginning", "first", info.First, "err", err)
		if info.First > 1 {
			p.fold.seq = info.First - 1
		}
	case err != nil:
		return nil, err
	}
	p.from = p.fold.Seq()
	p.publish()
	p.stats.folded(p.fold.Seq(), p.fold.Watermark(), 0, p.fold.counts)
	p.stats.snapshot.Store(p.fold.Seq())
	if err := p.endOrphans(ctx); err != nil {
		return nil, err
	}
	return p.compare(ctx)
}

// resume continues from a snapshot. A journal that is not the snapshot's, or ends before it, raises an alarm: what was
// received and not applied is gone, and the new numbering must not be mistaken for the old.
func (p *Pipeline) resume(s *snapshotState, info journal.Info) error {
	if err := p.fold.load(s); err != nil {
		p.fold = NewFold(p.o.Rules)
		return fmt.Errorf("%w: %w", errNoSnapshot, err)
	}
	if err := p.o.Live.Load(s.Live); err != nil {
		p.log.Warn("live view could not be read from the snapshot; it fills as events come", "err", err)
	}
	p.cursor = facts.Cursor(s.FactsCursor)
	switch {
	case numbering(s.Position.Journal) != info.Journal:
		p.raise(fmt.Sprintf("the journal is a new one: it begins again at record %d, after record %d of the old was applied", info.First, s.Position.Seq))
		p.fold.seq, p.cursor = 0, facts.CursorFold
		if info.First > 1 {
			p.fold.seq = info.First - 1
		}
	case info.Tail < s.Position.Seq:
		p.raise(fmt.Sprintf("the journal ends at record %d, but record %d was applied: it was restored from an older copy", info.Tail, s.Position.Seq))
		p.position.Journal = fmt.Sprintf("%s~%d-%d", info.Journal, s.Position.Seq, info.Tail)
		p.fold.seq, p.cursor = info.Tail, facts.CursorFold
	default:
		p.position.Journal = s.Position.Journal
	}
	return nil
}

// numbering returns the journal id of a position: what stands before the mark that resume adds.
func numbering(name string) string {
	for i := range name {
		if name[i] == '~' {
			return name[:i]
		}
	}
	return name
}

// compare looks whether the stores have everything up to the fold's position N. What they have beyond it is not written
// again; what they lack before it was lost, and is filled by a rebuild.
func (p *Pipeline) compare(ctx context.Context) (*lostRows, error) {
	n := p.fold.Seq()
	inFacts, known, err := p.o.Facts.Applied(ctx, p.cursor, p.position.Journal)
	if err != nil {
		return nil, fmt.Errorf("facts: applied position: %w", err)
	}
	inRegistry, _, err := p.o.Registry.Applied(ctx, p.position.Journal)
	if err != nil {
		return nil, fmt.Errorf("registry: applied position: %w", err)
	}
	lost := &lostRows{Journal: p.position.Journal, To: n, FactsFrom: inFacts, Facts: inFacts < n, Registry: inRegistry < n}
	if inFacts < n {
		if known || inFacts > 0 {
			p.log.Warn("facts are behind the fold", "facts", inFacts, "fold", n)
		}
		p.cursor = facts.Cursor(fmt.Sprintf("fold-from-%d", n))
		if inFacts, _, err = p.o.Facts.Applied(ctx, p.cursor, p.position.Journal); err != nil {
			return nil, fmt.Errorf("facts: applied position: %w", err)
		}
	}
	p.skipTo, p.knownTo = max(inFacts, n), max(inRegistry, n)
	p.from = n
	return p.unfinished(lost)
}
