package journal

import (
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"slices"
	"sort"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/cockroachdb/pebble/v2/vfs"
	"github.com/klauspost/compress/zstd"

	"github.com/earshot/earshot"
)

// archive is the hourly segments of one journal, in archive/<journal id>/, ascending and without overlaps. Segments are
// immutable: they are written whole, salvaged whole, removed whole. What other journals left in archive/ is only swept.
type archive struct {
	fs       vfs.FS
	log      *slog.Logger
	root     string // archive/
	dir      string // archive/<id>/
	id       string
	readOnly bool
	dec      *zstd.Decoder

	damaged atomic.Uint64 // segments moved aside
	lost    atomic.Uint64 // records that they took along

	mu         sync.Mutex // guards the fields below
	segments   []segment
	generation uint64
	open       *openSegment // the one that was read last
}

// segment is one file of the archive.
type segment struct {
	segmentInfo
	path       string
	size       int64
	generation uint64 // tells a salvaged segment from the damaged one of the same name
}

// openSegment caches the segment that is being read and its last block: readers go through it in order.
type openSegment struct {
	segment
	file    vfs.File
	index   []blockRef
	block   int // index of the unpacked block, -1 none
	records [][]byte
}

const segmentSuffix = ".zst"

// openArchive lists the segments. One that is damaged is salvaged at once.
func openArchive(o Options, l layout, id string, readOnly bool) (*archive, error) {
	dec, err := newFrameDecoder()
	if err != nil {
		return nil, fmt.Errorf("open archive: %w", err)
	}
	a := &archive{fs: o.FS, log: o.Logger, root: l.archive, dir: o.FS.PathJoin(l.archive, id), id: id, readOnly: readOnly, dec: dec}
	if !readOnly {
		if err := a.fs.MkdirAll(a.dir, 0o700); err != nil {
			return nil, fmt.Errorf("create directory %s: %w", a.dir, err)
		}
		if err := syncDir(a.fs, a.root); err != nil {
			return nil, err
		}
	}
	names, err := a.fs.List(a.dir)
	if err != nil && !errors.Is(err, os.ErrNotExist) {
		return nil, fmt.Errorf("list %s: %w", a.dir, err)
	}
	for _, name := range names {
		path := a.fs.PathJoin(a.dir, name)
		if strings.HasSuffix(name, ".tmp") && !readOnly {
			_ = a.fs.Remove(path) // an interrupted write; its records are still in Pebble
			continue
		}
		if !strings.HasSuffix(name, segmentSuffix) {
			continue
		}
		if err := a.admit(path); err != nil {
			return nil, err
		}
	}
	a.sortLocked()
	return a, nil
}

func (a *archive) sortLocked() {
	sort.Slice(a.segments, func(i, j int) bool { return a.segments[i].first < a.segments[j].first })
}

// admit adds the segment at path to the list, salvaged if it must be.
func (a *archive) admit(path string) error {
	s, err := a.inspect(path)
	if isDamage(err) {
		if a.readOnly {
			a.damaged.Add(1)
			a.log.Error("damaged archive segment", slog.String("path", path), slog.Any("err", err))
			return nil
		}
		var ok bool
		if s, ok, err = a.salvage(path, err); err == nil && !ok {
			return nil
		}
	}
	if err != nil {
		return err
	}
	a.segments = append(a.segments, s)
	return nil
}

func (a *archive) inspect(path string) (segment, error) {
	f, err := a.fs.Open(path)
	if err != nil {
		return segment{}, fmt.Errorf("open segment: %w", err)
	}
	defer func() { _ = f.Close() }()
	stat, err := f.Stat()
	if err != nil {
		return segment{}, fmt.Errorf("open segment %s: %w", path, err)
	}
	info, err := readTrailer(f, stat.Size(), a.id)
	if err != nil {
		return segment{}, fmt.Errorf("open segment %s: %w", path, err)
	}
	return segment{segmentInfo: info, path: path, size: stat.Size()}, nil
}

// path names the segment that begins with the record first in the given hour.
func (a *archive) path(hour earshot.Instant, first uint64) string {
	return a.fs.PathJoin(a.dir, fmt.Sprintf("%s-%020d%s", hour.Time().Format("2006-01-02T15"), first, segmentSuffix))
}

