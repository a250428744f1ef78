package main

import (
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"
)

// ticksASecond is USER_HZ on every Linux that Go runs on.
const ticksASecond = 100

// cpuOf returns the processor time that a process and its children have used so far, 0 where /proc does not say. Beside
// requests a second it tells what changed in the program from what changed on the machine.
func cpuOf(pid int) time.Duration {
	total := time.Duration(0)
	stats, _ := filepath.Glob("/proc/[0-9]*/stat") // a pattern that is well formed
	for _, path := range stats {
		raw, err := os.ReadFile(path)
		if err != nil {
			continue // ended meanwhile
		}
		// The name in brackets may hold anything; the fields after it are numbered from 3.
		fields := strings.Fields(string(raw[strings.LastIndexByte(string(raw), ')')+1:]))
		own := path == fmt.Sprintf("/proc/%d/stat", pid)
		if len(fields) < 13 || !own && fields[1] != strconv.Itoa(pid) {
			continue
		}
		user, _ := strconv.ParseInt(fields[11], 10, 64)
		system, _ := strconv.ParseInt(fields[12], 10, 64)
		total += time.Duration(user+system) * time.Second / ticksASecond
	}
	return total
}

// stolenTime returns how much processor time the machine's host has taken away since it started, of all processors together; 0 where
// /proc does not say. While it is taken away nothing runs, so what is measured then is the host.
func stolenTime() time.Duration {
	raw, err := os.ReadFile("/proc/stat")
	if err != nil {
		return 0
	}
	line, _, _ := strings.Cut(string(raw), "\n")
	fields := strings.Fields(line) // cpu user nice system idle iowait irq softirq steal …
	if len(fields) < 9 {
		return 0
	}
	ticks, _ := strconv.ParseInt(fields[8], 10, 64)
	return time.Duration(ticks) * time.Second / ticksASecond
}
