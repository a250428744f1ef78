// Package cause says what made a minute bad, by comparing it with everybody else's same minutes.
//
// The model is a noisy-OR with sparse faults. A person's minute in one direction is bad because of their own background,
// their own machine or radio, a bad sender in the meeting, or a fault in any cell (subnet, site, carrier, data centre, client
// version, VPN pool, meeting) that they belong to. Hazards −log(1−p) add. A cell is scored by votes and vetoes over a grid of
// rates q: a good member weighs log(1−q), a bad one log(1+q·(1−p)/p), where p is how well their minute is explained already,
// by direct evidence or by faults that were accepted before. The best cell above Params.Open is accepted, its members' p
// rises, what shares members with it is scored again, and so on: nested and overlapping cells sort themselves out. A
// [Engine.Explain] then shares one minute's badness among all hazards; the greatest is named when it carries enough.
//
// Guarantees. The engine is a pure function of what was put and of the times of its evaluations: the order of puts between
// two evaluations does not matter, nor do repeated ones; no clock, no randomness, no iteration over maps decides anything.
// It keeps sixteen minutes of every segment and a few numbers of every person ([Engine.Forget] drops idle ones).
// A snapshot restored ([Engine.Restore]) goes on exactly as the original would have.
//
// What the emulator's worlds added to the model: nobody suffers more from a sender than the sender shows, nobody's round trip
// is longer because of another, and what one sends all hear (sender.go, signature.go); a long round trip that was always long
// is distance (distance.go); a signal or a computer that harmed nobody before explains little now (private.go); a cell that
// spans places or meetings must be carried by more than one of them, a young fault can turn out to be a part of another, and
// an established one keeps its people (search.go).
//
// An Engine belongs to one goroutine and one account. Nothing in it fails, except restoring a damaged snapshot, which
// leaves the engine as it was.
//
// Tests: scenarios_test.go holds small worlds with the right answers, property_test.go what must hold for any input.
package cause
