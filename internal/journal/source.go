package journal

import (
	"context"
	"errors"
	"fmt"
	"time"
)

// Source is what the tools read from: a [Client] while a receiver runs, [NewSource] when none does.
type Source interface {
	// Read returns records after the sequence after, up to max; none when there are none (yet). A hole is a *GapError.
	Read(ctx context.Context, after uint64, max int) ([]Record, error)
	Info(ctx context.Context) (Info, error)
}

var (
	_ Source = (*Client)(nil)
	_ Source = journalSource{}
)

type journalSource struct{ j *Journal }

// NewSource makes an open journal, usually one of [OpenReadOnly], a Source.
func NewSource(j *Journal) Source { return journalSource{j} }

func (s journalSource) Read(ctx context.Context, after uint64, max int) ([]Record, error) {
	if err := ctx.Err(); err != nil {
		return nil, context.Cause(ctx)
	}
	return s.j.Read(after, max, 0)
}

func (s journalSource) Info(context.Context) (Info, error) { return infoOf(s.j), nil }

// Range is what a tool reads.
type Range struct {
	After  uint64 // begin after this sequence; 0 begins at the oldest record
	Until  uint64 // end with this sequence; 0 ends at the tail as it is when the tool begins
	Follow bool   // go on with what comes, until ctx ends; Until is ignored. Without a running receiver nothing comes
}

// each reads a range. gap may be nil: then holes are passed over. The slice of fn is fn's own.
func (rg Range) each(ctx context.Context, s Source, fn func([]Record) error, gap func(*GapError) error) error {
	info, err := s.Info(ctx)
	if err != nil {
		return fmt.Errorf("ask for the journal's range: %w", err)
	}
	after, until := rg.After, rg.Until
	if until == 0 || until > info.Tail {
		until = info.Tail
	}
	if after == 0 && info.First > 0 {
		after = info.First - 1
	}
	for rg.Follow || after < until {
		records, err := s.Read(ctx, after, defaultReadRecords)
		var hole *GapError
		switch {
		case errors.As(err, &hole):
			if gap != nil {
				if err := gap(hole); err != nil {
					return err
				}
			}
			after = hole.To
			continue
		case err != nil && rg.Follow && ctx.Err() != nil:
			return nil
		case err != nil:
			return fmt.Errorf("read after record %d: %w", after, err)
		}
		if !rg.Follow {
			for len(records) > 0 && records[len(records)-1].Seq > until {
				records = records[:len(records)-1]
			}
		}
		if len(records) == 0 {
			if !rg.Follow || !info.Live {
				return nil
			}
			if ctx.Err() != nil {
				return nil
			}
			continue // the client waited already
		}
		if err := fn(records); err != nil {
			return err
		}
		after = records[len(records)-1].Seq
	}
	return nil
}

// ReplayOptions choose what Replay feeds and how fast.
type ReplayOptions struct {
	Range
	// Speed 1 keeps the pauses between the records' receipts, 60 makes an hour a minute; 0 knows no pauses.
	Speed float64
}

// ReplayReport says what Replay did.
type ReplayReport struct {
	Records uint64 `json:"records"`
	Missing uint64 `json:"missing"` // in holes
	Last    uint64 `json:"last"`    // the last sequence that was fed
}

// Replay feeds records of every kind to to, in order, until it returns an error. To feed another journal, let to append
// the events: heartbeats are that journal's own business, and its dedup makes a second replay harmless.
func Replay(ctx context.Context, s Source, o ReplayOptions, to func(Record) error) (ReplayReport, error) {
	var report ReplayReport
	if o.Speed < 0 {
		return report, fmt.Errorf("replay: a speed of %g, expected 0 (no pauses) or more", o.Speed)
	}
	var before Record
	err := o.each(ctx, s, func(records []Record) error {
		for _, r := range records {
			if pause := r.ReceivedAt.Sub(before.ReceivedAt); o.Speed > 0 && before.Seq > 0 && pause > 0 {
				if err := sleep(ctx, time.Duration(float64(pause)/o.Speed)); err != nil {
					return err
				}
			}
			if err := ctx.Err(); err != nil {
				return context.Cause(ctx)
			}
			if err := to(r); err != nil {
				return fmt.Errorf("record %d: %w", r.Seq, err)
			}
			report.Records++
			report.Last = r.Seq
			before = r
		}
		return nil
	}, func(g *GapError) error {
		report.Missing += g.To - g.From + 1
		return nil
	})
	if err != nil {
		return report, fmt.Errorf("replay: %w", err)
	}
	return report, nil
}
