package daemon

import (
	"bufio"
	"cmp"
	"context"
	"fmt"
	"io"
	"log/slog"
	"os"
	"os/exec"
	"sync"
	"syscall"
	"time"

	"github.com/cenkalti/backoff/v5"

	"github.com/earshot/earshot/internal/daemon/supervised"
)

const (
	// stopGrace is how long a child may take to stop before it is killed.
	stopGrace = 20 * time.Second
	// steadyAfter is how long a child must have run for its next restart to be immediate again.
	steadyAfter = 10 * time.Second
	// longestLogLine bounds one line of a child's log.
	longestLogLine = 1 << 20
)

// Child is one process that a Supervisor keeps running.
type Child struct {
	Name    string
	Program string   // path of the executable; "" for the supervisor's
	Args    []string // the program's arguments; secrets go through the environment only
	Env     []string // beside the supervisor's own
}

// Supervisor keeps children running: one that ends is started again after a delay that grows from 100 ms to 2 s. What they
// log goes line by line into one stream. The children know nothing of each other.
type Supervisor struct {
	Program  string // path of the executable
	Children []Child
	Log      io.Writer
	Logger   *slog.Logger

	mu sync.Mutex // serialises lines into Log
}

// Run runs the children until ctx ends, then stops them in reverse order of their start and returns nil.
func (s *Supervisor) Run(ctx context.Context) error {
	var wg sync.WaitGroup
	for _, c := range s.Children {
		wg.Go(func() { s.keep(ctx, c) })
	}
	wg.Wait()
	return nil
}

// keep runs one child again and again.
func (s *Supervisor) keep(ctx context.Context, c Child) {
	delays := backoff.NewExponentialBackOff()
	delays.InitialInterval, delays.MaxInterval = 100*time.Millisecond, 2*time.Second
	for ctx.Err() == nil {
		started := time.Now()
		err := s.run(ctx, c)
		if ctx.Err() != nil {
			return
		}
		if time.Since(started) > steadyAfter {
			delays.Reset()
		}
		wait := delays.NextBackOff()
		s.Logger.Error("process ended, starting it again", "process", c.Name, "err", err, "in", wait.Round(time.Millisecond))
		select {
		case <-ctx.Done():
		case <-time.After(wait):
		}
	}
}

// run runs one child once. It returns why it ended, nil when it ended by itself without an error.
func (s *Supervisor) run(ctx context.Context, c Child) error {
	cmd := exec.CommandContext(ctx, cmp.Or(c.Program, s.Program), c.Args...)
	cmd.Env = append(append(os.Environ(), c.Env...), supervised.Env+"=1")
	cmd.Cancel = func() error { return cmd.Process.Signal(syscall.SIGTERM) }
	cmd.WaitDelay = stopGrace
	hand, err := cmd.StdinPipe() // held open while we live
	if err != nil {
		return fmt.Errorf("start %s: %w", c.Name, err)
	}
	defer hand.Close()
	r, w := io.Pipe()
	cmd.Stdout, cmd.Stderr = w, w
	if err := cmd.Start(); err != nil {
		return fmt.Errorf("start %s: %w", c.Name, err)
	}
	s.Logger.Info("process started", "process", c.Name, "pid", cmd.Process.Pid)
	var copied sync.WaitGroup
	copied.Go(func() { s.copyLines(r) })
	err = cmd.Wait()
	w.Close()
	copied.Wait()
	return err
}

// copyLines writes whole lines, so that two children's lines never mix.
func (s *Supervisor) copyLines(r io.Reader) {
	scanner := bufio.NewScanner(r)
	scanner.Buffer(make([]byte, 64<<10), longestLogLine)
	for scanner.Scan() {
		s.mu.Lock()
		_, _ = s.Log.Write(append(scanner.Bytes(), '\n')) // a log that cannot be written must not stop a receiver
		s.mu.Unlock()
	}
	_, _ = io.Copy(io.Discard, r) // after a line that is too long: keep the pipe moving
}
