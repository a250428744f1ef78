package running

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
)

// children returns the process ids of the program's children by their subcommand. It is an error for the program to be gone.
func (p *Program) children() (map[string]int, error) {
	tasks, err := filepath.Glob(fmt.Sprintf("/proc/%d/task/*/children", p.PID()))
	if err != nil {
		return nil, err
	}
	if len(tasks) == 0 {
		return nil, errors.New("the supervisor is gone")
	}
	out := map[string]int{}
	for _, t := range tasks {
		raw, err := os.ReadFile(t)
		if err != nil {
			continue // the thread ended meanwhile
		}
		for _, f := range strings.Fields(string(raw)) {
			pid, err := strconv.Atoi(f)
			if err != nil {
				continue
			}
			if name, ok := subcommandOf(pid); ok {
				out[name] = pid
			}
		}
	}
	return out, nil
}

// subcommandOf is the first argument of a process; false when it is gone, or has none.
func subcommandOf(pid int) (string, bool) {
	raw, err := os.ReadFile(fmt.Sprintf("/proc/%d/cmdline", pid))
	if err != nil {
		return "", false
	}
	args := strings.Split(string(raw), "\x00")
	return args[min(1, len(args)-1)], len(args) > 1
}

// Kill kills a child at once, by its subcommand: "receive" or "monitor". It says false when there is none at this moment, as while it is
// being started again.
func (p *Program) Kill(subcommand string) (bool, error) {
	all, err := p.children()
	if err != nil {
		return false, err
	}
	pid, ok := all[subcommand]
	if !ok {
		return false, nil
	}
	if err := syscall.Kill(pid, syscall.SIGKILL); err != nil && !errors.Is(err, syscall.ESRCH) {
		return false, err
	}
	return true, nil
}

// Resident returns the resident memory of the program and of its children in bytes, by subcommand.
func (p *Program) Resident() (map[string]int64, error) {
	all, err := p.children()
	if err != nil {
		return nil, err
	}
	all[p.o.Subcommand] = p.PID()
	out := make(map[string]int64, len(all))
	for name, pid := range all {
		raw, err := os.ReadFile(fmt.Sprintf("/proc/%d/statm", pid))
		if err != nil {
			return nil, err
		}
		fields := strings.Fields(string(raw))
		if len(fields) < 2 {
			return nil, fmt.Errorf("memory of %s: %q", name, raw)
		}
		pages, err := strconv.ParseInt(fields[1], 10, 64)
		if err != nil {
			return nil, fmt.Errorf("memory of %s: %w", name, err)
		}
		out[name] = pages * int64(os.Getpagesize())
	}
	return out, nil
}
