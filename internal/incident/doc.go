// Package incident makes incidents of what [cause.Picture] says is going on: bad minutes that share a cause become one
// thing with a beginning, an end, people and a story, which somebody is told about once.
//
// An [Engine] is a state machine for one account. It is given one picture after the other and returns the incidents that
// changed. What it promises:
//
//   - Event time only. The same pictures give the same incidents with the same ids, whenever and wherever they are read.
//     An id is a keyed hash of account, cell and first bad minute.
//   - Never two open incidents in one cell. Every incident ends: recovered, without data, or as a part of another one.
//   - Bounded memory: see the Max fields of [Rules]. What is beyond a bound is counted, not kept.
//   - [Engine.AppendBinary] and [Engine.Restore] carry the state over a restart; the restored engine goes on exactly as the
//     first would have.
//
// The rules, with defaults and sources, are fields of [Rules]; docs/incidents.md says them in words. In short: a shared
// cell opens an incident when it lasts or at once when it is broad; a cell whose people already sit in an incident joins
// that one; a person's own trouble opens one when it is news for that person; victims of somebody else's bad sending never
// do. An incident that is quiet for ten minutes is closed, one that comes back before is the same incident.
//
// The package does no I/O and has no clock. An Engine is not safe for concurrent use. Nothing makes it fail: a picture that
// is older than the last one is ignored. Test it by its values: feed pictures, compare incidents.
package incident
