package journal

import (
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"slices"
	"sync"
	"sync/atomic"

	"github.com/cockroachdb/pebble/v2"
	"github.com/cockroachdb/pebble/v2/vfs"

	"github.com/earshot/earshot"
)

const (
	// recentHashes bounds each of the two generations of exactly known hashes. They catch Zoom's quick redeliveries and,
	// what must not be missed, two equal bodies in one uncommitted batch; so a generation is larger than any batch.
	recentHashes = 1 << 16
	// filterBudget bounds the memory of all filters. Beyond it (about 27 million bodies in 72 h) they grow less exact and
	// Pebble is asked more often; answers stay exact.
	filterBudget = 48 << 20
	// A bucket's live filters start small, for the quiet, and double, for the busy.
	firstLiveKeys = 1 << 14
	largestLive   = 1 << 21
)

// dedup knows the bodies of the retention. Filters say which bucket may hold a hash, Pebble gives the verdict: asking
// Pebble for every event would cost a third of the receiver's throughput.
//
// lookup and add belong to the committer; the other methods may run beside it.
type dedup struct {
	db  *pebble.DB
	fs  vfs.FS
	dir string // of persisted filters

	buckets atomic.Pointer[[]*bucket] // ascending; replaced, never changed in place
	swap    sync.Mutex                // serialises replacing

	recent, older map[dedupHash]uint64
	memory        atomic.Int64  // bytes of all filters
	expired       atomic.Bool   // a bucket went: recent and older may know its hashes
	asked         atomic.Uint64 // Gets, for the figures
	key           []byte
}

// bucket is the filters of dedupBucketWidth of commits.
type bucket struct {
	number uint32
	past   atomic.Pointer[coverage] // nil: what was committed before this process is unknown, so always ask Pebble
	live   []*filter                // what this process added; the committer's own
	room   int                      // keys that the last live filter still takes
	next   int                      // keys of the next live filter
}

// coverage is a filter over a bucket's keys as of some moment.
type coverage struct {
	filter   *filter // nil: there were none
	complete bool    // nothing was added later: live filters are superfluous
}

func (b *bucket) maybe(h *dedupHash) bool {
	c := b.past.Load()
	switch {
	case c == nil:
		return true
	case c.filter != nil && c.filter.maybe(h):
		return true
	case c.complete:
		return false
	}
	for _, f := range b.live {
		if f.maybe(h) {
			return true
		}
	}
	return false
}

// openDedup finds the buckets in Pebble and loads the filters that were persisted. The others stay unknown until warm. Where
// the keys are damaged, every bucket since the limit is taken to exist: some lookups will fail and their events be stored,
// perhaps twice, which the pipeline tells apart. The records must not become unreachable for that.
func openDedup(db *pebble.DB, fs vfs.FS, dir string, limit, now earshot.Instant) (d *dedup, damaged bool, err error) {
	d = &dedup{db: db, fs: fs, dir: dir, recent: map[dedupHash]uint64{}}
	numbers, err := bucketNumbers(db)
	if isCorruption(err) {
		damaged, numbers = true, nil
		for n := bucketOf(limit); n <= bucketOf(now); n++ {
			numbers = append(numbers, n)
		}
	} else if err != nil {
		return nil, false, fmt.Errorf("list dedup buckets: %w", err)
	}
	var list []*bucket
	for _, n := range numbers {
		b := &bucket{number: n, next: firstLiveKeys}
		if f, err := d.load(n); err == nil {
			b.past.Store(&coverage{filter: f, complete: true})
			d.memory.Add(int64(f.bytes()))
		}
		list = append(list, b)
	}
	if len(list) > 0 { // the last one may still be written to, if the clock went back
		if c := list[len(list)-1].past.Load(); c != nil {
			list[len(list)-1].past.Store(&coverage{filter: c.filter})
		}
	}
	d.buckets.Store(&list)
	return d, damaged, nil
}

func bucketNumbers(db *pebble.DB) (numbers []uint32, err error) {
	it, err := db.NewIter(&pebble.IterOptions{LowerBound: []byte{prefixDedup}, UpperBound: []byte{prefixDedup + 1}})
	if err != nil {
		return nil, err
	}
	for ok := it.First(); ok; {
		n := binary.BigEndian.Uint32(it.Key()[1:])
		numbers = append(numbers, n)
		ok = it.SeekGE(bucketKey(n + 1))
	}
	return numbers, errors.Join(it.Error(), it.Close())
}

// lookup returns the sequence of the record that has the hash.
func (d *dedup) lookup(h *dedupHash) (uint64, bool, error) {
	if seq, ok := d.recent[*h]; ok {
		return seq, true, nil
	}
	if seq, ok := d.older[*h]; ok {
		return seq, true, nil
	}
	for _, b := range slices.Backward(*d.buckets.Load()) {
		if !b.maybe(h) {
			continue
		}
		d.asked.Add(1)
		d.key = dedupKey(d.key[:0], b.number, h)
		v, closer, err := d.db.Get(d.key)
		if errors.Is(err, pebble.ErrNotFound) {
			continue
		}
		if err != nil {
			return 0, false, fmt.Errorf("look up dedup key: %w", err)
		}
		seq, n := binary.Uvarint(v)
		_ = closer.Close()
		if n > 0 {
			return seq, true, nil
		}
	}
	return 0, false, nil
}

