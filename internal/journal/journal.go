package journal

import (
	"crypto/rand"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"sync/atomic"
	"time"

	"github.com/cockroachdb/pebble/v2"

	"github.com/earshot/earshot"
)

// Journal is an open journal. Open makes one; its methods may be called concurrently.
type Journal struct {
	o        Options
	l        layout
	log      *slog.Logger
	readOnly bool
	id       string
	started  time.Time // what uses its monotonic reading is not moved by a clock that is set
	lock     *pebble.Lock
	*store
	dedup    *dedup
	requests sync.Pool // of *request, with their buffers and channels
	archive  *archive
	jail     *quarantine

	tail         atomic.Uint64 // the last durable record; readers go no further
	rolled       atomic.Uint64 // records up to this one are in the archive or gone
	lastAppend   atomic.Int64  // time of the last commit, since started
	trustClockAt atomic.Int64  // since started; before it nothing is removed for its age
	full         atomic.Pointer[fullError]
	counts       counts

	open        sync.RWMutex // held for reading around every use of the database, for writing by Close
	dbClosed    bool         // guarded by open
	maintenance sync.Mutex   // one pass of retention at a time

	wake    chan struct{} // to the committer: pending is not empty, or closing
	staged  chan *staged  // from the committer to the syncer; closed when the committer ended
	spare   chan *staged  // back, to be used again
	stopped chan struct{} // closed when the syncer ended

	// mu guards the fields below.
	mu           sync.Mutex
	pending      []*request
	pendingBytes int
	inFlight     []*request // taken by the committer, not answered yet, in order
	room         chan struct{}
	tailMoved    chan struct{}
	cursors      map[string]Cursor
	closing      bool
	failure      error
	failed       chan struct{} // closed with failure
}

type counts struct {
	appended, duplicates, heartbeats, refused, dedupErrors atomic.Uint64
	commits, lostRecords                                   atomic.Uint64
}

// Open opens the journal in o.Dir, creating it when there is none. It starts the committer and the syncer: Close ends them. A database that
// is damaged beyond opening is moved to corrupt/ and reported, and a new journal with a new id takes its place, since a
// receiver that cannot store loses what Zoom sends. Open returns ErrLocked while another process has the journal.
func Open(o Options) (*Journal, error) { return open(o, false) }

// OpenReadOnly opens an existing journal for Read, Stats and the like. Nothing in the directory is changed.
func OpenReadOnly(o Options) (*Journal, error) { return open(o, true) }

func open(o Options, readOnly bool) (_ *Journal, err error) {
	if err := o.validate(); err != nil {
		return nil, fmt.Errorf("open journal: %w", err)
	}
	o = o.withDefaults()
	j := &Journal{
		o: o, l: layoutOf(o.FS, o.Dir), log: o.Logger, readOnly: readOnly, started: time.Now(),
		wake: make(chan struct{}, 1), stopped: make(chan struct{}), staged: make(chan *staged, stagedBatches), spare: make(chan *staged, stagedBatches), failed: make(chan struct{}),
		cursors: map[string]Cursor{},
	}
	defer func() {
		if err != nil {
			err = fmt.Errorf("open journal %s: %w", o.Dir, errors.Join(err, j.release()))
		}
	}()
	exists, err := j.l.check()
	if err != nil {
		return nil, err
	}
	if readOnly && !exists {
		return nil, errors.New("there is no journal here")
	}
	if !readOnly {
		if err := j.l.create(); err != nil {
			return nil, err
		}
	}
	if j.lock, err = pebble.LockDirectory(j.l.pebble, o.FS); err != nil {
		return nil, fmt.Errorf("%w: %w", ErrLocked, err)
	}
	skip, err := j.openOrSalvage()
	if err != nil {
		return nil, err
	}
	if err := j.loadOrBeginAgain(skip); err != nil {
		return nil, err
	}
	if readOnly {
		close(j.stopped)
		return j, nil
	}
	j.measure()
	go j.commitLoop()
	go j.syncLoop()
	return j, nil
}

// loadOrBeginAgain loads the state; where that is damaged itself, the journal is moved aside and begins again.
func (j *Journal) loadOrBeginAgain(skip uint64) error {
	err := j.load(skip)
	if j.readOnly || !isCorruption(err) {
		return err
	}
	if j.archive != nil {
		_ = j.archive.close() // it has only read
		j.archive = nil
	}
	if err := j.store.close(); err != nil {
		j.log.Warn("close the damaged journal", slog.Any("err", err))
	}
	j.store = nil
	if err := j.beginAgain(err); err != nil {
		return err
	}
	return j.load(0)
}

