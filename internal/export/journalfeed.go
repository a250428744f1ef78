package export

import (
	"cmp"
	"context"
	"errors"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"github.com/earshot/earshot/internal/journal"
)

// Journal is what raw events are read from. A *journal.Client is one. Its cursor is the exporter's own, so that retention never
// waits for an exporter.
type Journal interface {
	journal.Source
	Close() error
}

const (
	// journalChunk is how many records a destination that is behind reads at once: a few megabytes.
	journalChunk = 1000
	// newestChunk is how many are read at once for all that have caught up: what comes within DefaultLinger at 2,000 events/s, so that
	// what waited leaves at once rather than as a full batch and a small one.
	newestChunk = 2 * journalChunk
	// recentBytes and recentBlocks bound what is kept of the newest events, as records, for the destinations that come a moment later.
	recentBytes  = 24 << 20
	recentBlocks = 64
)

// journalFeed reads the journal for all destinations. Those that have caught up read the same events within seconds: whoever comes first
// reads, and leaves what it read to the others, decoded and redacted once for each redaction that there is. A destination that is
// behind finds nothing there, and reads for itself. Nobody waits for another destination here, only for the journal.
//
// Its methods may be called concurrently, but join only before the first of them.
type journalFeed struct {
	dial    func() (Journal, error)
	meaning InputMeaning
	key     []byte               // of pseudonyms
	makers  map[Redaction]*maker // of all that share a redaction
	newest  chan struct{}        // held while somebody reads what nobody has read

	mu     sync.Mutex
	open   openJournal
	recent []*eventBlock // of the open journal, without holes, oldest first
}

// openJournal is a journal that answered.
type openJournal struct {
	client Journal
	id     string // "" while it has not said so
}

func newJournalFeed(dial func() (Journal, error), meaning InputMeaning, key []byte) *journalFeed {
	return &journalFeed{dial: dial, meaning: meaning, key: key, makers: map[Redaction]*maker{}, newest: make(chan struct{}, 1)}
}

// join returns what a destination reads with.
func (f *journalFeed) join(s *Spec) *journalSource {
	m, ok := f.makers[s.Redact]
	if !ok {
		m = f.maker(s.Redact)
		f.makers[s.Redact] = m
	}
	m.specs = append(m.specs, s)
	return &journalSource{spec: s, feed: f, own: f.maker(s.Redact, s), now: time.Now}
}

func (f *journalFeed) maker(r Redaction, specs ...*Spec) *maker {
	return &maker{redact: NewRedactor(r, f.key), meaning: f.meaning, specs: specs}
}

func (f *journalFeed) client() (Journal, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.open.client == nil {
		c, err := f.dial()
		if err != nil {
			return nil, err
		}
		f.open = openJournal{client: c}
	}
	return f.open.client, nil
}

