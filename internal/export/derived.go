package export

import (
	"context"
	"time"

	"github.com/earshot/earshot"
)

// derived is what the sources of both outboxes share: where they begin, how much waits, what is too old, and the names of places.
type derived struct {
	spec      *Spec
	redact    *Redactor
	directory Directory
	tail      func(context.Context) (uint64, error) // the newest entry
	watermark func() earshot.Instant                // event time now, which MaxBacklog is compared with
	now       func() time.Time

	names *names // of accounts and sites: they are many and hardly change
	until time.Time
}

// placesLast is how long names of accounts and sites are remembered.
const placesLast = time.Minute

func (d *derived) start(ctx context.Context, oldest bool) (position, error) {
	if oldest {
		return position{}, nil
	}
	tail, err := d.tail(ctx)
	return position{Position: earshot.Position{Seq: tail}}, err
}

func (d *derived) behind(ctx context.Context, after position) (uint64, error) {
	tail, err := d.tail(ctx)
	n := tail - min(after.Seq, tail)
	if !after.Within.none() {
		n++
	}
	return n, err
}

// rewound goes back where an outbox ends before the position: a backup was restored. What follows is sent again, with the same ids.
func (d *derived) rewound(ctx context.Context, out *chunk) error {
	tail, err := d.tail(ctx)
	if err == nil && tail < out.next.Seq {
		out.next, out.gap = position{Position: earshot.Position{Seq: tail}}, 1
	}
	return err
}

// oldest compares with event time, 0 while that is not known.
func (d *derived) oldest() earshot.Instant {
	mark := d.watermark()
	if mark == 0 {
		return 0
	}
	return mark.Add(-d.spec.MaxBacklog)
}

// places returns the names of accounts and sites, at most a minute old. Where one that is asked for is not among them it is new, and they
// are looked up again: it stood in the registry before anything was written that names it. Without its name a filter would hold it back.
func (d *derived) places(ctx context.Context, accounts, sites map[earshot.ID]bool) (*names, error) {
	if d.names != nil && d.now().Before(d.until) && d.names.know(accounts, sites) {
		return d.names, nil
	}
	n, err := lookUpPlaces(ctx, d.directory)
	if err != nil {
		return nil, err
	}
	n.settle(accounts, sites)
	d.names, d.until = n, d.now().Add(placesLast)
	return n, nil
}