// load reads the state that the database holds; skip is how many sequences a salvage leaves out.
func (j *Journal) load(skip uint64) error {
	id, err := j.get(metaID)
	if err != nil {
		return err
	}
	next, err := j.getUint(metaNext)
	if err != nil {
		return err
	}
	rolled, err := j.getUint(metaRolled)
	if err != nil {
		return err
	}
	if id == nil {
		if j.readOnly {
			return errors.New("the journal has no id: it was never opened for writing")
		}
		if id, err = j.begin(); err != nil {
			return err
		}
	}
	j.id = string(id)
	if skip > 0 {
		next += skip
		if err := j.db.Set(metaNext, binary.BigEndian.AppendUint64(nil, next), pebble.Sync); err != nil {
			return fmt.Errorf("skip lost sequences: %w", err)
		}
	}
	j.tail.Store(next)
	j.rolled.Store(rolled)
	var damaged bool
	if j.dedup, damaged, err = openDedup(j.db, j.o.FS, j.l.filters, now().Add(-j.o.Retention), now()); err != nil {
		return err
	}
	if damaged {
		j.log.Error("the keys that tell duplicates are damaged in part: some redeliveries will be stored twice until they expire")
	}
	if j.archive, err = openArchive(j.o, j.l, j.id, j.readOnly); err != nil {
		return err
	}
	if j.jail, err = openQuarantine(j.o, j.db); err != nil {
		return err
	}
	return j.loadCursors()
}

// begin gives a new journal its id.
func (j *Journal) begin() ([]byte, error) {
	var raw [8]byte
	if _, err := rand.Read(raw[:]); err != nil {
		return nil, fmt.Errorf("make journal id: %w", err)
	}
	id := hex.AppendEncode(nil, raw[:])
	if err := j.db.Set(metaID, id, pebble.Sync); err != nil {
		return nil, fmt.Errorf("store journal id: %w", err)
	}
	j.log.Info("journal begun", slog.String("journal", string(id)), slog.String("dir", j.o.Dir))
	return id, nil
}

// ID identifies the journal across restarts. A journal that was lost and begun again has a new one.
func (j *Journal) ID() string { return j.id }

// Tail is the sequence of the last durable record; 0 when there is none.
func (j *Journal) Tail() uint64 { return j.tail.Load() }

// First is the oldest sequence that can be read, from the archive or from Pebble. It is Tail()+1 when there is none.
func (j *Journal) First() uint64 {
	if seq, ok := j.archive.first(); ok {
		return seq
	}
	return j.rolled.Load() + 1
}

// Failed is closed when the journal can store nothing more until it is opened again; Run returns the reason.
func (j *Journal) Failed() <-chan struct{} { return j.failed }

// fail ends acknowledging: everyone who waits and everyone who comes gets err. Only the first call counts.
func (j *Journal) fail(err error) {
	j.mu.Lock()
	if j.failure != nil {
		j.mu.Unlock()
		return
	}
	j.failure = fmt.Errorf("journal failed: %w", err)
	waiting := append(j.pending, j.inFlight...)
	j.pending, j.inFlight, j.pendingBytes = nil, nil, 0
	close(j.failed)
	j.wakeRoomLocked()
	j.mu.Unlock()
	j.log.Error("the journal can store nothing more; restart the process", slog.Any("err", err))
	for _, q := range waiting {
		j.answer(q, AppendResult{}, j.failure)
	}
}

func (j *Journal) failureNow() error {
	j.mu.Lock()
	defer j.mu.Unlock()
	return j.failure
}

// Close stops accepting, stores what waits, and closes the database. It may be called more than once. Run should have
// ended before. After a failure the database is left as it is: the process is about to end.
func (j *Journal) Close() error {
	j.mu.Lock()
	first := !j.closing
	j.closing = true
	j.wakeRoomLocked()
	j.wakeTailLocked()
	j.mu.Unlock()
	select {
	case j.wake <- struct{}{}:
	default:
	}
	select {
	case <-j.stopped:
	case <-j.failed: // stopped may never come then: commitLoop may be parked in Pebble, see pebbleLogger.Fatalf
	}
	if !first {
		return nil
	}
	if err := j.failureNow(); err != nil {
		return err // syncLoop has ended by it, commitLoop may still be writing: what is open stays open until the process ends
	}
	j.open.Lock()
	defer j.open.Unlock()
	j.dbClosed = true
	if err := j.release(); err != nil {
		return fmt.Errorf("close journal: %w", err)
	}
	return nil
}

// release closes what open opened, as far as it got.
func (j *Journal) release() error {
	var errs []error
	if j.archive != nil {
		errs = append(errs, j.archive.close())
	}
	if j.store != nil {
		errs = append(errs, j.store.close())
	}
	if j.lock != nil {
		errs = append(errs, j.lock.Close())
	}
	return errors.Join(errs...)
}

// use runs fn with the database open, or returns ErrClosed.
func (j *Journal) use(fn func() error) error {
	j.open.RLock()
	defer j.open.RUnlock()
	if j.dbClosed {
		return ErrClosed
	}
	return fn()
}

// get returns a copy of a value, nil when there is none.
func (j *Journal) get(key []byte) ([]byte, error) {
	v, closer, err := j.db.Get(key)
	if errors.Is(err, pebble.ErrNotFound) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("read key %q: %w", key, err)
	}
	v = append([]byte{}, v...)
	return v, closer.Close()
}

func (j *Journal) getUint(key []byte) (uint64, error) {
	v, err := j.get(key)
	if err != nil || v == nil {
		return 0, err
	}
	if len(v) != 8 {
		return 0, fmt.Errorf("read key %q: %d bytes, expected 8", key, len(v))
	}
	return binary.BigEndian.Uint64(v), nil
}

// now is the wall clock as records carry it.
func now() earshot.Instant { return earshot.InstantOf(time.Now()) }
