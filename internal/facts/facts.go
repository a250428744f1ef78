// Package facts is the contract of the column store: what it holds, what it promises, what may be asked. Implementations
// live below it (duckdb); factstest is the suite that each must pass.
//
// What it holds: samples, minutes, summaries, notifications and call samples. No personal data: rows name people and
// meetings by id, and carry the non-personal dimensions that people group by, so that every question is one scan.
//
// What it promises:
//   - A [Batch] is stored whole or not at all, together with the position of its cursor in the journal. A batch at or below
//     that position is ignored, so a writer that repeats itself after a crash changes nothing.
//   - Rows are appended; nothing is updated in place. What changes a sealed hour goes through [Store.ReplaceHour].
//   - Sealed minutes and summaries also appear in the outbox, in the same transaction, under a gapless sequence.
//   - What cannot be opened is moved aside and a new store begun; nothing is deleted. [Store.Recovered] says so.
//
// One goroutine may write (Apply, ReplaceHour, Maintain); any number may read beside it. A write that failed
// is repeated by the caller: where it was stored all the same, its position says so. Test whatever needs a store with factstest.NewMemory, and an implementation with factstest.Test.
package facts

import (
	"cmp"
	"context"
	"errors"
	"time"

	"github.com/earshot/earshot"
)

// ErrOutOfOrder is returned by Apply for a batch that does not begin where its cursor stands: rows would be missing.
var ErrOutOfOrder = errors.New("facts: batch does not follow the applied position")

// Cursor names who writes. Each has an applied position of its own per journal.
type Cursor string

// The cursors: the fold that follows the journal, and the one that fills a store which was lost.
const (
	CursorFold    Cursor = "fold"
	CursorRebuild Cursor = "rebuild"
)

// Sample is a sample with the dimensions copied in. Only some of the dimensions are kept with samples (site, network type,
// data centre); the others are on the minutes.
type Sample struct {
	earshot.Sample
	Account earshot.ID
	Meeting earshot.ID
	earshot.Dimensions
}

// Batch is what the fold emitted for the records in (From, To].
type Batch struct {
	Cursor   Cursor
	Journal  string
	From, To uint64

	Samples       []Sample
	Minutes       []earshot.Minute // sealed
	Summaries     []earshot.Summary
	Notifications []earshot.Notification
	CallSamples   []earshot.CallSample
	Dirty         []earshot.DirtyHour
}

// Empty reports whether the batch carries no rows; its position is stored all the same.
func (b *Batch) Empty() bool {
	return len(b.Samples)+len(b.Minutes)+len(b.Summaries)+len(b.Notifications)+len(b.CallSamples)+len(b.Dirty) == 0
}

// Filter narrows rows to [From, To) and, where they are set, to one account, meeting, segment or person. A zero From or To
// is open; give both where they are known, since rows are laid out in the order of time.
type Filter struct {
	From, To earshot.Instant
	Account  earshot.ID
	Meeting  earshot.ID
	Segment  earshot.ID
	Person   earshot.ID // minutes only
	Limit    int        // 0: no limit
}

// MeetingGrades is what a list of past meetings shows for each.
type MeetingGrades struct {
	Meeting earshot.ID
	Minutes earshot.GradeCounts // participant-minutes by grade
	People  int                 // distinct persons with a minute
	// Affected counts persons with at least one bad, and those with at least one poor but no bad minute.
	AffectedBad, AffectedPoor int
}

// OutboxEntry is one thing that left through the outbox, or a part of it.
type OutboxEntry struct {
	Seq       uint64
	Minutes   []earshot.Minute   // appended when sealed
	Summaries []earshot.Summary  // with the last part
	Replaced  *earshot.DirtyHour // or: this hour was computed again; its minutes now are in Minutes
	More      bool               // it goes on behind its last minute
}

// Place is where to go on once everything of the entry is taken.
func (e *OutboxEntry) Place() OutboxPlace {
	p := OutboxPlace{Seq: e.Seq}
	if last := len(e.Minutes) - 1; e.More && last >= 0 {
		p.Within = OutboxRow{At: e.Minutes[last].At, Segment: e.Minutes[last].Segment}
	}
	return p
}

// OutboxPlace is how far a reader of the outbox has come: behind the entry Seq or, where Within is set, behind that row of it. The zero
// value is before the first.
type OutboxPlace struct {
	Seq    uint64
	Within OutboxRow
}

// OutboxRow names a minute of an entry. A row that was replaced since keeps its place in the order.
type OutboxRow struct {
	At      earshot.Instant `json:"at"`
	Segment earshot.ID      `json:"segment"`
}

// Before reports whether a minute follows the row.
func (r OutboxRow) Before(m *earshot.Minute) bool {
	return cmp.Or(cmp.Compare(r.At, m.At), cmp.Compare(r.Segment, m.Segment)) < 0
}

