package journal

import (
	"cmp"
	"encoding/binary"
	"errors"
	"fmt"
	"slices"

	"github.com/cockroachdb/pebble/v2"
)

// Cursor is how far a consumer has come.
type Cursor struct {
	Name  string `json:"name"`
	Seq   uint64 `json:"seq"`   // everything up to it is applied
	Holds bool   `json:"holds"` // retention waits for it
}

const (
	maxCursorName = 128
	maxCursors    = 1024
)

// SetCursor stores how far the consumer name has come. holds makes retention wait for it: the pipeline's does, an
// exporter's does not. A cursor may go back, but what has been removed stays removed. It is not synced: after a crash an
// older value only holds records longer.
func (j *Journal) SetCursor(name string, seq uint64, holds bool) error {
	if name == "" || len(name) > maxCursorName {
		return fmt.Errorf("set cursor: a name of %d bytes, expected 1 to %d", len(name), maxCursorName)
	}
	if j.readOnly {
		return ErrReadOnly
	}
	value := binary.BigEndian.AppendUint64(nil, seq)
	value = append(value, 0)
	if holds {
		value[8] = 1
	}
	return j.use(func() error {
		j.mu.Lock()
		if _, known := j.cursors[name]; !known && len(j.cursors) >= maxCursors {
			j.mu.Unlock()
			return fmt.Errorf("set cursor %s: there are %d cursors already; delete those that nobody uses", name, maxCursors)
		}
		j.cursors[name] = Cursor{Name: name, Seq: seq, Holds: holds}
		j.mu.Unlock()
		if err := j.db.Set(cursorKey(name), value, pebble.NoSync); err != nil {
			return fmt.Errorf("set cursor %s: %w", name, err)
		}
		return nil
	})
}

// DeleteCursor forgets a consumer that is gone for good; one that holds would otherwise hold forever.
func (j *Journal) DeleteCursor(name string) error {
	if j.readOnly {
		return ErrReadOnly
	}
	return j.use(func() error {
		j.mu.Lock()
		delete(j.cursors, name)
		j.mu.Unlock()
		if err := j.db.Delete(cursorKey(name), pebble.Sync); err != nil {
			return fmt.Errorf("delete cursor %s: %w", name, err)
		}
		return nil
	})
}

// Cursors returns all cursors, by name.
func (j *Journal) Cursors() []Cursor {
	j.mu.Lock()
	defer j.mu.Unlock()
	list := make([]Cursor, 0, len(j.cursors))
	for _, c := range j.cursors {
		list = append(list, c)
	}
	slices.SortFunc(list, func(a, b Cursor) int { return cmp.Compare(a.Name, b.Name) })
	return list
}

// applied is the sequence up to which every holding cursor has come; the tail when none holds.
func (j *Journal) applied() uint64 {
	seq := j.tail.Load()
	j.mu.Lock()
	defer j.mu.Unlock()
	for _, c := range j.cursors {
		if c.Holds {
			seq = min(seq, c.Seq)
		}
	}
	return seq
}

func (j *Journal) loadCursors() error {
	it, err := j.db.NewIter(&pebble.IterOptions{LowerBound: []byte{prefixCursor}, UpperBound: []byte{prefixCursor + 1}})
	if err != nil {
		return fmt.Errorf("read cursors: %w", err)
	}
	for ok := it.First(); ok; ok = it.Next() {
		if v := it.Value(); len(v) == 9 {
			name := string(it.Key()[1:])
			j.cursors[name] = Cursor{Name: name, Seq: binary.BigEndian.Uint64(v), Holds: v[8] == 1}
		}
	}
	if err := errors.Join(it.Error(), it.Close()); err != nil {
		return fmt.Errorf("read cursors: %w", err)
	}
	return nil
}
