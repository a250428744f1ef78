package export

import (
	"context"

	"github.com/earshot/earshot"
)

// Stream names one queue that records come from.
type Stream string

// The streams, and which kinds come from each.
const (
	StreamJournal   Stream = "journal"   // events, samples
	StreamOutbox    Stream = "outbox"    // minutes, summaries
	StreamIncidents Stream = "incidents" // incidents
)

// streamOf returns where records of a kind come from.
func streamOf(k Kind) Stream {
	switch k {
	case KindMinute, KindSummary:
		return StreamOutbox
	case KindIncident:
		return StreamIncidents
	}
	return StreamJournal
}

// chunk is what a source read at once.
type chunk struct {
	records []*Record
	next    position        // where to go on once all of it is delivered
	full    bool            // there is probably more
	oldest  earshot.Instant // receipt of the oldest record, 0 where the source does not know
	// gap counts what is gone or older than MaxBacklog; skipped what is no record: unreadable, or not JSON.
	gap, skipped uint64
}

// add adds a record, or counts it where it has waited since before limit. A minute that left before is not missing without its revision.
func (c *chunk) add(rec *Record, limit earshot.Instant) {
	switch {
	case rec.since >= limit:
		c.records = append(c.records, rec)
	case !rec.Revised:
		c.gap++
	}
}

// source reads one stream for one destination. Its methods are called by one goroutine, but for behind and oldest.
type source interface {
	// start returns the position of a destination that has none: before the oldest record, or behind the newest.
	start(ctx context.Context, oldest bool) (position, error)
	// read returns what follows a position; a chunk without progress where there is nothing. It may wait a few seconds for some.
	read(ctx context.Context, after position) (chunk, error)
	// oldest returns the time before which everything is older than MaxBacklog; 0 while that is not known.
	oldest() earshot.Instant
	// behind returns how many entries follow a position. It may be called concurrently with the others.
	behind(ctx context.Context, after position) (uint64, error)
}
