package daemon

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"time"

	"github.com/earshot/earshot/internal/facts/analyst"
	"github.com/earshot/earshot/internal/facts/duckdb"
	"github.com/earshot/earshot/internal/pull"
)

// SQLRequest is a question about the facts.
type SQLRequest struct {
	Question string
	Format   string // table, csv or jsonl
	Data     string // the folder of the running monitor that makes a snapshot
	Snapshot string // or a snapshot that is there
	MemoryMB int
	Timeout  time.Duration
}

// SQL answers a question on a snapshot, in this process, and removes the snapshot that it had made.
func SQL(ctx context.Context, r SQLRequest, out, say io.Writer) (err error) {
	w, err := analyst.NewWriter(out, r.Format, pull.CellText)
	if err != nil {
		return err
	}
	if err := analyst.CheckQuestion(r.Question); err != nil { // a snapshot takes its time
		return err
	}
	file, made := r.Snapshot, ""
	if file == "" {
		if made, err = os.MkdirTemp("", "earshot-snapshot-"); err != nil {
			return fmt.Errorf("make a folder for the snapshot: %w", err)
		}
		defer func() { err = errors.Join(err, os.RemoveAll(made)) }()
		fmt.Fprintln(say, "making a snapshot")
		if _, err := ask(ctx, r.Data, "facts-snapshot", made); err != nil {
			return err
		}
		file = filepath.Join(made, duckdb.FileName)
	}
	s, err := analyst.Open(ctx, analyst.Options{File: file, MemoryMB: r.MemoryMB})
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, s.Close()) }()
	if made != "" {
		_ = os.RemoveAll(made) // it is open: whoever is killed from here on leaves no copy behind. Where that cannot be, it goes at the end
	}
	asking, cancel := context.WithTimeout(ctx, r.Timeout)
	defer cancel()
	err = s.Ask(asking, r.Question, w)
	if err != nil && errors.Is(asking.Err(), context.DeadlineExceeded) {
		return fmt.Errorf("it took longer than %v: ask for less, or give it more with --timeout", r.Timeout)
	}
	return err
}
