package duckdb

import (
	"flag"
	"testing"

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
	s, err := open(Options{Dir: dir}, limits{sortRows: 20, checkpointBytes: 8 << 10}, migrations)
	if err != nil {
		t.Fatal(err)
	}
	if r := s.Recovered(); r != nil {
		t.Fatalf("a sound file was moved aside: %+v", r)
	}
	return s
}
