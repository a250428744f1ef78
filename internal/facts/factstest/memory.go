package factstest

import (
	"cmp"
	"context"
	"encoding/gob"
	"errors"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"time"

	"github.com/earshot/earshot"
	"github.com/earshot/earshot/internal/facts"
)

// Memory is a [facts.Store] that keeps everything in memory, for tests of packages that use facts. It passes the suite, is
// safe for concurrent use, scans everything for every question and forgets on exit; only [Memory.Backup] writes a file.
type Memory struct {
	mu     sync.Mutex
	closed bool
	d      content
}

// content is what is stored; exported fields for gob.
type content struct {
	Applied       map[position]uint64
	Samples       []facts.Sample
	Minutes       []tagged[earshot.Minute]
	Summaries     []tagged[earshot.Summary]
	Notifications []earshot.Notification
	CallSamples   []earshot.CallSample
	Dirty         map[earshot.DirtyHour]bool
	Outbox        []entry
}

type position struct {
	Cursor  facts.Cursor
	Journal string
}

// tagged is a row and the outbox entry that announced it.
type tagged[T any] struct {
	Row T
	Seq uint64
}

type entry struct {
	Seq      uint64
	At       earshot.Instant
	Replaced *earshot.DirtyHour
}

var _ facts.Store = (*Memory)(nil)

// ErrClosed is returned by a closed Memory.
var ErrClosed = errors.New("facts: memory store is closed")

// NewMemory returns an empty store.
func NewMemory() *Memory {
	return &Memory{d: content{Applied: map[position]uint64{}, Dirty: map[earshot.DirtyHour]bool{}}}
}

const memoryFile = "facts.gob"

// LoadMemory returns the store that Backup wrote into dir.
func LoadMemory(dir string) (*Memory, error) {
	f, err := os.Open(filepath.Join(dir, memoryFile))
	if err != nil {
		return nil, err
	}
	m := NewMemory()
	return m, errors.Join(gob.NewDecoder(f).Decode(&m.d), f.Close())
}

// Backup implements [facts.Store]; read it with [LoadMemory].
func (m *Memory) Backup(ctx context.Context, dir string) error {
	return m.with(ctx, func() error {
		if err := os.MkdirAll(dir, 0o700); err != nil {
			return err
		}
		f, err := os.Create(filepath.Join(dir, memoryFile))
		if err != nil {
			return err
		}
		return errors.Join(gob.NewEncoder(f).Encode(&m.d), f.Close())
	})
}

func (m *Memory) with(ctx context.Context, fn func() error) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.closed {
		return ErrClosed
	}
	return fn()
}

// Close implements [facts.Store].
func (m *Memory) Close() error {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.closed = true
	return nil
}

// Reopen undoes Close: what was stored is there again.
func (m *Memory) Reopen() *Memory {
	m.mu.Lock()
	defer m.mu.Unlock()
	return &Memory{d: m.d}
}

// Recovered implements [facts.Store]: there is nothing that could be damaged.
func (m *Memory) Recovered() *facts.Recovery { return nil }

// Check implements [facts.Store].
func (m *Memory) Check(ctx context.Context) error { return m.with(ctx, func() error { return nil }) }

// Applied implements [facts.Store].
func (m *Memory) Applied(ctx context.Context, c facts.Cursor, journal string) (seq uint64, ok bool, err error) {
	err = m.with(ctx, func() error {
		seq, ok = m.d.Applied[position{c, journal}]
		return nil
	})
	return seq, ok, err
}

