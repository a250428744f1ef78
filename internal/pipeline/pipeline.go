package pipeline

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"path/filepath"
	"sync"
	"sync/atomic"
	"time"

	"github.com/cenkalti/backoff/v5"

	"github.com/earshot/earshot"
	"github.com/earshot/earshot/internal/facts"
	"github.com/earshot/earshot/internal/journal"
	"github.com/earshot/earshot/internal/live"
	"github.com/earshot/earshot/internal/obs"
	"github.com/earshot/earshot/internal/registry"
)

// Journal is what the pipeline needs of the journal; *journal.Client has it.
type Journal interface {
	Info(ctx context.Context) (journal.Info, error)
	Read(ctx context.Context, after uint64, max int) ([]journal.Record, error)
	Follow(ctx context.Context, after uint64, fn func([]journal.Record) error) error
	SetCursor(ctx context.Context, name string, seq uint64, holds bool) error
}

// Registry is what the pipeline needs of the registry; *registry.Registry has it.
type Registry interface {
	Applied(ctx context.Context, journal string) (uint64, bool, error)
	Apply(ctx context.Context, c *registry.Changes) error
	SegmentsByID(ctx context.Context, ids []earshot.ID) ([]earshot.Segment, error)
	MeetingsByID(ctx context.Context, ids []earshot.ID) ([]earshot.Meeting, error)
	LiveIncidents(ctx context.Context) ([]earshot.Incident, error)
}

// Options configure a Pipeline. All fields but Changed and Adopt are required.
type Options struct {
	Dir      string // where the snapshot of the fold lives
	Rules    Rules
	Journal  Journal
	Facts    facts.Store
	Registry Registry
	Live     *live.State
	Logger   *slog.Logger
	// Changed is told of incidents that changed, each whole, as soon as the fold knows, before they are stored; those of a
	// rebuild it is not told of. It must not block. nil: nobody is told.
	Changed func([]earshot.Incident)
	// Adopt brings back, from the nightly backup, the minutes of a lost facts store that are older than before: the journal
	// and its archive do not reach them. nil: there is no backup.
	Adopt func(ctx context.Context, before earshot.Instant) error
}

// Cadence of the shell. Wall time: none of it changes what is computed.
const (
	flushEvery    = 250 * time.Millisecond
	flushRecords  = 16_000
	snapshotEvery = 15 * time.Second
	queueBatches  = 2
	spareRows     = queueBatches + 1
	cursorName    = "monitor"
)

// Pipeline is the shell around one fold. See the package comment.
type Pipeline struct {
	o     Options
	log   *slog.Logger
	queue chan item
	hours *hours
	stats *stats
	// settled are the rules for whatever is computed beside the fold: directions are those that the fold has found.
	settled Rules
	told    atomic.Pointer[told]

	mu       sync.Mutex // guards the fields below: the fold and the run of records that is not yet queued
	fold     *Fold
	position earshot.Position // Journal names the numbering; Seq is unused, the fold knows
	cursor   facts.Cursor
	from     uint64 // where the next batch begins
	skipTo   uint64 // rows of records up to here are in the facts already
	knownTo  uint64 // changes of records up to here are in the registry already
	receipts []earshot.Instant
	spare    chan sections       // memory of a snapshot that is written
	rows     chan []facts.Sample // memory of samples that are stored

	alarm atomic.Pointer[string]

	tail     uint64 // the journal's last record at the start
	caughtUp func() // told when the fold has reached it
}

// item is one thing for the writer: a batch, or a snapshot that is true once everything before it is stored.
type item struct {
	facts    *facts.Batch
	registry *registry.Changes
	receipts []earshot.Instant // when the batch's records were received, for the lag
	mark     earshot.Instant   // the watermark after the batch
	snapshot *snapshotState
	hour     *hourItem
	done     chan struct{} // closed when the item is stored; nil when nobody waits
}

// New returns a pipeline that has not started.
func New(o Options) (*Pipeline, error) {
	if o.Journal == nil || o.Facts == nil || o.Registry == nil || o.Live == nil || o.Logger == nil || o.Rules.Profile == nil ||
		o.Rules.Sites == nil || o.Rules.Input == nil {
		return nil, errors.New("pipeline: BUG: an option is missing")
	}
	p := &Pipeline{o: o, log: o.Logger, queue: make(chan item, queueBatches), stats: newStats(), spare: make(chan sections, 1), rows: make(chan []facts.Sample, spareRows), caughtUp: func() {}}
	p.hours = newHours(p)
	p.settled = o.Rules
	p.settled.Input, p.settled.Auto = p.Input, nil
	p.told.Store(&told{})
	return p, nil
}

// Ready reports whether the fold has been loaded and follows the journal.
func (p *Pipeline) Ready() bool { return p.stats.ready.Load() }

