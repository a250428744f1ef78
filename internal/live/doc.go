// Package live holds what is happening now: running meetings, who is in them and how well they hear, in memory.
//
// The pipeline is its only writer: it calls [State.Apply] after every run of records. Everything else reads: lists, one
// meeting, minutes that are not stored yet, and a [Subscription] that tells what changed since the last look.
//
// What it guarantees:
//   - Time is event time. The state depends on the updates and their watermark alone, so the same records give the same
//     state whether they came in one update or in a thousand; only [Status.Lag] and cursors are of this process.
//   - Apply never waits for a reader's network: subscribers have no queue. Each remembers the version that it saw and is
//     given what is newer, so a slow one costs nothing and gets fewer, larger steps; one that missed the end of too many
//     meetings is told to load everything again ([Delta.Resync]).
//   - A meeting leaves the lists when it is over ([earshot.Meeting.Live]), stays readable for a minute, and is held until
//     the fold lets go of it: the API merges its last minutes from here, and after an outage it may come back to life.
//   - What it has never heard of it does not invent: segments and minutes of unknown meetings are ignored; they are old
//     (a late report about a meeting that is over) and are read from the stores.
//
// All methods may be called concurrently; what they return is the caller's to read and never changes. Nothing here fails:
// only [State.Load] returns an error, for a snapshot that it cannot read, and then the state is as before.
//
// A participant with 30 minutes of history takes under 2 kB. Tests: properties in live_test.go (pieces equal the whole, a
// snapshot restores the same state, applied deltas equal the state), and the snapshot is fuzzed.
package live
