package priority

import (
	"errors"
	"fmt"
	"os"
	"runtime"
	"strconv"

	"golang.org/x/sys/unix"
)

// Prompt asks for short time slices for all threads of this process. Threads inherit them from the one that starts them, so
// those to come have them as well.
func Prompt() error {
	done := make(map[int]bool)
	for {
		entries, err := os.ReadDir("/proc/self/task")
		if err != nil {
			return fmt.Errorf("list the own threads: %w", err)
		}
		fresh := false
		for _, e := range entries {
			thread, err := strconv.Atoi(e.Name())
			if err != nil || done[thread] {
				continue
			}
			done[thread], fresh = true, true
			if err := shorten(thread); err != nil && !errors.Is(err, unix.ESRCH) { // it has ended meanwhile
				return fmt.Errorf("ask for short time slices: %w", err)
			}
		}
		if !fresh { // a thread that was started meanwhile may have inherited what it had before
			return nil
		}
	}
}

// shorten changes the slice of one thread and nothing else. Threads of a real-time or idle policy have no slices.
func shorten(thread int) error {
	attr, err := unix.SchedGetAttr(thread, 0)
	if err != nil {
		return err
	}
	if attr.Policy != unix.SCHED_NORMAL && attr.Policy != unix.SCHED_BATCH {
		return nil
	}
	attr.Runtime = uint64(PromptSlice)
	return unix.SchedSetAttr(thread, attr, 0)
}

// Background gives the calling goroutine a thread of its own, without hurry, which ends with the goroutine. Call it first thing in a
// goroutine that lasts.
func Background() error {
	runtime.LockOSThread() // never unlocked: the thread is of no use to others
	if err := unix.Setpriority(unix.PRIO_PROCESS, unix.Gettid(), BackgroundNice); err != nil {
		return fmt.Errorf("lower the priority of a thread: %w", err)
	}
	return nil
}