// add remembers h in b, the bucket of its batch.
func (d *dedup) add(h *dedupHash, seq uint64, b *bucket) {
	if len(d.recent) >= recentHashes {
		d.recent, d.older = d.older, d.recent
		if d.recent == nil {
			d.recent = make(map[dedupHash]uint64, recentHashes)
		}
		clear(d.recent)
	}
	d.recent[*h] = seq
	if b.room == 0 {
		d.grow(b)
	}
	b.room--
	b.live[len(b.live)-1].add(h)
}

// current returns the bucket for everything in the batch that is about to be written. It is asked once a batch, so that
// all keys of a bucket are committed before a newer bucket exists: then a filter built from Pebble is complete. Buckets
// never go back, so that a clock that does cannot reopen one.
func (d *dedup) current(now earshot.Instant) *bucket {
	list := *d.buckets.Load()
	n := bucketOf(now)
	if len(list) > 0 && list[len(list)-1].number >= n {
		return list[len(list)-1]
	}
	b := &bucket{number: n, next: firstLiveKeys}
	b.past.Store(&coverage{})
	d.swap.Lock()
	defer d.swap.Unlock()
	list = append(slices.Clone(*d.buckets.Load()), b)
	d.buckets.Store(&list)
	return b
}

// grow gives b another live filter, or lets the last one fill further where the budget is spent.
func (d *dedup) grow(b *bucket) {
	b.room = b.next
	if len(b.live) > 0 && d.memory.Load() > filterBudget {
		return
	}
	f := newFilter(b.next, filterBudget)
	d.memory.Add(int64(f.bytes()))
	b.live = append(b.live, f)
	b.next = min(b.next*2, largestLive)
}

// warm builds the filter of one bucket that lacks one: of the past where this process does not know it, or of the whole
// bucket, persisted, once a newer bucket took over. It reports whether it found one to build.
func (d *dedup) warm() (bool, error) {
	list := *d.buckets.Load()
	for i, b := range slices.Backward(list) {
		c := b.past.Load()
		closed := i < len(list)-1
		if c != nil && (c.complete || !closed) {
			continue
		}
		f, err := d.build(b.number)
		if err != nil {
			return false, fmt.Errorf("build filter of dedup bucket %d: %w", b.number, err)
		}
		b.past.Store(&coverage{filter: f, complete: closed})
		if !closed {
			return true, nil
		}
		if f != nil {
			d.store(b.number, f)
		}
		return true, nil
	}
	return false, nil
}

// build reads a bucket twice, to count and to add, so that the filter fits its keys. The iterator's view is fixed; what
// is committed meanwhile is in the live filters.
func (d *dedup) build(number uint32) (*filter, error) {
	it, err := d.db.NewIter(&pebble.IterOptions{LowerBound: bucketKey(number), UpperBound: bucketKey(number + 1)})
	if err != nil {
		return nil, err
	}
	keys := 0
	for ok := it.First(); ok; ok = it.Next() {
		keys++
	}
	var f *filter
	if keys > 0 {
		left := int(filterBudget - d.memory.Load())
		f = newFilter(keys, max(left, filterBudget/64))
		for ok := it.First(); ok; ok = it.Next() {
			if h := it.Key()[5:]; len(h) == len(dedupHash{}) {
				f.add((*dedupHash)(h))
			}
		}
		d.memory.Add(int64(f.bytes()))
	}
	return f, errors.Join(it.Error(), it.Close())
}

// tidy lets the committer drop live filters that a complete one replaced, and hashes that may have expired.
func (d *dedup) tidy() {
	if d.expired.Swap(false) {
		clear(d.recent)
		clear(d.older)
	}
	for _, b := range *d.buckets.Load() {
		if c := b.past.Load(); c != nil && c.complete && b.live != nil {
			for _, f := range b.live {
				d.memory.Add(-int64(f.bytes()))
			}
			b.live, b.room = nil, 0
		}
	}
}

// expire forgets the buckets that ended before the limit, except the current one.
func (d *dedup) expire(limit earshot.Instant) (int, error) {
	list := *d.buckets.Load()
	n := 0
	for n < len(list)-1 && bucketEnd(list[n].number) <= limit {
		n++
	}
	if n == 0 {
		return 0, nil
	}
	if err := d.db.DeleteRange([]byte{prefixDedup}, bucketKey(list[n].number), pebble.NoSync); err != nil {
		return 0, fmt.Errorf("expire dedup keys: %w", err)
	}
	d.swap.Lock()
	rest := slices.Clone((*d.buckets.Load())[n:])
	d.buckets.Store(&rest)
	d.swap.Unlock()
	d.expired.Store(true)
	for _, b := range list[:n] {
		if c := b.past.Load(); c != nil && c.filter != nil {
			d.memory.Add(-int64(c.filter.bytes()))
		}
		_ = d.fs.Remove(d.path(b.number)) // a filter that stays is ignored: its bucket is not in Pebble
	}
	return n, nil
}

func (d *dedup) path(number uint32) string {
	return d.fs.PathJoin(d.dir, fmt.Sprintf("%010d.bloom", number))
}

// store persists a complete filter. It may fail: the filter can be built again.
func (d *dedup) store(number uint32, f *filter) {
	_ = writeFileAtomically(d.fs, d.path(number), func(w io.Writer) error {
		_, err := w.Write(f.marshal())
		return err
	})
}

func (d *dedup) load(number uint32) (*filter, error) {
	b, err := readFile(d.fs, d.path(number))
	if err != nil {
		return nil, err
	}
	return unmarshalFilter(b)
}
