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

// TestFailedSync lets the disk refuse a sync. It runs in a process of its own, as the failed journal ends its process:
// Pebble's goroutines stay parked.
func TestFailedSync(t *testing.T) {
	if os.Getenv("EARSHOT_TEST_FAILED_SYNC") != "" {
		failSync()
		os.Exit(0)
	}
	cmd := exec.CommandContext(t.Context(), os.Args[0], "-test.run=^TestFailedSync$")
	cmd.Env = append(os.Environ(), "EARSHOT_TEST_FAILED_SYNC=1")
	var out bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &out
	if err := cmd.Run(); err != nil {
		t.Fatalf("%v\n%s", err, out.String())
	}
	want := []string{
		"first append: stored as 1",
		"during: not acknowledged",
		"run returned the failure",
		"afterwards: refused at once",
		"close returned the failure",
		"reopened: 1 acknowledged, record 1 is there",
	}
	for _, line := range want {
		if !strings.Contains(out.String(), line) {
			t.Errorf("missing %q in\n%s", line, out.String())
		}
	}
}

func failSync() {
	mem := vfs.NewCrashableMem()
	var broken atomic.Bool
	fs := errorfs.Wrap(mem, errorfs.InjectorFunc(func(op errorfs.Op) error {
		if broken.Load() && (op.Kind == errorfs.OpFileSync || op.Kind == errorfs.OpFileSyncData || op.Kind == errorfs.OpFileSyncTo) {
			return errors.New("input/output error")
		}
		return nil
	}))
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
	start := time.Now()
	if _, err := j.Append(context.Background(), event("afterwards")); err != nil && time.Since(start) < time.Second {
		fmt.Println("afterwards: refused at once")
	}
	if err := j.Close(); err != nil && strings.Contains(err.Error(), "input/output error") {
		fmt.Println("close returned the failure")
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
