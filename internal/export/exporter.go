package export

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"path/filepath"
	"sync"
	"time"

	"github.com/earshot/earshot"
)

// Target is a destination with what it gets.
type Target struct {
	Spec        Spec
	Destination Destination
}

// Options are what an Exporter is made of. Everything that the kinds of the targets need is required.
type Options struct {
	Dir       string // of positions and of what is set aside; made when it is not there
	Targets   []Target
	Journal   func() (Journal, error) // dials the receiver's socket
	Outbox    Outbox
	Incidents Incidents
	Directory Directory
	// Watermark is event time now, 0 while it is not known.
	Watermark func() earshot.Instant
	Meaning   InputMeaning // nil: as received
	Key       []byte       // of pseudonyms
	Logger    *slog.Logger // nil discards
}

// Exporter feeds destinations.
type Exporter struct {
	runners []*runner
	feed    *journalFeed
	log     *slog.Logger
	closing sync.Once
	closed  error
}

// New opens the positions of all targets, which it owns from then on. Nothing runs yet.
func New(o Options) (*Exporter, error) {
	if o.Logger == nil {
		o.Logger = slog.New(slog.DiscardHandler)
	}
	if o.Watermark == nil {
		o.Watermark = func() earshot.Instant { return 0 }
	}
	if len(o.Targets) > MaxDestinations {
		return nil, fmt.Errorf("%d destinations; want at most %d", len(o.Targets), MaxDestinations)
	}
	x := &Exporter{log: o.Logger, feed: newJournalFeed(o.Journal, o.Meaning, o.Key)}
	seen := map[string]bool{}
	for _, t := range o.Targets {
		if err := t.Spec.Validate(); err != nil {
			return nil, fmt.Errorf("destination %s: %w", t.Spec.Name, err)
		}
		if seen[t.Spec.Name] {
			return nil, fmt.Errorf("destination %s: the name is given twice", t.Spec.Name)
		}
		seen[t.Spec.Name] = true
		r, err := newRunner(&o, t, x.feed)
		if err != nil {
			return nil, fmt.Errorf("destination %s: %w", t.Spec.Name, err)
		}
		x.runners = append(x.runners, r)
	}
	return x, nil
}

func newRunner(o *Options, t Target, feed *journalFeed) (*runner, error) {
	spec := t.Spec.withDefaults()
	log := o.Logger.With("destination", spec.Name)
	dir := filepath.Join(o.Dir, spec.Name)
	p, moved, err := openProgress(dir)
	if err != nil {
		return nil, err
	}
	if moved != "" {
		log.Error("the file with the position was damaged and has been moved aside", "moved_to", moved)
	}
	a, err := openAside(dir)
	if err != nil {
		return nil, err
	}
	r := &runner{
		spec: spec, to: t.Destination, progress: p, aside: a, log: log, now: time.Now, turn: make(chan struct{}, 1), trouble: map[Stream]trouble{},
		directory: o.Directory,
	}
	redact := NewRedactor(spec.Redact, o.Key)
	shared := func(tail func(context.Context) (uint64, error)) derived {
		return derived{spec: &r.spec, redact: redact, directory: o.Directory, tail: tail, watermark: o.Watermark, now: time.Now}
	}
	added := map[Stream]bool{}
	for _, k := range spec.kinds() {
		name := streamOf(k)
		if added[name] {
			continue
		}
		added[name] = true
		s := &stream{name: name}
		switch name {
		case StreamJournal:
			s.source = feed.join(&r.spec)
		case StreamOutbox:
			s.source = &outboxSource{derived: shared(o.Outbox.OutboxTail), outbox: o.Outbox, rows: outboxRows}
		case StreamIncidents:
			s.source = &incidentSource{derived: shared(o.Incidents.IncidentOutboxTail), incidents: o.Incidents}
		}
		r.streams = append(r.streams, s)
	}
	return r, nil
}

// Run feeds all destinations until ctx ends. It returns nil: a destination that fails is retried.
func (x *Exporter) Run(ctx context.Context) error {
	var all sync.WaitGroup
	for _, r := range x.runners {
		all.Go(func() { r.run(ctx) })
	}
	all.Wait()
	return nil
}

// Status returns how all destinations do, in the order of the configuration.
func (x *Exporter) Status() []Status {
	now := time.Now()
	out := make([]Status, len(x.runners))
	for i, r := range x.runners {
		out[i] = r.status(now)
	}
	return out
}

// Close closes the destinations, after Run has returned.
func (x *Exporter) Close() error {
	x.closing.Do(func() {
		all := []error{x.feed.close()}
		for _, r := range x.runners {
			if err := r.to.Close(); err != nil {
				all = append(all, fmt.Errorf("close destination %s: %w", r.spec.Name, err))
			}
		}
		x.closed = errors.Join(all...)
	})
	return x.closed
}