// write stores a segment durably. fill adds the records.
func (a *archive) write(path string, first uint64, hour earshot.Instant, fill func(*segmentWriter) error) (segment, error) {
	var w *segmentWriter
	s := segment{path: path}
	err := writeFileAtomically(a.fs, path, func(out io.Writer) (err error) {
		if w, err = newSegmentWriter(out, a.id, first, hour); err != nil {
			return err
		}
		if err = fill(w); err != nil {
			return err
		}
		s.segmentInfo, err = w.finish()
		s.size = w.offset
		return err
	})
	return s, err
}

// add makes a written segment readable, in place of one with the same path that an interrupted roll left.
func (a *archive) add(s segment) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.closeOpenLocked()
	a.segments = slices.DeleteFunc(a.segments, func(old segment) bool { return old.path == s.path })
	a.segments = append(a.segments, s)
	a.sortLocked()
}

func (a *archive) first() (uint64, bool) {
	a.mu.Lock()
	defer a.mu.Unlock()
	if len(a.segments) == 0 {
		return 0, false
	}
	return a.segments[0].first, true
}

// newest returns the last segment.
func (a *archive) newest() (segment, bool) {
	a.mu.Lock()
	defer a.mu.Unlock()
	if len(a.segments) == 0 {
		return segment{}, false
	}
	return a.segments[len(a.segments)-1], true
}

// list returns a copy of the segments.
func (a *archive) list() []segment {
	a.mu.Lock()
	defer a.mu.Unlock()
	return slices.Clone(a.segments)
}

// scan calls fn with the records from from on, within one block, or returns a *GapError; upTo is the last sequence that
// could be here. A segment that turns out damaged is salvaged and read again.
func (a *archive) scan(from, upTo uint64, max, maxBytes int, fn func(uint64, []byte) error) error {
	for {
		records, err := a.block(from, upTo)
		var broken *brokenSegment
		if errors.As(err, &broken) {
			if a.readOnly {
				return &GapError{From: from, To: broken.until}
			}
			if err := a.replace(broken.segment, broken.err); err != nil {
				return err
			}
			continue
		}
		if err != nil {
			return err
		}
		for i, r := range records {
			if i >= max || maxBytes <= 0 {
				return nil
			}
			maxBytes -= len(r)
			if err := fn(from+uint64(i), r); err != nil {
				return err
			}
		}
		return nil
	}
}

// brokenSegment carries what has to be salvaged.
type brokenSegment struct {
	segment segment
	until   uint64 // nothing up to here can be read
	err     error
}

func (e *brokenSegment) Error() string {
	return fmt.Sprintf("read segment %s: %v", e.segment.path, e.err)
}
func (e *brokenSegment) Unwrap() error { return e.err }

// block returns the encoded records from from to the end of its block.
func (a *archive) block(from, upTo uint64) ([][]byte, error) {
	a.mu.Lock()
	defer a.mu.Unlock()
	i := sort.Search(len(a.segments), func(i int) bool { return a.segments[i].last >= from })
	if i == len(a.segments) {
		return nil, &GapError{From: from, To: upTo}
	}
	s := a.segments[i]
	if s.first > from {
		return nil, &GapError{From: from, To: min(s.first-1, upTo)}
	}
	o, err := a.openLocked(s)
	if err != nil {
		if isDamage(err) {
			return nil, &brokenSegment{segment: s, until: s.last, err: err}
		}
		return nil, err
	}
	n := sort.Search(len(o.index), func(i int) bool { return o.index[i].last() >= from })
	if n == len(o.index) {
		return nil, &brokenSegment{segment: s, until: s.last, err: damaged(0, "an index that ends before the trailer says")}
	}
	ref := o.index[n]
	if ref.first > from {
		return nil, &GapError{From: from, To: ref.first - 1}
	}
	if o.block != n {
		o.block = -1
		h, frame, err := readBlock(o.file, ref.offset, s.size)
		if err == nil && (h.first != ref.first || h.count != ref.count) {
			err = damaged(ref.offset, "a block that the index does not describe")
		}
		if err == nil {
			o.records, err = unpackBlock(a.dec, h, frame)
		}
		if err != nil {
			if isDamage(err) {
				return nil, &brokenSegment{segment: s, until: ref.last(), err: err}
			}
			return nil, err
		}
		o.block = n
	}
	return o.records[from-ref.first:], nil
}

