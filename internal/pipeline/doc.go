// Package pipeline is the pump: it folds the journal into everything that Earshot knows.
//
// A [Fold] takes records one by one and turns them into rows for the facts, entities for the registry and updates for the
// live view. It is deterministic: the same records in the same order give the same rows, the same ids and the same sealed
// minutes, whenever and however often they are read. Time enters it only through records (see [watermark]). A [Pipeline]
// is the shell around one fold: it follows the journal, hands finished batches to one writer goroutine, saves the fold's
// state every few seconds, fills stores that were lost, and computes dirty hours again.
//
// # Minutes
//
// A minute stays open, in memory, until the watermark is [SealDelay] past its end; then it is graded once more and
// appended to the facts. A sample that comes later is stored all the same and marks its hour dirty; so does anything that
// changes a copied fact of a sealed minute. Dirty hours are computed again from the stored samples and replaced whole.
//
// # Directions
//
// Which way *_input runs is set, or found out by the fold from the minutes that it seals (see [Reading]). A change of mind
// marks the account's hours. What is computed beside the fold uses what the fold has found.
//
// # Crash
//
// Each store keeps the position up to which it has rows, in the transaction of the rows; the snapshot of the fold at N is
// written only after every store has committed up to N. A restart loads the snapshot, folds on from N, and the stores
// ignore what they already have. A store that is behind the snapshot has lost rows: a second fold, from the oldest record
// that the journal or its archive still holds, fills it up to N under a cursor of its own, while the first goes on.
//
// # Concurrency and failure
//
// The fold belongs to the goroutine of [Pipeline.Run]; the stores are written by one other. Between them is a queue of two
// batches: when the stores are slow, the fold waits, and the journal holds what comes. A store that fails is tried again
// until it works; nothing is skipped. Records that do not parse are counted as drift and stay in the journal.
//
// # Testing
//
// The fold is tested without I/O: shuffled and doubled records must give the same rows. The shell is tested against an
// in-memory journal and stores that are killed between any two writes.
package pipeline