// Retention is how long each table keeps rows.
type Retention struct {
	Samples, Minutes, Summaries, CallSamples, Notifications, Outbox time.Duration
}

// Recovery says that Open found a store it could not use and moved it aside.
type Recovery struct {
	Reason  string // what was wrong
	MovedTo string // where the damaged file now is; "" when it was missing
}

// Stats are figures for ingest health.
type Stats struct {
	Rows      map[string]int64 // by table; estimates are fine
	FileBytes int64
	WALBytes  int64
}

// Store is a column store. See the package comment for what it promises.
type Store interface {
	// Applied returns the position of a cursor in a journal, 0 and false when the store has none.
	Applied(ctx context.Context, c Cursor, journal string) (uint64, bool, error)
	// Apply stores a batch. It is ignored when b.To is at or below the applied position, and ErrOutOfOrder when b.From is
	// not it; a store without a position for that cursor and journal accepts any From.
	Apply(ctx context.Context, b *Batch) error

	// DirtyHours returns the hours that wait to be computed again, oldest first.
	DirtyHours(ctx context.Context, limit int) ([]earshot.DirtyHour, error)
	// HourSamples returns an hour's samples, one per key (doubles merged), ordered by segment, time and wire type. The hour
	// is that of the sample's own time.
	HourSamples(ctx context.Context, h earshot.DirtyHour) ([]Sample, error)
	// EachHourSegment hands the same samples over segment by segment, in bounded memory. The slice is only valid during the
	// call; an error of fn ends it and is returned.
	EachHourSegment(ctx context.Context, h earshot.DirtyHour, fn func([]Sample) error) error
	// ReplaceHour replaces the account's minutes of that hour, collapses doubled samples in it, clears the dirty mark and
	// writes the outbox, in one transaction.
	ReplaceHour(ctx context.Context, h earshot.DirtyHour, minutes []earshot.Minute) error
	// MarkDirty adds marks outside the fold: a site was edited, a profile changed.
	MarkDirty(ctx context.Context, hours []earshot.DirtyHour) error

	// Samples returns samples in order of time, one per key.
	Samples(ctx context.Context, f Filter) ([]Sample, error)
	Minutes(ctx context.Context, f Filter) ([]earshot.Minute, error)
	Summaries(ctx context.Context, f Filter) ([]earshot.Summary, error)
	Notifications(ctx context.Context, f Filter) ([]earshot.Notification, error)
	CallSamples(ctx context.Context, call earshot.ID) ([]earshot.CallSample, error)
	// CallScores returns the least MOS that was delivered of each call between from and to; calls without one are left out.
	CallScores(ctx context.Context, from, to earshot.Instant) (map[earshot.ID]float64, error)
	// MeetingGrades returns the grades of the given meetings, in no order; those without minutes are left out.
	MeetingGrades(ctx context.Context, meetings []earshot.ID, from, to earshot.Instant) ([]MeetingGrades, error)
	// Tally counts participant-minutes by grade, in groups; groups without minutes are left out. It is the one question behind
	// every rate, trend and comparison, and is answered within 200 ms for 30 days of 5,000 people unless By names segments,
	// persons or meetings of more than a day.
	Tally(ctx context.Context, q TallyQuery) ([]Tally, error)
	// Streams counts the minutes that a filter selects by the grades of their streams; its limit does not count.
	Streams(ctx context.Context, f Filter) (StreamTally, error)
	// Medians returns what was usual in a meeting, ordered by time and wire type.
	Medians(ctx context.Context, q MedianQuery) ([]Median, error)
	// Outbox returns what follows a place, oldest first, in bounded memory: whole entries that together have at most so many minutes and
	// summaries, or, where the first has more or is a replaced hour, that one alone with at most so many minutes (and all of the
	// summaries of its batch, with the last of them). rows 0 is no limit. Nothing follows the last entry's place.
	Outbox(ctx context.Context, after OutboxPlace, rows int) ([]OutboxEntry, error)
	// OutboxTail returns the sequence of the newest entry, 0 for none.
	OutboxTail(ctx context.Context) (uint64, error)

	// Maintain drops what is older than its retention and folds the write-ahead log into the file.
	Maintain(ctx context.Context, now earshot.Instant, r Retention) error
	// Backup writes a whole, consistent copy into dir while the store is in use; Restore is the implementation's function.
	Backup(ctx context.Context, dir string) error
	// Digest hashes a table's rows, sorted, without write times, for tests and for comparing a rebuilt store.
	Digest(ctx context.Context, table string) (string, error)
	// Check asks a question with a known answer: health by a real query.
	Check(ctx context.Context) error
	Stats(ctx context.Context) (Stats, error)
	// Recovered says whether opening had to move a store aside; nil when not.
	Recovered() *Recovery
	Close() error
}
