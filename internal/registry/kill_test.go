package registry_test

import (
	"bufio"
	"context"
	"fmt"
	"os"
	"os/exec"
	"strconv"
	"testing"

	"github.com/earshot/earshot"
	"github.com/earshot/earshot/internal/identity"
	"github.com/earshot/earshot/internal/registry"
)

// childEnv makes the test binary the process that is killed; its value is the registry's directory.
const childEnv = "EARSHOT_TEST_REGISTRY_CHILD"

func TestMain(m *testing.M) {
	if dir := os.Getenv(childEnv); dir != "" {
		err := applyForever(dir)
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	os.Exit(m.Run())
}

// applyForever applies batch after batch, each of which adds one account, an incident and ten segments, and prints each position once it
// is applied.
func applyForever(dir string) error {
	r, err := registry.Open(registry.Options{Dir: dir})
	if err != nil {
		return err
	}
	if damage := r.Recovered(); damage != nil {
		return fmt.Errorf("the registry was damaged: %s", damage.Reason)
	}
	seq, _, err := r.Applied(context.Background(), "j")
	if err != nil {
		return err
	}
	for {
		seq++
		c := registry.Changes{Journal: "j", To: seq, Changes: identity.Changes{Accounts: []earshot.Account{{ID: earshot.ID(seq)}}}}
		for i := range 10 {
			c.Segments = append(c.Segments, earshot.Segment{ID: earshot.ID(seq*10 + uint64(i)), Meeting: 1, Devices: []earshot.DeviceSnapshot{{At: 1, PCName: "pc"}}})
		}
		c.Incidents = []earshot.Incident{{ID: earshot.ID(seq), Start: 1, People: []earshot.ID{1, 2}, Timeline: []earshot.IncidentEvent{{At: 1}}}}
		if err := r.Apply(context.Background(), &c); err != nil {
			return err
		}
		fmt.Println(seq)
	}
}

// A process that is killed at any moment leaves what it said was applied, and never half of a batch.
func TestKill(t *testing.T) {
	dir := t.TempDir()
	var said uint64
	for round := range 4 {
		child := exec.Command(os.Args[0])
		child.Env = append(os.Environ(), childEnv+"="+dir)
		child.Stderr = os.Stderr
		out, err := child.StdoutPipe()
		if err != nil {
			t.Fatal(err)
		}
		if err := child.Start(); err != nil {
			t.Fatal(err)
		}
		lines := bufio.NewScanner(out)
		for n := 0; n < 5+round*10 && lines.Scan(); n++ {
			if said, err = strconv.ParseUint(lines.Text(), 10, 64); err != nil {
				t.Fatal(err)
			}
		}
		if err := child.Process.Kill(); err != nil {
			t.Fatal(err)
		}
		for lines.Scan() { // what it said before it died counts
			if n, err := strconv.ParseUint(lines.Text(), 10, 64); err == nil {
				said = n
			}
		}
		_ = child.Wait() // it was killed
		checkKilled(t, dir, said)
	}
}

func checkKilled(t *testing.T, dir string, said uint64) {
	t.Helper()
	r := open(t, dir)
	if damage := r.Recovered(); damage != nil {
		t.Fatalf("a kill damaged the registry: %s", damage.Reason)
	}
	ctx := context.Background()
	applied, _, err := r.Applied(ctx, "j")
	if err != nil || applied < said || said == 0 {
		t.Fatalf("applied %d, %v; the process said %d", applied, err, said)
	}
	accounts, err := r.Accounts(ctx)
	if err != nil || len(accounts) != int(applied) {
		t.Errorf("%d accounts at position %d, %v", len(accounts), applied, err)
	}
	segments, err := r.SegmentsOf(ctx, 1)
	if err != nil || len(segments) != 10*int(applied) {
		t.Errorf("%d segments at position %d, %v", len(segments), applied, err)
	}
	for _, s := range segments {
		if len(s.Devices) != 1 {
			t.Fatalf("segment %s has %d devices, want 1", s.ID, len(s.Devices))
		}
	}
	for seq := uint64(1); seq <= applied; seq++ {
		i, ok, err := r.Incident(ctx, earshot.ID(seq))
		if err != nil || !ok || len(i.People) != 2 || len(i.Timeline) != 1 {
			t.Fatalf("incident of position %d: %v, %d people, %d lines, %v", seq, ok, len(i.People), len(i.Timeline), err)
		}
	}
	if err := r.CheckDeep(ctx); err != nil {
		t.Error(err)
	}
	if err := r.Close(); err != nil {
		t.Fatal(err)
	}
}
