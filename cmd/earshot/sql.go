package main

import (
	"context"
	"errors"
	"os"
	"os/signal"
	"syscall"
	"time"

	"github.com/earshot/earshot/internal/daemon"
)

type sqlCmd struct {
	dataFlags
	Question string        `arg:"" help:"SELECT or EXPLAIN, over minutes, samples, summaries, notifications and call_reports."`
	Format   string        `enum:"table,csv,jsonl" default:"table" help:"table, csv or jsonl."`
	Snapshot string        `help:"A facts.duckdb of a backup; left out: the monitor that runs on the data folder makes one." type:"existingfile" placeholder:"FILE"`
	Memory   int           `help:"Memory that DuckDB may take, in MB." default:"512"`
	Timeout  time.Duration `help:"How long the question may take." default:"60s"`
}

// Run answers a question.
func (c *sqlCmd) Run(ctx context.Context) error {
	request := daemon.SQLRequest{Question: c.Question, Format: c.Format, Snapshot: c.Snapshot, MemoryMB: c.Memory, Timeout: c.Timeout}
	if c.Snapshot == "" {
		cfg, _, err := load(c.Config, given("--data", c.Data), true)
		if err != nil {
			return err
		}
		request.Data = cfg.DataDir
	}
	// Whoever reads may have seen enough ("| head"): that is an error of writing then, and not the end before what was made is removed.
	signal.Ignore(syscall.SIGPIPE)
	err := daemon.SQL(ctx, request, os.Stdout, os.Stderr)
	if errors.Is(err, syscall.EPIPE) {
		return nil
	}
	return err
}
