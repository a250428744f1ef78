package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"time"

	"github.com/earshot/earshot/internal/daemon/receiver"
	"github.com/earshot/earshot/internal/journal"
)

type journalCmd struct {
	Dump   dumpCmd   `cmd:"" help:"Print records as lines of JSON. Bodies name people."`
	Tail   tailCmd   `cmd:"" help:"Print the newest records, and what comes."`
	Verify verifyCmd `cmd:"" help:"Read everything and say whether all of it is there and sound."`
	Replay replayCmd `cmd:"" help:"Feed a range of records into another journal."`
}

// openSource opens the journal of a data folder: over the receiver's socket while one runs, else from its files.
func openSource(ctx context.Context, data string) (journal.Source, io.Closer, error) {
	client, err := journal.Dial(receiver.SocketPath(data))
	if err != nil {
		return nil, nil, err
	}
	if _, err := client.Info(ctx); err == nil {
		return client, client, nil
	}
	j, err := journal.OpenReadOnly(journal.Options{Dir: receiver.JournalDir(data)})
	if err != nil {
		return nil, nil, fmt.Errorf("no receiver answers on %s, and its journal cannot be opened: %w", receiver.SocketPath(data), err)
	}
	return journal.NewSource(j), j, nil
}

// withSource runs f with the journal of the data folder of the configuration.
func withSource(ctx context.Context, d dataFlags, f func(journal.Source) error) error {
	cfg, _, err := load(d.Config, given("--data", d.Data), true)
	if err != nil {
		return err
	}
	s, closer, err := openSource(ctx, cfg.DataDir)
	if err != nil {
		return err
	}
	return errors.Join(f(s), closer.Close())
}

type dumpCmd struct {
	dataFlags
	After    uint64 `help:"Begin after this record."`
	Until    uint64 `help:"End with this record; 0 is the last."`
	NoBodies bool   `help:"Leave the bodies out."`
}

// Run prints a range.
func (c *dumpCmd) Run(ctx context.Context) error {
	return withSource(ctx, c.dataFlags, func(s journal.Source) error {
		return journal.Dump(ctx, os.Stdout, s, journal.DumpOptions{Range: journal.Range{After: c.After, Until: c.Until}, NoBodies: c.NoBodies})
	})
}

type tailCmd struct {
	dataFlags
	Last     int  `help:"Begin this many records before the end." default:"10"`
	NoBodies bool `help:"Leave the bodies out."`
}

// Run prints what comes until a signal does.
func (c *tailCmd) Run(ctx context.Context) error {
	return withSource(ctx, c.dataFlags, func(s journal.Source) error {
		err := journal.Tail(ctx, os.Stdout, s, journal.DumpOptions{Range: journal.Range{Follow: true}, Last: c.Last, NoBodies: c.NoBodies})
		if errors.Is(err, context.Canceled) {
			return nil
		}
		return err
	})
}

type verifyCmd struct{ dataFlags }

// Run verifies; damage is an error.
func (c *verifyCmd) Run(ctx context.Context) error {
	cfg, _, err := load(c.Config, given("--data", c.Data), true)
	if err != nil {
		return err
	}
	report, err := journal.Verify(ctx, journal.Options{Dir: receiver.JournalDir(cfg.DataDir)})
	if errors.Is(err, journal.ErrLocked) {
		return withSource(ctx, c.dataFlags, func(s journal.Source) error { return verifyRunning(ctx, s) })
	}
	if err != nil {
		return err
	}
	fmt.Print(report.String())
	if !report.OK() {
		return errors.New("the journal is damaged")
	}
	return nil
}

// verifyRunning reads everything over the socket: each record is checked by the receiver as it is read.
func verifyRunning(ctx context.Context, s journal.Source) error {
	begun := time.Now()
	info, err := s.Info(ctx)
	if err != nil {
		return err
	}
	report, err := journal.Replay(ctx, s, journal.ReplayOptions{Range: journal.Range{Until: info.Tail}}, func(journal.Record) error { return nil })
	if err != nil {
		return err
	}
	fmt.Printf("journal %s, read over the socket of the running receiver: records %d to %d, %d read in %v, %d missing\n",
		info.Journal, info.First, report.Last, report.Records, time.Since(begun).Round(time.Millisecond), report.Missing)
	if report.Missing > 0 {
		return errors.New("records are missing")
	}
	return nil
}

type replayCmd struct {
	dataFlags
	To    string  `arg:"" help:"Data folder of the other journal; no receiver may run there."`
	After uint64  `help:"Begin after this record."`
	Until uint64  `help:"End with this record; 0 is the last."`
	Speed float64 `help:"1 keeps the pauses between records, 60 makes an hour a minute, 0 knows no pauses." default:"0"`
}

// Run feeds the range. A second replay is harmless: bodies that the other journal has are duplicates.
func (c *replayCmd) Run(ctx context.Context) error {
	return withSource(ctx, c.dataFlags, func(s journal.Source) error {
		to, err := journal.Open(journal.Options{Dir: receiver.JournalDir(c.To), Heartbeat: -1})
		if err != nil {
			return fmt.Errorf("open the other journal: %w", err)
		}
		var stored, duplicate int
		report, err := journal.Replay(ctx, s, journal.ReplayOptions{Range: journal.Range{After: c.After, Until: c.Until}, Speed: c.Speed}, func(r journal.Record) error {
			if r.Kind != journal.KindEvent {
				return nil
			}
			result, err := to.Append(ctx, r)
			if result.Duplicate {
				duplicate++
			} else if err == nil {
				stored++
			}
			return err
		})
		fmt.Printf("%d records read up to %d, %d missing; %d events stored, %d known before\n", report.Records, report.Last, report.Missing, stored, duplicate)
		return errors.Join(err, to.Close())
	})
}