// told is what readers know of the fold's directions.
type told struct {
	readings []Reading
	input    map[earshot.ID][2]earshot.InputMeaning // audio, video
	common   earshot.InputMeaning                   // of accounts that are not there
}

// Readings returns how *_input is read in each account that had minutes, by account and medium.
func (p *Pipeline) Readings() []Reading { return p.told.Load().readings }

// Input says which way *_input of an account runs, as it is set or found.
func (p *Pipeline) Input(account earshot.ID) (audio, video earshot.InputMeaning) {
	t := p.told.Load()
	if in, ok := t.input[account]; ok {
		return in[0], in[1]
	}
	audio, video = p.o.Rules.Input(account)
	if p.o.Rules.Auto == nil {
		return audio, video
	}
	findAudio, findVideo := p.o.Rules.Auto(account)
	if findAudio {
		audio = t.common
	}
	if findVideo {
		video = t.common
	}
	return audio, video
}

// publish tells readers what the fold has found.
func (p *Pipeline) publish() {
	t := told{readings: p.fold.readings(), common: p.fold.directions.Common, input: map[earshot.ID][2]earshot.InputMeaning{}}
	for _, r := range t.readings {
		in := t.input[r.Account]
		if r.Media == earshot.MediaVideo {
			in[1] = r.Meaning
		} else {
			in[0] = r.Meaning
		}
		t.input[r.Account] = in
	}
	p.told.Store(&t)
}

// Run follows the journal until ctx ends. It returns nil then, and an error only for what a restart might heal.
func (p *Pipeline) Run(ctx context.Context) error {
	info, err := p.info(ctx)
	if err != nil {
		return err
	}
	loaded := obs.Slow(p.log, "loading the fold", nil)
	lost, err := p.load(ctx, info)
	loaded()
	if err != nil {
		return err
	}
	defer p.tellCatchingUp(info.Tail)()
	var wg sync.WaitGroup
	outside := ctx
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	wg.Go(func() { p.write(ctx) })
	wg.Go(func() { p.tick(ctx) })
	wg.Go(func() { p.hours.run(ctx) })
	if lost != nil {
		wg.Go(func() {
			if err := p.rebuild(ctx, lost); err != nil && ctx.Err() == nil {
				cancel(fmt.Errorf("rebuild: %w", err))
			}
		})
	}
	if err := p.follow(ctx); err != nil {
		cancel(err)
	}
	wg.Wait()
	if outside.Err() != nil {
		return nil
	}
	return context.Cause(ctx)
}

// tellCatchingUp says how far the fold is until it has reached the record that was the last one when it began.
func (p *Pipeline) tellCatchingUp(tail uint64) (done func()) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.tail = tail
	p.caughtUp = obs.Slow(p.log, "catching up with the journal", func() []any {
		return []any{"at", p.stats.seq.Load(), "of", tail}
	})
	if p.fold.Seq() >= tail {
		p.caughtUp()
	}
	return p.caughtUp
}

// info asks the journal who it is, until it answers.
func (p *Pipeline) info(ctx context.Context) (journal.Info, error) {
	return backoff.Retry(ctx, func() (journal.Info, error) {
		info, err := p.o.Journal.Info(ctx)
		if err != nil {
			p.log.Info("waiting for the journal", "err", err)
		}
		return info, err
	}, backoff.WithBackOff(retryDelays()), backoff.WithMaxElapsedTime(0))
}

func retryDelays() *backoff.ExponentialBackOff {
	b := backoff.NewExponentialBackOff()
	b.InitialInterval, b.MaxInterval = 50*time.Millisecond, 5*time.Second
	return b
}

// follow feeds the fold; a broken connection is made again. It returns an error when the journal is another than the fold's:
// only a new start can compare the two.
func (p *Pipeline) follow(ctx context.Context) error {
	delays := retryDelays()
	for ctx.Err() == nil {
		p.mu.Lock()
		after := p.fold.Seq()
		p.mu.Unlock()
		p.stats.ready.Store(true)
		err := p.o.Journal.Follow(ctx, after, func(records []journal.Record) error {
			delays.Reset()
			return p.apply(ctx, records)
		})
		if ctx.Err() != nil {
			return nil
		}
		if errors.Is(err, journal.ErrJournalChanged) {
			return err
		}
		var gap *journal.GapError
		if errors.As(err, &gap) {
			p.raise(fmt.Sprintf("records %d to %d left the journal before they were applied", gap.From, gap.To))
			p.mu.Lock()
			p.fold.seq = gap.To
			p.mu.Unlock()
			continue
		}
		p.log.Warn("journal connection lost, trying again", "err", err)
		select {
		case <-ctx.Done():
		case <-time.After(delays.NextBackOff()):
		}
	}
	return nil
}

