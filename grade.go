package earshot

// Grade is the verdict on a stream, a minute or anything made of minutes.
type Grade uint8

// The grades, ordered: a greater number is worse. Unclassified is no verdict, not a good one. The numbers are stored;
// never renumber.
const (
	Unclassified Grade = 0
	Good         Grade = 1
	Fair         Grade = 2
	Poor         Grade = 3
	Bad          Grade = 4
)

var gradeNames = [...]string{"unclassified", "good", "fair", "poor", "bad"}

// String returns the grade's word.
func (g Grade) String() string { return nameOf(gradeNames[:], uint8(g)) }

// MarshalText implements encoding.TextMarshaler.
func (g Grade) MarshalText() ([]byte, error) { return []byte(g.String()), nil }

// ParseGrade returns the grade with the given word, and whether there is one.
func ParseGrade(s string) (Grade, bool) {
	for i, n := range gradeNames {
		if n == s {
			return Grade(i), true
		}
	}
	return Unclassified, false
}

// Worse returns the worse of two grades. Unclassified loses against every verdict.
func Worse(a, b Grade) Grade { return max(a, b) }

// Why says why something is unclassified.
type Why uint8

// The reasons for having no verdict. The numbers are stored; never renumber.
const (
	WhyNone         Why = 0
	WhyIdle         Why = 1 // nothing was flowing: muted, camera off, no bitrate
	WhyShortSession Why = 2 // the segment lasted under 60 s
	WhyFewReports   Why = 3 // the segment has fewer than two reports
	WhyNoReport     Why = 4 // Zoom sent nothing for this minute
)

var whyNames = [...]string{"", "idle", "short-session", "few-reports", "no-report"}

// String returns the reason's word, "" for none.
func (w Why) String() string { return nameOf(whyNames[:], uint8(w)) }

// MarshalText implements encoding.TextMarshaler.
func (w Why) MarshalText() ([]byte, error) { return []byte(w.String()), nil }

// Reason is the observation that decided a grade: "audio sent, loss 18.2 %, bad from 10 %".
type Reason struct {
	Wire      Wire      // the stream or source, as Zoom named it
	Direction Direction // as it was understood when grading
	Metric    Metric
	Value     float32 // what was seen, in the metric's unit
	Bound     float32 // where the grade begins, in the metric's unit
	Set       bool    // false: nothing decided it (all good, or unclassified)
}
