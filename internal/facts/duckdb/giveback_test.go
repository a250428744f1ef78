package duckdb

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/earshot/earshot/internal/facts"
	"github.com/earshot/earshot/internal/facts/factstest"
)

// TestSpaceIsGivenBack fills a file, drops most of it, and looks whether the file became shorter and the rest stayed.
func TestSpaceIsGivenBack(t *testing.T) {
	dir := t.TempDir()
	l := limits{sortRows: 20_000, checkpointBytes: 1 << 20, directRows: 24_000, settleRows: 500, spareBlocks: 0}
	s, err := open(Options{Dir: dir}, l, migrations)
	must(t, err)
	day := factstest.Traffic{People: 500, Minutes: 60}
	fill(t, s, day)
	before := fileSize(s.path())
	now := day.Start
	if now == 0 {
		now = 1772438400_000
	}
	now = now.Add(60 * time.Minute)
	keep := facts.Retention{Samples: 5 * time.Minute}
	model := factstest.NewMemory()
	for b := range day.Batches() {
		must(t, model.Apply(t.Context(), b))
	}
	must(t, model.Maintain(t.Context(), now, keep))
	must(t, s.Maintain(t.Context(), now, keep))
	total, free, err := s.blocks(t.Context())
	must(t, err)
	// How full the last blocks are depends on when the sorting ran; a file that nothing was given back of has its old size.
	after := fileSize(s.path())
	if after > before*2/3 || free > total/2 {
		t.Errorf("the file had %d bytes and has %d, %d of %d blocks free", before, after, free, total)
	}
	if d := cmp.Diff(digests(t, model), digests(t, s)); d != "" {
		t.Errorf("-model +store:\n%s", d)
	}
	must(t, s.Close())
	s = reopenable(t, dir)
	if d := cmp.Diff(digests(t, model), digests(t, s)); d != "" {
		t.Errorf("after opening again: -model +store:\n%s", d)
	}
	must(t, s.Close())
}