// Apply implements [facts.Store].
func (m *Memory) Apply(ctx context.Context, b *facts.Batch) error {
	return m.with(ctx, func() error {
		at := position{b.Cursor, b.Journal}
		applied, known := m.d.Applied[at]
		if known && b.To <= applied {
			return nil
		}
		if known && b.From != applied || b.To < b.From {
			return fmt.Errorf("apply batch (%d, %d] of %s: %w %d", b.From, b.To, b.Journal, facts.ErrOutOfOrder, applied)
		}
		for _, s := range b.Samples {
			m.d.Samples = append(m.d.Samples, kept(s))
		}
		if len(b.Minutes)+len(b.Summaries) > 0 {
			newest := earshot.Instant(0)
			for i := range b.Minutes {
				newest = max(newest, b.Minutes[i].At)
			}
			for i := range b.Summaries {
				newest = max(newest, b.Summaries[i].At)
			}
			seq := m.announce(newest, nil)
			m.d.Minutes = tag(m.d.Minutes, b.Minutes, seq)
			m.d.Summaries = tag(m.d.Summaries, b.Summaries, seq)
		}
		m.d.Notifications = append(m.d.Notifications, b.Notifications...)
		m.d.CallSamples = append(m.d.CallSamples, b.CallSamples...)
		m.mark(b.Dirty)
		m.d.Applied[at] = b.To
		return nil
	})
}

// kept is what a store keeps of a sample: second resolution, and some of the dimensions.
func kept(s facts.Sample) facts.Sample {
	s.At = wholeSecond(s.At)
	s.Dimensions = earshot.Dimensions{Site: s.Site, NetworkType: s.NetworkType, DataCenter: s.DataCenter}
	return s
}

func wholeSecond(i earshot.Instant) earshot.Instant {
	r := i % 1000
	if r < 0 {
		r += 1000
	}
	return i - r
}

func tag[T any](to []tagged[T], rows []T, seq uint64) []tagged[T] {
	for _, r := range rows {
		to = append(to, tagged[T]{r, seq})
	}
	return to
}

func (m *Memory) announce(at earshot.Instant, replaced *earshot.DirtyHour) uint64 {
	e := entry{Seq: 1, At: at, Replaced: replaced}
	if n := len(m.d.Outbox); n > 0 {
		e.Seq, e.At = m.d.Outbox[n-1].Seq+1, max(at, m.d.Outbox[n-1].At)
	}
	m.d.Outbox = append(m.d.Outbox, e)
	return e.Seq
}

func (m *Memory) mark(hours []earshot.DirtyHour) {
	for _, h := range hours {
		m.d.Dirty[h] = true
	}
}

// MarkDirty implements [facts.Store].
func (m *Memory) MarkDirty(ctx context.Context, hours []earshot.DirtyHour) error {
	return m.with(ctx, func() error { m.mark(hours); return nil })
}

// DirtyHours implements [facts.Store].
func (m *Memory) DirtyHours(ctx context.Context, limit int) (out []earshot.DirtyHour, err error) {
	err = m.with(ctx, func() error {
		out = m.dirtyHours()
		if limit > 0 && len(out) > limit {
			out = out[:limit]
		}
		return nil
	})
	return out, err
}

func (m *Memory) dirtyHours() []earshot.DirtyHour {
	return slices.SortedFunc(maps.Keys(m.d.Dirty), func(a, b earshot.DirtyHour) int {
		return cmp.Or(cmp.Compare(a.Hour, b.Hour), cmp.Compare(a.Account, b.Account))
	})
}

// HourSamples implements [facts.Store].
func (m *Memory) HourSamples(ctx context.Context, h earshot.DirtyHour) (out []facts.Sample, err error) {
	err = m.with(ctx, func() error {
		for _, s := range m.samples() {
			if s.Account == h.Account && s.At.Hour() == h.Hour.Hour() {
				out = append(out, s)
			}
		}
		slices.SortFunc(out, func(a, b facts.Sample) int { return facts.CompareHourSamples(&a, &b) })
		return nil
	})
	return out, err
}

// EachHourSegment hands over an hour's samples segment by segment, as the DuckDB store does.
func (m *Memory) EachHourSegment(ctx context.Context, h earshot.DirtyHour, each func([]facts.Sample) error) error {
	all, err := m.HourSamples(ctx, h)
	for len(all) > 0 && err == nil {
		n := slices.IndexFunc(all, func(s facts.Sample) bool { return s.Segment != all[0].Segment })
		if n < 0 {
			n = len(all)
		}
		err = each(all[:n])
		all = all[n:]
	}
	return err
}

