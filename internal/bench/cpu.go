package main

import (
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"
)

// cpuOf returns the processor time that a process and its children have used so far, 0 where /proc does not say. Beside
// requests a second it tells what changed in the program from what changed on the machine.
func cpuOf(pid int) time.Duration {
	const ticksASecond = 100 // USER_HZ on every Linux that Go runs on
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
