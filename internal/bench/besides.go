package main

import (
	"compress/gzip"
	"context"
	"fmt"
	"io"
	"os"
	"os/exec"
	"strconv"
	"time"

	"github.com/earshot/earshot/internal/priority"
)

// burnFor is how long the other work below keeps a processor at a time: about as long as a batch of a destination does.
const burnFor = 50 * time.Millisecond

// besides starts a program that has nothing to do with Earshot and takes a share of one processor, without hurry. It tells
// how much of what a destination costs is that of any other work on the same machine.
func besides(ctx context.Context, share float64) (stop func(), err error) {
	self, err := os.Executable()
	if err != nil {
		return nil, err
	}
	cmd := exec.CommandContext(ctx, self, "burn", strconv.FormatFloat(share, 'f', 3, 64))
	cmd.Stderr = os.Stderr
	if err := cmd.Start(); err != nil {
		return nil, fmt.Errorf("start other work: %w", err)
	}
	return func() {
		_ = cmd.Process.Kill()
		_ = cmd.Wait() // a kill is an error here
	}, nil
}

// burn compresses until it is killed, for a share of the time.
func burn(share string) error {
	part, err := strconv.ParseFloat(share, 64)
	if err != nil || part <= 0 || part > 1 {
		return fmt.Errorf("burn %q: want a share of a processor, more than 0 and at most 1", share)
	}
	if err := priority.Background(); err != nil {
		return err
	}
	text := make([]byte, 16<<10)
	for i := range text {
		text[i] = byte(i * i >> 3)
	}
	w := gzip.NewWriter(io.Discard)
	for {
		for begin := time.Now(); time.Since(begin) < burnFor; {
			if _, err := w.Write(text); err != nil {
				return err
			}
		}
		time.Sleep(time.Duration(float64(burnFor) * (1/part - 1)))
	}
}
