package pull

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/earshot/earshot"
	"github.com/earshot/earshot/internal/facts"
	"github.com/earshot/earshot/internal/registry"
)

// Facts is what is read of the column store.
type Facts interface {
	Minutes(ctx context.Context, f facts.Filter) ([]earshot.Minute, error)
	Samples(ctx context.Context, f facts.Filter) ([]facts.Sample, error)
	MeetingGrades(ctx context.Context, meetings []earshot.ID, from, to earshot.Instant) ([]facts.MeetingGrades, error)
	CallScores(ctx context.Context, from, to earshot.Instant) (map[earshot.ID]float64, error)
}

// Registry is what is read of who and where.
type Registry interface {
	Sites(ctx context.Context) ([]earshot.Site, error)
	Meetings(ctx context.Context, q registry.MeetingQuery) (registry.MeetingPage, error)
	MeetingsByID(ctx context.Context, ids []earshot.ID) ([]earshot.Meeting, error)
	SegmentsOf(ctx context.Context, meeting earshot.ID) ([]earshot.Segment, error)
	SegmentsByID(ctx context.Context, ids []earshot.ID) ([]earshot.Segment, error)
	PersonsByID(ctx context.Context, ids []earshot.ID) ([]earshot.Person, error)
	Calls(ctx context.Context, q registry.CallQuery) (registry.CallPage, error)
	Incidents(ctx context.Context, q registry.IncidentQuery) (registry.IncidentPage, error)
}

const (
	// UsualRows is how many rows a part has where nobody says otherwise, MostRows how many may be asked for.
	UsualRows, MostRows = 20_000, 50_000
	// patience is how long a part is gathered before it is sent with what it has: months without rows are walked in several parts.
	patience = 5 * time.Second
)

// Options are what an Exporter needs. Facts and Registry are required.
type Options struct {
	Facts    Facts
	Registry Registry
	// Input says which way *_input of an account runs; nil: as received.
	Input func(account earshot.ID) (audio, video earshot.InputMeaning)
}

// Exporter answers questions. See the package comment.
type Exporter struct{ o Options }

// New returns an exporter.
func New(o Options) (*Exporter, error) {
	if o.Facts == nil || o.Registry == nil {
		return nil, errors.New("pull: BUG: Facts and Registry are required")
	}
	if o.Input == nil {
		o.Input = func(earshot.ID) (audio, video earshot.InputMeaning) {
			return earshot.InputReceived, earshot.InputReceived
		}
	}
	return &Exporter{o}, nil
}

// Part is some of the rows of a question.
type Part struct {
	Columns []Column
	Next    string  // where the next part begins, "" when this is the last
	Done    float64 // how much of the span is told with this part, 0 to 1
	rows    []row
}

// Rows is how many rows the part has.
func (p *Part) Rows() int { return len(p.rows) }

// Part reads the rows from a position on, "" for the first: about as many as are wanted (0: [UsualRows]), a few more where they
// share a moment, fewer where the stores are slow. A part without rows that is not the last is possible.
func (e *Exporter) Part(ctx context.Context, q Question, after string, want int) (*Part, error) {
	if err := q.Validate(); err != nil {
		return nil, err
	}
	at, err := q.positionOf(after)
	if err != nil {
		return nil, err
	}
	if want <= 0 {
		want = UsualRows
	}
	g := &gathering{e: e, q: &q, at: at, want: min(want, MostRows), until: time.Now().Add(patience), part: &Part{}}
	if err := g.gather(ctx); err != nil {
		return nil, fmt.Errorf("export %s: %w", q.What, err)
	}
	if !g.over {
		g.part.Next = g.at.String()
	} else {
		g.part.Done = 1
	}
	return g.part, nil
}

// gathering is a part that is being made.
type gathering struct {
	e     *Exporter
	q     *Question
	at    position
	want  int
	until time.Time
	part  *Part
	over  bool
}

func (g *gathering) gather(ctx context.Context) error {
	switch g.q.What {
	case Minutes:
		return g.minutes(ctx)
	case Samples:
		return g.samples(ctx)
	case Segments:
		return g.segments(ctx)
	case Meetings:
		return g.meetings(ctx)
	case Calls:
		return g.calls(ctx)
	default:
		return g.incidents(ctx)
	}
}

// enough reports whether the part is to be sent. It is never sent before one look at the stores.
func (g *gathering) enough() bool {
	return g.over || len(g.part.rows) >= g.want || !time.Now().Before(g.until)
}
