package journal

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"time"
)

// DumpOptions choose what Dump and Tail write.
type DumpOptions struct {
	Range
	NoBodies bool // leave the bodies out: they name people
	Last     int  // Tail begins this many records before the tail
}

// dumpLine is one line of a dump. A body that is JSON stands as it is, any other in base64.
type dumpLine struct {
	Seq          uint64          `json:"seq,omitempty"`
	Kind         string          `json:"kind,omitempty"`
	ReceivedAt   *time.Time      `json:"received_at,omitempty"`
	Subscription string          `json:"subscription,omitempty"`
	RequestID    string          `json:"request_id,omitempty"`
	Bytes        int             `json:"bytes,omitempty"`
	Body         json.RawMessage `json:"body,omitempty"`
	BodyBase64   []byte          `json:"body_base64,omitempty"`
	Gap          *gapLine        `json:"gap,omitempty"`
}

type gapLine struct {
	From uint64 `json:"from"`
	To   uint64 `json:"to"`
}

// Dump writes a range as lines of JSON, one a record; a hole is a line with "gap". Bodies contain personal data.
func Dump(ctx context.Context, w io.Writer, s Source, o DumpOptions) error {
	out := bufio.NewWriterSize(w, 64<<10)
	enc := json.NewEncoder(out)
	enc.SetEscapeHTML(false)
	err := o.each(ctx, s, func(records []Record) error {
		for i := range records {
			if err := enc.Encode(lineOf(&records[i], o.NoBodies)); err != nil {
				return fmt.Errorf("write record %d: %w", records[i].Seq, err)
			}
		}
		return out.Flush()
	}, func(g *GapError) error {
		return enc.Encode(dumpLine{Gap: &gapLine{From: g.From, To: g.To}})
	})
	if err == nil {
		err = out.Flush()
	}
	if err != nil {
		return fmt.Errorf("dump journal: %w", err)
	}
	return nil
}

func lineOf(r *Record, noBody bool) dumpLine {
	at := r.ReceivedAt.Time()
	l := dumpLine{Seq: r.Seq, Kind: r.Kind.String(), ReceivedAt: &at, Subscription: r.Subscription, RequestID: r.RequestID, Bytes: len(r.Body)}
	switch {
	case noBody || len(r.Body) == 0:
	case json.Valid(r.Body):
		l.Body = r.Body
	default:
		l.BodyBase64 = r.Body
	}
	return l
}

// Tail writes the last records, as Dump does, and then each that comes, until ctx ends.
func Tail(ctx context.Context, w io.Writer, s Source, o DumpOptions) error {
	info, err := s.Info(ctx)
	if err != nil {
		return fmt.Errorf("tail journal: %w", err)
	}
	o.After = info.Tail - min(info.Tail, uint64(max(o.Last, 0)))
	o.After = max(o.After, info.First-min(info.First, 1))
	o.Follow = true
	return Dump(ctx, w, s, o)
}