// apply folds a run of records, tells the live view, and queues a batch when enough has come together.
func (p *Pipeline) apply(ctx context.Context, records []journal.Record) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	for i := range records {
		r := &records[i]
		p.fold.Apply(r)
		if r.Seq <= p.skipTo {
			p.fold.Take() // these rows are stored already
			p.from = r.Seq
			continue
		}
		if r.Kind == journal.KindEvent {
			p.receipts = append(p.receipts, r.ReceivedAt)
		}
	}
	if len(records) == 0 {
		return nil
	}
	last := &records[len(records)-1]
	if p.fold.takeWeighed() {
		p.publish()
	}
	if last.Seq >= p.tail {
		p.caughtUp()
	}
	p.stats.folded(last.Seq, p.fold.Watermark(), last.ReceivedAt, p.fold.counts)
	p.o.Live.Apply(p.fold.LiveUpdate(last.ReceivedAt))
	if changed := p.fold.takeChanged(); p.o.Changed != nil && len(changed) > 0 {
		p.o.Changed(changed)
	}
	if p.fold.Seq()-p.from >= flushRecords {
		return p.cutLocked(ctx, false)
	}
	return nil
}

// tick queues what has come together every flushEvery, and a snapshot every snapshotEvery.
func (p *Pipeline) tick(ctx context.Context) {
	flush, snapshot := time.NewTicker(flushEvery), time.NewTicker(snapshotEvery)
	defer flush.Stop()
	defer snapshot.Stop()
	for {
		var err error
		select {
		case <-ctx.Done():
			return
		case <-flush.C:
			p.mu.Lock()
			// While the writer has work waiting the batch grows: large ones are cheaper.
			if p.fold.Seq() > p.from && len(p.queue) == 0 {
				err = p.cutLocked(ctx, false)
			}
			p.mu.Unlock()
		case <-snapshot.C:
			err = p.snapshot(ctx)
		}
		if err != nil && ctx.Err() == nil {
			p.log.Error("snapshot of the fold", "err", err)
		}
	}
}

// cutLocked queues the rows and changes since the last cut. soft also writes what moves with every report.
func (p *Pipeline) cutLocked(ctx context.Context, soft bool) error {
	it := cut(p.fold, p.from, p.position.Journal, p.cursor)
	if p.fold.Seq() >= p.knownTo { // else they would be ignored, and with them what moved since the registry was written
		it.registry = changes(p.fold, p.from, p.position.Journal, soft)
	}
	it.receipts, p.receipts = p.receipts, nil
	p.from = p.fold.Seq()
	select {
	case rows := <-p.rows:
		p.fold.reuse(rows)
	default:
	}
	return p.send(ctx, it)
}

// cut takes a fold's rows as a batch for the records in (from, fold.Seq()].
func cut(f *Fold, from uint64, journalID string, cursor facts.Cursor) item {
	out := f.Take()
	b := &facts.Batch{
		Cursor: cursor, Journal: journalID, From: from, To: f.Seq(),
		Samples: out.Samples, Minutes: out.Minutes, Summaries: out.Summaries, Notifications: out.Notifications,
		CallSamples: out.CallSamples, Dirty: out.Dirty,
	}
	return item{facts: b, mark: f.Watermark()}
}

// changes takes what a fold changed in the registry since it was last asked.
func changes(f *Fold, from uint64, journalID string, soft bool) *registry.Changes {
	return &registry.Changes{
		Journal: journalID, From: from, To: f.Seq(), Now: f.Watermark(),
		Changes: f.identity.TakeChanges(soft), Sites: f.places.takeDerived(), Drift: f.drift.take(),
		Incidents: f.explainer.told.take(),
	}
}

func (p *Pipeline) send(ctx context.Context, it item) error {
	select {
	case p.queue <- it:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// snapshot queues the whole state of the fold behind everything that it emitted.
func (p *Pipeline) snapshot(ctx context.Context) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.fold.Seq() < max(p.skipTo, p.knownTo) {
		return nil // still catching up with what the stores have
	}
	if err := p.cutLocked(ctx, true); err != nil {
		return err
	}
	var spare sections
	select {
	case spare = <-p.spare:
	default:
	}
	s, err := p.fold.state(spare)
	if err != nil {
		return err
	}
	s.Position.Journal, s.FactsCursor = p.position.Journal, string(p.cursor)
	if s.Live, err = p.o.Live.AppendBinary(spare.Live[:0]); err != nil {
		return fmt.Errorf("encode live view: %w", err)
	}
	return p.send(ctx, item{snapshot: s})
}

func (p *Pipeline) snapshotPath() string { return filepath.Join(p.o.Dir, "fold.snapshot") }

// raise remembers something that must not go unnoticed, for ingest health, and logs it.
func (p *Pipeline) raise(text string) {
	p.log.Error("alarm", "what", text)
	p.alarm.Store(&text)
}
