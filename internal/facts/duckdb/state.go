package duckdb

import (
	"context"
	"fmt"
	"time"

	"github.com/earshot/earshot"
	"github.com/earshot/earshot/internal/facts"
)

// state is what the writer remembers of the file, so that a batch needs no reading. It is read anew after any error.
type state struct {
	applied    map[position]uint64
	contexts   map[contextKey]uint32 // those in use since opening; a forgotten one only costs another row
	nextRef    uint32
	nextOutbox uint64
	outboxAt   int64 // seconds: the greatest at_s of the outbox
	recent     int64 // rows in sample_recent
}

type position struct {
	cursor  facts.Cursor
	journal string
}

// contextKey is what the samples of a segment have in common.
type contextKey struct {
	account, meeting, segment, site earshot.ID
	networkType, dataCenter         string
}

// maxContexts bounds what is remembered: about 130 bytes each.
const maxContexts = 200_000

func (s *Store) load(ctx context.Context) error {
	s.mu.RLock()
	db := s.db
	s.mu.RUnlock()
	if db == nil {
		return errNotOpen
	}
	return s.loadFrom(ctx, db)
}

func (s *Store) loadFrom(ctx context.Context, db *database) error {
	st := state{applied: map[position]uint64{}, contexts: map[contextKey]uint32{}, nextRef: 1, nextOutbox: 1}
	c := db.writer
	err := c.query(ctx, "SELECT cursor, journal, max(seq) FROM applied GROUP BY cursor, journal", nil, func(r row) error {
		st.applied[position{facts.Cursor(r.text(0)), r.text(1)}] = r.u64(2)
		return nil
	})
	if err != nil {
		return fmt.Errorf("read applied positions: %w", err)
	}
	err = c.query(ctx, `SELECT (SELECT max(ref) FROM context), (SELECT max(seq) FROM outbox), (SELECT max(at_s) FROM outbox),
		(SELECT count(*) FROM sample_recent)`, nil, func(r row) error {
		if !r.null(0) {
			st.nextRef = r.u32(0) + 1
		}
		if !r.null(1) {
			st.nextOutbox = r.u64(1) + 1
		}
		st.outboxAt, st.recent = r.i64(2), r.i64(3)
		return nil
	})
	if err != nil {
		return fmt.Errorf("read counters: %w", err)
	}
	if s.recovered != nil && st.nextOutbox == 1 {
		// Exporters stand at positions of the lost store. The clock in milliseconds is beyond all of them, since there are
		// far fewer than a thousand entries a second.
		st.nextOutbox = uint64(time.Now().UnixMilli())
	}
	s.state = st
	return nil
}

// reference returns the ref of a context, and true when it is new and must be stored.
func (st *state) reference(k contextKey) (uint32, bool) {
	if ref, ok := st.contexts[k]; ok {
		return ref, false
	}
	if len(st.contexts) >= maxContexts {
		clear(st.contexts)
	}
	ref := st.nextRef
	st.nextRef++
	st.contexts[k] = ref
	return ref, true
}
