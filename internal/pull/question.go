package pull

import (
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/earshot/earshot"
)

// What is a table that can be asked for.
type What string

// The tables.
const (
	Minutes   What = "minutes"   // graded participant-minutes that are sealed
	Segments  What = "segments"  // joins
	Meetings  What = "meetings"  // with their minutes by grade
	Calls     What = "calls"     // of Zoom Phone
	Incidents What = "incidents" // with their counts
	Samples   What = "samples"   // Zoom's reports as they came
)

// Whats are all tables.
func Whats() []What { return []What{Minutes, Segments, Meetings, Calls, Incidents, Samples} }

// Question is what is asked for. From and To are needed; zero filters are open.
type Question struct {
	What     What
	From, To earshot.Instant // [From, To): of rows that last, those that overlap it
	Account  earshot.ID
	Site     earshot.ID
	Person   earshot.ID
	Meeting  earshot.ID
	Grade    earshot.Grade // minutes and calls; Unclassified: all
	Names    bool          // joins names from the registry
}

// QuestionError says what is wrong with a question: which parameter, and what is wanted.
type QuestionError struct{ Parameter, Want string }

func (e *QuestionError) Error() string { return e.Parameter + ": " + e.Want }

// narrowing says which filters a table knows.
var narrowing = map[What][]string{
	Minutes:   {"account", "site", "person", "meeting", "grade"},
	Segments:  {"account", "person", "meeting"},
	Meetings:  {"account", "person", "meeting"},
	Calls:     {"account", "person", "grade"},
	Incidents: {"account", "site", "person", "meeting"},
	Samples:   {"account", "site", "person", "meeting"},
}

// Validate reports what is wrong with a question.
func (q *Question) Validate() error {
	known, ok := narrowing[q.What]
	if !ok {
		return &QuestionError{"what", fmt.Sprintf("want one of %v", Whats())}
	}
	if q.From <= 0 || q.To <= q.From {
		return &QuestionError{"to", "want a time after from"}
	}
	for _, f := range []struct {
		name string
		set  bool
	}{{"account", q.Account != 0}, {"site", q.Site != 0}, {"person", q.Person != 0}, {"meeting", q.Meeting != 0}, {"grade", q.Grade != earshot.Unclassified}} {
		if f.set && !slices.Contains(known, f.name) {
			return &QuestionError{f.name, fmt.Sprintf("%s are narrowed by %s only", q.What, strings.Join(known, ", "))}
		}
	}
	return nil
}

// position is where the next part begins.
type position struct {
	// At is the moment from which on rows are missing; of tables of the registry, Cursor is the last row that was sent.
	At     earshot.Instant `json:"a,omitempty"`
	Cursor string          `json:"c,omitempty"`
	// Width is how much time the last look took in, in milliseconds: a good beginning for the next.
	Width int64 `json:"w,omitempty"`
	// Of is the question's print: another question does not go on here.
	Of string `json:"q"`
}

// print tells questions apart.
func (q *Question) print() string {
	sum := sha256.Sum256(fmt.Appendf(nil, "%s %d %d %d %d %d %d %d %t", q.What, q.From, q.To, q.Account, q.Site, q.Person, q.Meeting, q.Grade, q.Names))
	return base64.RawURLEncoding.EncodeToString(sum[:9])
}

func (p position) String() string {
	raw, err := json.Marshal(p)
	if err != nil {
		panic("pull: BUG: a position cannot be written: " + err.Error()) // numbers and two texts
	}
	return base64.RawURLEncoding.EncodeToString(raw)
}

// positionOf reads a position; "" is the beginning.
func (q *Question) positionOf(s string) (position, error) {
	p := position{At: q.From, Of: q.print()}
	if s == "" {
		return p, nil
	}
	wrong := &QuestionError{"after", "not a continuation of this question; ask without it for the first part"}
	raw, err := base64.RawURLEncoding.Strict().DecodeString(s)
	if err != nil {
		return p, wrong
	}
	got := position{}
	if err := json.Unmarshal(raw, &got); err != nil || got.Of != p.Of || got.At < q.From || got.At > q.To || got.Width < 0 || got.Width > int64(400*24*time.Hour/time.Millisecond) {
		return p, wrong
	}
	return got, nil
}
