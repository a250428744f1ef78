package priority

import (
	"os"
	"strconv"
	"sync"
	"testing"
	"time"

	"golang.org/x/sys/unix"
)

func TestPromptShortensEveryThreadAndThoseToCome(t *testing.T) {
	before, err := unix.SchedGetAttr(0, 0)
	if err != nil {
		t.Fatal(err)
	}
	if err := Prompt(); err != nil {
		t.Fatal(err)
	}
	var threads sync.WaitGroup
	hold := make(chan struct{})
	for range 8 {
		threads.Go(func() {
			if err := Background(); err != nil { // a thread of its own
				t.Error(err)
			}
			<-hold
		})
	}
	defer func() { close(hold); threads.Wait() }()
	entries, err := os.ReadDir("/proc/self/task")
	if err != nil {
		t.Fatal(err)
	}
	short := 0
	for _, e := range entries {
		thread, err := strconv.Atoi(e.Name())
		if err != nil {
			t.Fatal(err)
		}
		after, err := unix.SchedGetAttr(thread, 0)
		if err != nil {
			continue // ended meanwhile
		}
		// A kernel that knows no slices tells 0 of them, before and after.
		if before.Runtime != 0 && time.Duration(after.Runtime) != PromptSlice {
			t.Errorf("a thread has slices of %v", time.Duration(after.Runtime))
		}
		if after.Policy != before.Policy || after.Nice != before.Nice && after.Nice != BackgroundNice {
			t.Errorf("a thread has policy %d and nice %d: they were %d and %d", after.Policy, after.Nice, before.Policy, before.Nice)
		}
		short++
	}
	if short < 2 {
		t.Errorf("%d threads", short)
	}
}

func TestBackgroundConcernsOneGoroutine(t *testing.T) {
	nice := func() int32 {
		attr, err := unix.SchedGetAttr(0, 0) // of the calling thread
		if err != nil {
			t.Error(err)
			return 0
		}
		return attr.Nice
	}
	ordinary := nice()
	lowered := make(chan int32)
	go func() {
		if err := Background(); err != nil {
			t.Error(err)
		}
		lowered <- nice()
	}()
	if got := <-lowered; got != BackgroundNice {
		t.Errorf("in the background: nice %d", got)
	}
	others := make(chan int32)
	for range 20 {
		go func() { others <- nice() }()
	}
	for range 20 {
		if got := <-others; got != ordinary {
			t.Errorf("elsewhere: nice %d, was %d", got, ordinary)
		}
	}
}
