package journal_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/cockroachdb/pebble/v2/vfs"
	"github.com/cockroachdb/pebble/v2/vfs/errorfs"

	"github.com/earshot/earshot/internal/journal"
)

// inItsOwnProcess runs a test's function in a process of its own, as the failed journal ends its process: Pebble's goroutines stay
// parked. What it prints has to hold all of want.
func inItsOwnProcess(t *testing.T, fn func(), want ...string) {
	t.Helper()
	if os.Getenv("EARSHOT_TEST_FAILED_SYNC") != "" {
		fn()
		os.Exit(0)
	}
	cmd := exec.CommandContext(t.Context(), os.Args[0], "-test.run=^"+t.Name()+"$")
	cmd.Env = append(os.Environ(), "EARSHOT_TEST_FAILED_SYNC=1")
	var out bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &out
	if err := cmd.Run(); err != nil {
		t.Fatalf("%v\n%s", err, out.String())
	}
	for _, line := range want {
		if !strings.Contains(out.String(), line) {
			t.Errorf("missing %q in\n%s", line, out.String())
		}
	}
}

// TestFailedSync lets the disk refuse a sync.
func TestFailedSync(t *testing.T) {
	inItsOwnProcess(t, failSync,
		"first append: stored as 1",
		"during: not acknowledged",
		"run returned the failure",
		"afterwards: refused",
		"close returned the failure",
		"and may be called again",
		"reopened: 1 acknowledged, record 1 is there",
	)
}

// TestFailedSyncOfMaintenance lets the disk refuse the sync with which an hour leaves Pebble: Pebble parks the goroutine that rolls, and Run
// returns nevertheless, for the process is to end.
func TestFailedSyncOfMaintenance(t *testing.T) {
	inItsOwnProcess(t, failMaintenance, "rolled into the archive", "run returned the failure", "close returned the failure")
}

// failingSyncs is a file system whose syncs of files that end so are refused once broken is set.
func failingSyncs(mem vfs.FS, broken *atomic.Bool, suffix string) vfs.FS {
	return errorfs.Wrap(mem, errorfs.InjectorFunc(func(op errorfs.Op) error {
		sync := op.Kind == errorfs.OpFileSync || op.Kind == errorfs.OpFileSyncData || op.Kind == errorfs.OpFileSyncTo
		if sync && broken.Load() && strings.HasSuffix(op.Path, suffix) {
			return errors.New("input/output error")
		}
		return nil
	}))
}

func failMaintenance() {
	var broken atomic.Bool
	fs := failingSyncs(vfs.NewMem(), &broken, ".log") // Pebble's, not the archive's
	j, err := journal.Open(journal.Options{Dir: "journal", FS: fs, Heartbeat: -1, MinFreeBytes: -1, Retention: time.Hour})
	if err != nil {
		panic(err)
	}
	for hours := 5; hours > 2; hours-- {
		r := event(fmt.Sprint("before ", hours))
		r.ReceivedAt = r.ReceivedAt.Add(-time.Duration(hours) * time.Hour)
		if _, err := j.Append(context.Background(), r); err != nil {
			panic(err)
		}
	}
	broken.Store(true)
	if err := j.Run(context.Background()); err != nil && strings.Contains(err.Error(), "input/output error") {
		fmt.Println("run returned the failure")
	}
	if j.Stats().ArchiveBytes > 0 {
		fmt.Println("rolled into the archive")
	}
	if err := j.Close(); err != nil && strings.Contains(err.Error(), "input/output error") {
		fmt.Println("close returned the failure")
	}
}

func failSync() {
	mem := vfs.NewCrashableMem()
	var broken atomic.Bool
	fs := failingSyncs(mem, &broken, "")
	o := journal.Options{Dir: "journal", FS: fs, Heartbeat: -1, MinFreeBytes: -1}
	j, err := journal.Open(o)
	if err != nil {
		panic(err)
	}
	ran := make(chan error, 1)
	go func() { ran <- j.Run(context.Background()) }()
	res, err := j.Append(context.Background(), event("before"))
	fmt.Printf("first append: stored as %d, %v\n", res.Seq, err)
	broken.Store(true)
	done := make(chan error, 8)
	for i := range cap(done) {
		go func() {
			_, err := j.Append(context.Background(), event(fmt.Sprint("during ", i)))
			done <- err
		}()
	}
	refused := true
	for range cap(done) {
		refused = refused && <-done != nil
	}
	if refused {
		fmt.Println("during: not acknowledged")
	}
	if err := <-ran; err != nil && strings.Contains(err.Error(), "input/output error") {
		fmt.Println("run returned the failure")
	}
	if _, err := j.Append(context.Background(), event("afterwards")); err != nil {
		fmt.Println("afterwards: refused")
	}
	if err := j.Close(); err != nil && strings.Contains(err.Error(), "input/output error") {
		fmt.Println("close returned the failure")
	}
	if err := j.Close(); err == nil {
		fmt.Println("and may be called again")
	}
	o.FS = mem.CrashClone(vfs.CrashCloneCfg{}) // the restart: nothing unsynced is left
	j, err = journal.Open(o)
	if err != nil {
		panic(err)
	}
	records, err := j.Read(0, 0, 0)
	if err == nil && len(records) > 0 && string(records[0].Body) == "before" {
		fmt.Println("reopened: 1 acknowledged, record 1 is there")
	}
}
