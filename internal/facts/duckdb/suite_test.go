package duckdb

import (
	"flag"
	"testing"

	"github.com/earshot/earshot"
	"github.com/earshot/earshot/internal/facts"
	"github.com/earshot/earshot/internal/facts/factstest"
)

func TestContract(t *testing.T) {
	// A check opens and closes the file several times; the suite's own package runs the usual hundred on the model.
	if f := flag.Lookup("rapid.checks"); f != nil && f.Value.String() == f.DefValue {
		if err := flag.Set("rapid.checks", "25"); err != nil {
			t.Fatal(err)
		}
	}
	factstest.Test(t, func(t testing.TB, dir string) facts.Store { return openStore(t, dir) })
}

// openStore opens with limits so small that sorting and checkpoints happen all the time.
func openStore(t testing.TB, dir string) *Store {
	t.Helper()
	s, err := open(Options{Dir: dir}, limits{sortRows: 20, checkpointBytes: 8 << 10, directRows: 40, settleRows: 3}, migrations)
	if err != nil {
		t.Fatal(err)
	}
	if r := s.Recovered(); r != nil {
		t.Fatalf("a sound file was moved aside: %+v", r)
	}
	return s
}

func TestCountIsExact(t *testing.T) {
	s := openStore(t, t.TempDir())
	x := facts.Sample{Account: 1, Meeting: 2}
	x.Segment, x.At, x.Wire = 3, 60_000, earshot.WireAudioInput
	x.Set(earshot.JitterMs, 4)
	for i := range uint64(3) { // the same sample three times: reading merges them, counting does not
		if err := s.Apply(t.Context(), &facts.Batch{Cursor: facts.CursorFold, Journal: "j", From: i, To: i + 1, Samples: []facts.Sample{x}}); err != nil {
			t.Fatal(err)
		}
	}
	if n, err := s.Count(t.Context(), facts.TableSample); err != nil || n != 3 {
		t.Errorf("%d, %v; want 3", n, err)
	}
	if n, err := s.Count(t.Context(), facts.TableMinute); err != nil || n != 0 {
		t.Errorf("minutes %d, %v; want none", n, err)
	}
	if _, err := s.Count(t.Context(), "users"); err == nil {
		t.Error("an unknown table is counted")
	}
}