func (a *archive) openLocked(s segment) (*openSegment, error) {
	if a.open != nil && a.open.path == s.path {
		return a.open, nil
	}
	a.closeOpenLocked()
	f, err := a.fs.Open(s.path)
	if err != nil {
		return nil, fmt.Errorf("open segment: %w", err)
	}
	index, err := readIndex(f, s.size, a.id)
	if err != nil {
		_ = f.Close()
		return nil, err
	}
	a.open = &openSegment{segment: s, file: f, index: index, block: -1}
	return a.open, nil
}

func (a *archive) closeOpenLocked() {
	if a.open != nil {
		_ = a.open.file.Close()
		a.open = nil
	}
}

// replace salvages a segment, unless another reader did.
func (a *archive) replace(old segment, cause error) error {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.closeOpenLocked()
	i := slices.Index(a.segments, old)
	if i < 0 {
		return nil
	}
	s, ok, err := a.salvage(old.path, cause)
	if err != nil {
		return err
	}
	a.segments = slices.Delete(a.segments, i, i+1)
	if ok {
		a.generation++
		s.generation = a.generation
		a.segments = append(a.segments, s)
		a.sortLocked()
	}
	a.lost.Add(old.records - min(s.records, old.records))
	return nil
}

// salvage moves the segment aside and writes its undamaged blocks, if any, under its name; ok is false when none is left.
func (a *archive) salvage(path string, cause error) (s segment, ok bool, err error) {
	aside := path + ".corrupt-" + stamp(time.Now())
	if err := rename(a.fs, path, aside); err != nil {
		return s, false, err
	}
	a.damaged.Add(1)
	f, err := a.fs.Open(aside)
	if err != nil {
		return s, false, fmt.Errorf("salvage segment: %w", err)
	}
	defer func() { _ = f.Close() }()
	stat, err := f.Stat()
	if err != nil {
		return s, false, fmt.Errorf("salvage segment %s: %w", aside, err)
	}
	refs, err := a.soundBlocks(f, stat.Size())
	if err != nil {
		return s, false, fmt.Errorf("salvage segment %s: %w", aside, err)
	}
	if len(refs) > 0 {
		s, err = a.write(path, refs[0].first, hourOf(f, refs[0], stat.Size()), func(w *segmentWriter) error {
			for _, r := range refs {
				h, frame, err := readBlock(f, r.offset, stat.Size())
				if err != nil {
					return err
				}
				if err := w.addBlock(h, frame); err != nil {
					return err
				}
			}
			return nil
		})
		if err != nil {
			return s, false, fmt.Errorf("salvage segment %s: %w", aside, err)
		}
	}
	a.log.Error("damaged archive segment moved aside, its undamaged blocks kept", slog.String("path", path),
		slog.String("moved_to", aside), slog.Uint64("records_kept", s.records), slog.Any("err", cause))
	return s, len(refs) > 0, nil
}

// soundBlocks finds the blocks that can be unpacked, too: a checksum does not tell whose block it is.
func (a *archive) soundBlocks(f io.ReaderAt, size int64) ([]blockRef, error) {
	refs, err := findBlocks(f, size)
	if err != nil {
		return nil, err
	}
	return slices.DeleteFunc(refs, func(r blockRef) bool {
		h, frame, err := readBlock(f, r.offset, size)
		if err == nil {
			_, err = unpackBlock(a.dec, h, frame)
		}
		return err != nil
	}), nil
}

func hourOf(f io.ReaderAt, r blockRef, size int64) earshot.Instant {
	h, _, err := readBlock(f, r.offset, size)
	if err != nil {
		return 0
	}
	return h.oldest.Hour()
}

// remove deletes a segment for good.
func (a *archive) remove(s segment) error {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.closeOpenLocked()
	a.segments = slices.DeleteFunc(a.segments, func(o segment) bool { return o.path == s.path })
	if err := a.fs.Remove(s.path); err != nil && !errors.Is(err, os.ErrNotExist) {
		return fmt.Errorf("remove segment: %w", err)
	}
	return nil
}

func (a *archive) close() error {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.closeOpenLocked()
	a.dec.Close()
	return nil
}
