package journal

import (
	"fmt"

	"github.com/earshot/earshot"
)

// Stats are the journal's figures. Counters count from Open.
type Stats struct {
	Journal string          `json:"journal"`
	First   uint64          `json:"first"`  // oldest readable record; tail+1 when there is none
	Tail    uint64          `json:"tail"`   // last durable record; 0 when there is none
	Rolled  uint64          `json:"rolled"` // records up to this one have left Pebble for the archive
	Oldest  earshot.Instant `json:"oldest"` // receipt of the first record; 0 when there is none

	PebbleBytes     int64 `json:"pebble_bytes"`
	ArchiveBytes    int64 `json:"archive_bytes"`
	ArchiveSegments int   `json:"archive_segments"`

	Appended   uint64 `json:"appended"` // heartbeats included
	Heartbeats uint64 `json:"heartbeats"`
	Duplicates uint64 `json:"duplicates"`
	Refused    uint64 `json:"refused"`      // Appends answered ErrFull
	Commits    uint64 `json:"commits"`      // group commits, each one sync
	DedupGets  uint64 `json:"dedup_gets"`   // questions to Pebble; the rest was answered by filters
	Full       string `json:"full"`         // why Append answers ErrFull; "" when it does not
	Failure    string `json:"failure"`      // why nothing more can be stored; "" when it can
	DedupError uint64 `json:"dedup_errors"` // events stored without a duplicate check, because a table is damaged

	QuarantineHeld    int    `json:"quarantine_held"`
	QuarantineBytes   int64  `json:"quarantine_bytes"`
	Quarantined       uint64 `json:"quarantined"`
	QuarantineDropped uint64 `json:"quarantine_dropped"` // refused by rate or size

	DamagedSegments uint64 `json:"damaged_segments"` // archive segments moved aside
	DamagedTables   uint64 `json:"damaged_tables"`   // Pebble tables set aside
	LostRecords     uint64 `json:"lost_records"`     // known to be gone with them

	Cursors []Cursor `json:"cursors"`
}

// Stats returns the journal's figures as of now.
func (j *Journal) Stats() Stats {
	s := Stats{
		Journal: j.id, Tail: j.tail.Load(), Rolled: j.rolled.Load(),
		Appended: j.counts.appended.Load(), Heartbeats: j.counts.heartbeats.Load(), Duplicates: j.counts.duplicates.Load(),
		Refused: j.counts.refused.Load(), Commits: j.counts.commits.Load(), DedupGets: j.dedup.asked.Load(), DedupError: j.counts.dedupErrors.Load(),
		Quarantined: j.jail.kept.Load(), QuarantineDropped: j.jail.dropped.Load(),
		DamagedSegments: j.archive.damaged.Load(), DamagedTables: j.damagedTables.Load(),
		LostRecords: j.counts.lostRecords.Load() + j.archive.lost.Load(),
		Cursors:     j.Cursors(),
	}
	segments := j.archive.list()
	s.ArchiveSegments = len(segments)
	for _, g := range segments {
		s.ArchiveBytes += g.size
	}
	s.First = j.First()
	if len(segments) > 0 {
		s.Oldest = segments[0].oldest
	} else if at, ok := j.oldestInStore(); ok {
		s.Oldest = at
	}
	_ = j.use(func() error {
		s.PebbleBytes = j.storeBytes()
		return nil
	})
	if full := j.full.Load(); full != nil {
		s.Full = full.reason
	}
	if err := j.failureNow(); err != nil {
		s.Failure = err.Error()
	}
	j.jail.mu.Lock()
	s.QuarantineHeld, s.QuarantineBytes = len(j.jail.held), j.jail.bytes
	j.jail.mu.Unlock()
	return s
}

// String is for logs.
func (s Stats) String() string {
	return fmt.Sprintf("journal %s: records %d to %d, %d bytes in Pebble, %d bytes in %d archive segments",
		s.Journal, s.First, s.Tail, s.PebbleBytes, s.ArchiveBytes, s.ArchiveSegments)
}