// info asks the journal what it holds.
func (f *journalFeed) info(ctx context.Context) (journal.Info, error) {
	c, err := f.client()
	if err != nil {
		return journal.Info{}, err
	}
	info, err := c.Info(ctx)
	if err != nil {
		f.again(c, err)
		return info, err
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.open.client == c {
		f.open.id = info.Journal
	}
	return info, nil
}

// journal returns the journal with its id.
func (f *journalFeed) journal(ctx context.Context) (openJournal, error) {
	f.mu.Lock()
	j := f.open
	f.mu.Unlock()
	if j.id != "" {
		return j, nil
	}
	c, err := f.client()
	if err != nil {
		return openJournal{}, err
	}
	info, err := f.info(ctx)
	return openJournal{client: c, id: info.Journal}, err
}

// again drops the client of a journal that was lost and begun again: the next call dials.
func (f *journalFeed) again(c Journal, err error) {
	if !errors.Is(err, journal.ErrJournalChanged) {
		return
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.open.client == c {
		_ = c.Close()
		f.open, f.recent = openJournal{}, nil
	}
}

// read returns what follows a sequence, and whether there is probably more; nothing when nothing came for some seconds.
func (f *journalFeed) read(ctx context.Context, j openJournal, s *journalSource, after uint64) ([]eventRecords, bool, error) {
	b, behind := f.find(j, after)
	if b == nil && !behind {
		select {
		case f.newest <- struct{}{}:
		case <-ctx.Done():
			return nil, false, ctx.Err()
		}
		defer func() { <-f.newest }()
		if b, behind = f.find(j, after); b == nil && !behind { // nobody has read it meanwhile
			return f.readNewest(ctx, j, s, after)
		}
	}
	if b != nil {
		return f.left(j, b, s, after)
	}
	records, err := j.client.Read(ctx, after, journalChunk)
	if err != nil {
		f.again(j.client, err)
		return nil, false, err
	}
	return s.own.make(j.id, records), len(records) == journalChunk, nil
}

// readNewest reads what nobody has read, and leaves it to the others.
func (f *journalFeed) readNewest(ctx context.Context, j openJournal, s *journalSource, after uint64) ([]eventRecords, bool, error) {
	records, err := j.client.Read(ctx, after, newestChunk)
	if err != nil {
		f.again(j.client, err)
		return nil, false, err
	}
	if len(records) == 0 {
		return nil, false, nil
	}
	b := newEventBlock(after, records, len(f.makers))
	events := b.records(j.id, f.makers[s.spec.Redact])
	f.keep(j, b)
	return events, len(records) == newestChunk, nil
}

// left returns what follows a sequence of a block that another destination read.
func (f *journalFeed) left(j openJournal, b *eventBlock, s *journalSource, after uint64) ([]eventRecords, bool, error) {
	events := b.records(j.id, f.makers[s.spec.Redact])
	i, _ := slices.BinarySearchFunc(events, after+1, func(e eventRecords, seq uint64) int { return cmp.Compare(e.seq, seq) })
	return events[i:], f.more(b), nil
}

// more reports whether something newer than a block has been read.
func (f *journalFeed) more(b *eventBlock) bool {
	f.mu.Lock()
	defer f.mu.Unlock()
	n := len(f.recent)
	return n > 0 && f.recent[n-1].last > b.last
}

// find returns the block in which what follows a sequence stands, or whether that is older than all of them.
func (f *journalFeed) find(j openJournal, after uint64) (b *eventBlock, behind bool) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.open.client != j.client || len(f.recent) == 0 {
		return nil, false
	}
	for _, b := range f.recent {
		if after >= b.after && after < b.last {
			return b, false
		}
	}
	return nil, after < f.recent[0].after
}

// keep adds the newest block, and drops the oldest.
func (f *journalFeed) keep(j openJournal, b *eventBlock) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.open.client != j.client {
		return
	}
	if n := len(f.recent); n > 0 && f.recent[n-1].last != b.after {
		f.recent = nil
	}
	f.recent = append(f.recent, b)
	size := 0
	for _, b := range f.recent {
		size += int(b.size.Load())
	}
	drop := 0
	for drop < len(f.recent) && (size > recentBytes || len(f.recent)-drop > recentBlocks) {
		size -= int(f.recent[drop].size.Load())
		drop++
	}
	f.recent = slices.Delete(f.recent, 0, drop)
}

func (f *journalFeed) close() error {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.open.client == nil {
		return nil
	}
	err := f.open.client.Close()
	f.open, f.recent = openJournal{}, nil
	return err
}

// eventBlock is what one reading of the journal brought. Records are made of it for a redaction when the first destination with that
// asks; what was read is forgotten when they are made for all.
type eventBlock struct {
	after, last uint64       // the sequence before its first record, and its last
	size        atomic.Int64 // about how many bytes it takes

	mu   sync.Mutex
	read []journal.Record
	left int // redactions that may still ask
	made map[*maker][]eventRecords
}

// newEventBlock returns a block of records, of which there is at least one.
func newEventBlock(after uint64, records []journal.Record, redactions int) *eventBlock {
	b := &eventBlock{after: after, last: records[len(records)-1].Seq, read: records, left: redactions, made: map[*maker][]eventRecords{}}
	b.size.Store(int64(rawSize(records)))
	return b
}

func rawSize(all []journal.Record) int {
	n := 0
	for i := range all {
		n += 128 + len(all[i].Body)
	}
	return n
}

// records returns what leaves with a redaction.
func (b *eventBlock) records(id string, m *maker) []eventRecords {
	b.mu.Lock()
	defer b.mu.Unlock()
	if out, ok := b.made[m]; ok {
		return out
	}
	out := m.make(id, b.read)
	b.made[m] = out
	n := 0
	for i := range out {
		n += out[i].size()
	}
	if b.left--; b.left <= 0 {
		n -= rawSize(b.read)
		b.read = nil
	}
	b.size.Add(int64(n))
	return out
}
