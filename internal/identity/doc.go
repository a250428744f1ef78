// Package identity turns events into meetings, persons, segments and calls, whatever Zoom calls them and whenever it tells.
//
// [State] is a reducer: [State.Apply] folds one event in, [State.TakeChanges] says what is different now, and the views say
// what is the case. It does no I/O, reads no clock and starts no goroutine; one goroutine at a time may use it.
//
// # The promise
//
// Events come late, doubled and out of order; QoS comes before meeting.started, summaries after meeting.ended. The same
// events in any order, any number of times, give the same entities. That holds because no fact is ever simply overwritten:
//
//   - a text or an id is a register in which the greatest (event time, value) wins; empty says nothing;
//   - first and last times are minima and maxima; a leave counts only when it is not before the newest join;
//   - the device snapshots are a fold over partial entries in the order of their event time;
//   - everything else is derived from these facts, and derived anew when one of them changes.
//
// The tests hold it as a property over random events and over Zoom's own examples. Two things lie outside it: what was
// forgotten by [State.Evict], and entities that only existed between two events (the nameless guest of the first second):
// they may have been told of before they turned out to be somebody else.
//
// # What is joined how
//
// A meeting is its uuid, a session its session_id, a segment the pair of uuid and in-meeting id, and ids are keyed hashes of
// those ([Keys]). A person is known by the best identifier among all facts of the segment: Zoom user id, registrant,
// customer key, e-mail, else name, device and telephone number together. When a better one comes, the segment is another
// person's from its first minute on, and [Result.Moved] says which minutes to compute again.
//
// A breakout room is a meeting of its own with a parent; the segments in it continue segments of the main meeting. It does
// not matter whether QoS names the room or the main meeting (see [Duplicate]). A telephone that is bound to a participant
// (participant_bind) is that person. A rejoin has a new in-meeting id: a new segment of the same person.
//
// Event times are trusted: a caller that has reason to mistrust one corrects Event.TimeMs before Apply.
//
// # Snapshots
//
// [State.AppendBinary] writes the whole state, what was not taken yet included, and [State.Load] reads it back. A snapshot
// that is damaged, of another version or made with another secret is an error that says so, and leaves the state unchanged.
package identity
