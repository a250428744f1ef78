package pull

import (
	"context"

	"github.com/earshot/earshot"
	"github.com/earshot/earshot/internal/facts"
)

// The widths of a look at rows of facts, in milliseconds: whole minutes, so that everything of a moment is in one.
const (
	leastWidth = 60_000
	firstWidth = 10 * 60_000
	mostWidth  = 24 * 3_600_000
)

// windows walks through time, look by look, and hands over what each finds. A look at more rows than a part may have is taken
// again, narrower; a single minute is taken whole. Looks that find little grow.
func windows[T any](ctx context.Context, g *gathering, read func(context.Context, facts.Filter) ([]T, error), each func(context.Context, []T) error) error {
	defer func() { g.part.Done = float64(g.at.At-g.q.From) / float64(g.q.To-g.q.From) }()
	width := g.at.Width
	if width == 0 {
		width = firstWidth
	}
	for !g.enough() {
		width = min(max(width-width%leastWidth, leastWidth), mostWidth)
		to := min((g.at.At + earshot.Instant(width)).Minute(), g.q.To)
		if to <= g.at.At {
			to = min(g.at.At+leastWidth, g.q.To)
		}
		f := facts.Filter{From: g.at.At, To: to, Account: g.q.Account, Meeting: g.q.Meeting}
		if g.q.What == Minutes {
			f.Person = g.q.Person
		}
		room := max(g.want-len(g.part.rows), g.want/2)
		if width > leastWidth {
			f.Limit = room + 1
		}
		rows, err := read(ctx, f)
		if err != nil {
			return err
		}
		if f.Limit > 0 && len(rows) > room {
			if len(g.part.rows) > 0 {
				g.at.Width = max(width/2, leastWidth)
				return nil // the next part begins here
			}
			width /= 2
			continue
		}
		if err := each(ctx, rows); err != nil {
			return err
		}
		g.at.At, g.over = to, to >= g.q.To
		if len(rows) < room/4 {
			width *= 2
		}
		g.at.Width = width
	}
	return nil
}
