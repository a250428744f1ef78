package main

import (
	"errors"
	"fmt"
	"os"
	"strconv"
	"time"

	"golang.org/x/sys/unix"
)

// sleep lets the thread sleep in the kernel.
func sleep(d time.Duration) {
	left := unix.NsecToTimespec(d.Nanoseconds())
	_ = unix.ClockNanosleep(unix.CLOCK_MONOTONIC, 0, &left, nil) // a signal ends it early: by less than a timer is late
}

// realTime lets the threads that this process has now run before all others of the machine, as if it had a machine of its own: in life
// who sends is elsewhere and waits for nobody here. Threads and processes that are started later are ordinary ones. It needs a
// privilege.
func realTime() error {
	entries, err := os.ReadDir("/proc/self/task")
	if err != nil {
		return fmt.Errorf("list the own threads: %w", err)
	}
	for _, e := range entries {
		thread, err := strconv.Atoi(e.Name())
		if err != nil {
			continue
		}
		attr := unix.SchedAttr{Size: unix.SizeofSchedAttr, Policy: unix.SCHED_FIFO, Priority: 1, Flags: unix.SCHED_FLAG_RESET_ON_FORK}
		if err := unix.SchedSetAttr(thread, &attr, 0); err != nil && !errors.Is(err, unix.ESRCH) {
			return fmt.Errorf("ask for real-time priority: %w", err)
		}
	}
	return nil
}
