package duckdb

import (
	"testing"
	"time"

	"github.com/earshot/earshot/internal/facts"
	"github.com/earshot/earshot/internal/facts/factstest"
)

func TestSmoke(t *testing.T) {
	dir := t.TempDir()
	s, err := Open(Options{Dir: dir})
	if err != nil {
		t.Fatal(err)
	}
	var n int
	for b := range (factstest.Traffic{People: 300, Minutes: 60}).Batches() {
		t0 := time.Now()
		if err := s.Apply(t.Context(), b); err != nil {
			t.Fatal(err)
		}
		n += len(b.Samples)
		t.Log(len(b.Samples), len(b.Minutes), time.Since(t0))
	}
	got, err := s.Samples(t.Context(), facts.Filter{})
	if err != nil || len(got) != n {
		t.Fatal(len(got), n, err)
	}
	for _, x := range facts.Tables {
		d, err := s.Digest(t.Context(), x)
		t.Log(x, d, err)
	}
	if err := s.Maintain(t.Context(), got[0].At, facts.Retention{Samples: time.Hour}); err != nil {
		t.Fatal(err)
	}
	t.Log(s.Stats(t.Context()))
	ms, err := s.Minutes(t.Context(), facts.Filter{})
	t.Log(len(ms), err)
	o, err := s.Outbox(t.Context(), 0, 10)
	t.Log(len(o), err)
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
}
