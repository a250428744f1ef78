package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"sort"
	"strings"
	"time"

	domain "github.com/earshot/earshot"
	"github.com/earshot/earshot/emulator"
	"github.com/earshot/earshot/internal/facts"
	"github.com/earshot/earshot/internal/facts/duckdb"
	"github.com/earshot/earshot/internal/journal"
)

const (
	sizePeople = 2000
	sizeHours  = 8
	livePeople = 10_000
)

// size stores a generated working day and tells what an event costs in each store, after a checkpoint.
func size(ctx context.Context) (err error) {
	from := time.Now().Add(-sizeHours * time.Hour).Truncate(time.Hour)
	em, err := emulator.New(emulator.Options{People: sizePeople, Seed: 7, From: from})
	if err != nil {
		return err
	}
	var bodies [][]byte
	var raw int64
	qos := 0
	for ev := range em.Generate(from, from.Add(sizeHours*time.Hour)) {
		bodies = append(bodies, append([]byte(nil), ev.Body...))
		raw += int64(len(ev.Body))
		if strings.HasSuffix(ev.Name, "_qos") {
			qos++
		}
	}
	e, err := start(ctx, binary, "serve")
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, e.discard()) }()
	l := sign(bodies)
	for l.left() > clients {
		if _, err := l.run(ctx, e.webhook, 4, 4000, 10*time.Second); err != nil && l.left() > 0 {
			return err
		}
	}
	if _, err := e.settle(ctx); err != nil {
		return err
	}
	if err := e.Stop(); err != nil { // closing folds every log into its file
		return err
	}
	if err := tidy(ctx, filepath.Join(e.data, "facts")); err != nil {
		return err
	}
	n := float64(len(bodies))
	fmt.Printf("  a working day of %d hours, %d people: %d events, %d of them QoS, %.0f bytes each\n", sizeHours, sizePeople, len(bodies), qos, float64(raw)/n)
	for _, part := range []string{"journal", "facts", "registry"} {
		bytes, err := diskUse(e.data, part)
		if err != nil {
			return err
		}
		note := ""
		if part == "facts" {
			note = "(at most 130)"
		}
		fmt.Printf("  %-9s %7.1f MB   %6.1f bytes an event %s\n", part, float64(bytes)/1e6, float64(bytes)/n, note)
	}
	return archiveSize(ctx, bodies, from)
}

// tidy does what the nightly work does: sorts what is recent, and folds the write-ahead log into the file.
func tidy(ctx context.Context, dir string) error {
	s, err := duckdb.Open(duckdb.Options{Dir: dir})
	if err != nil {
		return err
	}
	return errors.Join(s.Maintain(ctx, domain.InstantOf(time.Now()), facts.Retention{}), s.Close())
}

// archiveSize feeds the day into a second journal that keeps nothing at hand, so that it rolls all of it into its archive.
func archiveSize(ctx context.Context, bodies [][]byte, from time.Time) error {
	dir, err := os.MkdirTemp("", "earshot-bench-archive-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	j, err := journal.Open(journal.Options{Dir: dir, Retention: time.Minute, ArchiveRetention: 365 * 24 * time.Hour, Heartbeat: -1})
	if err != nil {
		return err
	}
	step := sizeHours * time.Hour / time.Duration(len(bodies))
	for i, body := range bodies {
		at := from.Add(-24*time.Hour + time.Duration(i)*step)
		if _, err := j.Append(ctx, journal.Record{Kind: journal.KindEvent, ReceivedAt: domain.InstantOf(at), Body: body}); err != nil {
			return errors.Join(err, j.Close())
		}
	}
	run, stop := context.WithCancel(ctx)
	done := make(chan error, 1)
	go func() { done <- j.Run(run) }()
	for begun := time.Now(); j.Stats().Rolled < uint64(len(bodies)) && time.Since(begun) < 2*time.Minute; {
		time.Sleep(100 * time.Millisecond)
	}
	stop()
	s := j.Stats()
	fmt.Printf("  %-9s %7.1f MB   %6.1f bytes an event (%d of %d rolled)\n", "archive", float64(s.ArchiveBytes)/1e6, float64(s.ArchiveBytes)/float64(max(s.Rolled, 1)), s.Rolled, len(bodies))
	return errors.Join(<-done, j.Close())
}

// diskUse sums the files under dir whose path there begins with prefix.
func diskUse(dir, prefix string) (int64, error) {
	var sum int64
	err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		rel, err := filepath.Rel(dir, path)
		if err != nil {
			return err
		}
		info, err := os.Stat(path)
		if err == nil && strings.HasPrefix(rel, prefix) && info.Mode().IsRegular() {
			sum += info.Size()
		}
		return nil
	})
	return sum, err
}

// memory lets the emulator keep 10,000 people in meetings and tells what the processes hold.
func memory(ctx context.Context) (err error) {
	e, err := start(ctx, binary, "serve")
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, e.discard()) }()
	em, err := emulator.New(emulator.Options{
		Target: "http://" + e.webhook + "/webhook", Secret: secret, People: livePeople * 22 / 10, Meetings: livePeople / 9, Seed: 3,
		Duration: 4 * time.Minute, Progress: -1,
	})
	if err != nil {
		return err
	}
	if err := em.Run(ctx); err != nil {
		return err
	}
	people, err := e.Metric(ctx, "earshot_live_people")
	if err != nil {
		return err
	}
	sizes, err := e.Resident()
	if err != nil {
		return err
	}
	names := make([]string, 0, len(sizes))
	for name := range sizes {
		names = append(names, name)
	}
	sort.Strings(names)
	fmt.Printf("  with %.0f people in live meetings:", people)
	for _, name := range names {
		fmt.Printf("  %s %.0f MB", name, float64(sizes[name])/(1<<20))
	}
	fmt.Printf("   receiver and monitor together %.0f MB (at most 600)\n", float64(sizes["receive"]+sizes["monitor"])/(1<<20))
	return comeBack(ctx, e, people)
}

// comeBack kills the monitor and tells how long the live view is away.
func comeBack(ctx context.Context, e *earshot, people float64) error {
	killed, err := e.Kill("monitor")
	if err != nil {
		return err
	}
	if !killed {
		return errors.New("there is no monitor to kill")
	}
	begun := time.Now()
	for time.Since(begun) < time.Minute {
		if now, err := e.Metric(ctx, "earshot_live_people"); err == nil && now >= 0.95*people {
			fmt.Printf("  after kill -9 of the monitor, %.0f people are live again after %v (within 2 s)\n", now, time.Since(begun).Round(10*time.Millisecond))
			return nil
		}
		time.Sleep(20 * time.Millisecond)
	}
	return errors.New("the live view did not come back within a minute")
}
