// Package journal is the durable log of raw events: what the receiver appends before it answers, and what the monitor folds.
//
// # Guarantees
//
//   - A record whose [Journal.Append] returned nil is on stable storage, exactly once, byte for byte.
//   - Sequences start at 1, ascend, and have no holes; a hole that damage or retention tore is reported as a [GapError].
//   - A body that was appended before, within the retention, is a duplicate: it gets the sequence of the first one.
//   - A reader never sees a record that a power cut could still take away.
//   - A record leaves Pebble only when it is older than the retention, was applied by every cursor that holds, and stands
//     in a synced archive segment. The size limit never deletes what is not applied: Append answers [ErrFull].
//   - A position is (journal id, sequence). A journal that was lost and begun again has a new id.
//
// # Shape
//
// One committer goroutine owns the sequence and the dedup state. Callers of Append encode and hash in their own goroutine
// and hand a pooled request over; the committer takes all that wait, writes record, dedup key and next sequence in one
// Pebble batch, syncs once and wakes them. [Journal.Run] does what has time: heartbeats, retention, archive, filters.
// docs/format/journal.md describes every byte on disk and on the socket.
//
// # Concurrency
//
// All methods of [Journal] and [Client] may be called concurrently. Open starts the committer, Close ends it; Run is called once.
// The queue of Append is bounded (Options.Queue): when it is full, Append waits until its context ends.
// Lock order: Journal.maintenance, Journal.open, archive.mu, Journal.mu; dedup.swap is taken alone,
// quarantine.mu within Journal.open. What belongs to the committer has no lock, since one goroutine owns it.
//
// # Failure
//
// A write or sync that fails is fatal for the open journal and only for it: nothing more is acknowledged, every waiter gets
// the error, and Run returns it so that the process can be restarted (crash only; never a second fsync on the same file).
// Damage that is read (bit rot in a table or an archive segment) is reported, counted, moved or linked aside, never deleted.
//
// # Testing
//
// Options.FS takes Pebble's in-memory file system, which can be crashed at any moment with any share of unsynced data kept.
package journal