// samples returns one sample per key, in order of time.
func (m *Memory) samples() []facts.Sample {
	all := slices.Clone(m.d.Samples)
	slices.SortFunc(all, func(a, b facts.Sample) int { return facts.CompareSamples(&a, &b) })
	out := all[:0]
	for i := range all {
		if n := len(out); n > 0 && out[n-1].Key() == all[i].Key() {
			facts.MergeSamples(&out[n-1], &all[i])
			continue
		}
		out = append(out, all[i])
	}
	return out
}

// ReplaceHour implements [facts.Store].
func (m *Memory) ReplaceHour(ctx context.Context, h earshot.DirtyHour, minutes []earshot.Minute) error {
	h.Hour = h.Hour.Hour()
	return m.with(ctx, func() error {
		for i := range minutes {
			if x := &minutes[i]; x.Account != h.Account || x.At.Hour() != h.Hour {
				return fmt.Errorf("replace hour %s of account %s: minute %s of account %s is not in it", h.Hour.Time(), h.Account, x.At.Time(), x.Account)
			}
		}
		m.d.Minutes = slices.DeleteFunc(m.d.Minutes, func(t tagged[earshot.Minute]) bool {
			return t.Row.Account == h.Account && t.Row.At.Hour() == h.Hour
		})
		m.d.Minutes = tag(m.d.Minutes, minutes, m.announce(h.Hour, &h))
		m.d.Samples = m.samples() // doubles merged
		delete(m.d.Dirty, h)
		return nil
	})
}

// Maintain implements [facts.Store].
func (m *Memory) Maintain(ctx context.Context, now earshot.Instant, r facts.Retention) error {
	return m.with(ctx, func() error {
		old := func(at earshot.Instant, keep time.Duration) bool { return keep > 0 && at < now.Add(-keep) }
		oldSeconds := func(at earshot.Instant, keep time.Duration) bool { return keep > 0 && at < wholeSecond(now.Add(-keep)) }
		m.d.Samples = slices.DeleteFunc(m.d.Samples, func(s facts.Sample) bool { return oldSeconds(s.At, r.Samples) })
		m.d.Minutes = slices.DeleteFunc(m.d.Minutes, func(t tagged[earshot.Minute]) bool { return oldSeconds(t.Row.At, r.Minutes) })
		m.d.Summaries = slices.DeleteFunc(m.d.Summaries, func(t tagged[earshot.Summary]) bool { return old(t.Row.At, r.Summaries) })
		m.d.Notifications = slices.DeleteFunc(m.d.Notifications, func(n earshot.Notification) bool { return old(n.At, r.Notifications) })
		m.d.CallSamples = slices.DeleteFunc(m.d.CallSamples, func(c earshot.CallSample) bool { return old(c.At, r.CallSamples) })
		if n := len(m.d.Outbox); n > 0 { // the last entry remembers the sequence
			last := m.d.Outbox[n-1].Seq
			m.d.Outbox = slices.DeleteFunc(m.d.Outbox, func(e entry) bool { return e.Seq != last && oldSeconds(wholeSecond(e.At), r.Outbox) })
		}
		return nil
	})
}

// Stats implements [facts.Store].
func (m *Memory) Stats(ctx context.Context) (st facts.Stats, err error) {
	err = m.with(ctx, func() error {
		st.Rows = map[string]int64{
			facts.TableSample: int64(len(m.d.Samples)), facts.TableMinute: int64(len(m.d.Minutes)), facts.TableSummary: int64(len(m.d.Summaries)),
			facts.TableNotification: int64(len(m.d.Notifications)), facts.TableCallSample: int64(len(m.d.CallSamples)), facts.TableDirty: int64(len(m.d.Dirty)),
		}
		return nil
	})
	return st, err
}
