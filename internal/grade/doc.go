// Package grade turns what Zoom measured in one participant-minute into a verdict: good, fair, poor, bad or unclassified,
// with the observation that decided it.
//
// # What a verdict is made of
//
// A [Profile] is a list of [Rule]: for one metric of one medium, where fair, poor and bad begin. Every stream that flowed in
// the minute is measured against the rules of its medium, and the worst rule gives the grade of its slot (medium and
// direction). The other end does not matter: a stream to a room system or to a browser grades into the same slot as one to
// an ordinary client. The grade of the minute is the worst of its media slots.
//
// The computer and the radio have slots too, graded beside the media. They explain a bad minute; they do not make one: a
// busy computer whose owner is heard perfectly has no problem worth a call. That is how the proposed defaults read, too:
// "participant = worst of media".
//
// # What is honest to leave open
//
// No verdict is not a good one. A minute is [earshot.Unclassified], with its [earshot.Why], when Zoom sent nothing for it,
// when the session lasted under a minute, when the session has fewer than two reports, and when nothing flowed. A stream
// without a bit rate, or with one of about zero, is muted or switched off, and is left out: adding an idle stream to a minute
// never changes its grade.
//
// # Profiles
//
// [Builtin] lists the shipped ones; each rule names its source. The configuration may add others. Bounds are strict or
// inclusive as their source has them, and the tests measure every one of them just within, on it and just beyond. What is
// called an estimate ([EstimatedMOS]) is no figure of Zoom's.
//
// # Guarantees
//
// Everything here is a pure function: no I/O, no clock, no goroutine, no global. A verdict depends on the values only, not on
// the order of the samples; the same samples give the same verdict on every machine, because sums are taken in whole numbers.
// Numbers that cannot be (not finite, negative loss, a signal above -1 dBm) count as absent. Grading allocates nothing. A
// [Profile] may be used from any number of goroutines as long as nobody changes it. Nothing here can fail.
//
// The tests measure every rule at its bounds, just below and just above, and hold the properties above.
package grade
