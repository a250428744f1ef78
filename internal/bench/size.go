package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"sort"
	"strings"
	"time"

	"github.com/earshot/earshot/emulator"
)

const (
	sizePeople = 1500
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
	defer func() { err = errors.Join(err, e.stop()) }()
	l := sign(bodies)
	for l.left() > clients {
		if _, err := l.run(ctx, e.webhook, 4, 4000, 10*time.Second); err != nil && l.left() > 0 {
			return err
		}
	}
	if _, err := e.settle(ctx); err != nil {
		return err
	}
	if err := e.halt(); err != nil { // closing folds every log into its file
		return err
	}
	n := float64(len(bodies))
	fmt.Printf("  a day of %d people: %d events, %d of them QoS, %.0f bytes each\n", sizePeople, len(bodies), qos, float64(raw)/n)
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
	return archiveSize(ctx, e.data, n)
}

// archiveSize rolls the journal into its archive and tells the size.
func archiveSize(ctx context.Context, data string, events float64) error {
	out, err := exec.CommandContext(ctx, binary, "journal", "archive", "--data", data).CombinedOutput()
	if err != nil {
		return fmt.Errorf("archive the journal: %w: %s", err, out)
	}
	bytes, err := diskUse(filepath.Join(data, "journal"), "archive")
	if err != nil {
		return err
	}
	fmt.Printf("  %-9s %7.1f MB   %6.1f bytes an event\n", "archive", float64(bytes)/1e6, float64(bytes)/events)
	return nil
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
	defer func() { err = errors.Join(err, e.stop()) }()
	em, err := emulator.New(emulator.Options{
		Target: "http://" + e.webhook + "/webhook", Secret: secret, People: 2 * livePeople, Meetings: livePeople / 10, Seed: 3,
		Duration: 4 * time.Minute, Progress: -1,
	})
	if err != nil {
		return err
	}
	if err := em.Run(ctx); err != nil {
		return err
	}
	var page struct {
		People int `json:"people"`
	}
	if err := e.get(ctx, "/api/v1/status", &page); err != nil {
		return err
	}
	sizes, err := e.resident()
	if err != nil {
		return err
	}
	names := make([]string, 0, len(sizes))
	for name := range sizes {
		names = append(names, name)
	}
	sort.Strings(names)
	fmt.Printf("  with %d people in live meetings:", page.People)
	for _, name := range names {
		fmt.Printf("  %s %.0f MB", name, float64(sizes[name])/(1<<20))
	}
	fmt.Printf("   receiver and monitor together %.0f MB (at most 600)\n", float64(sizes["receive"]+sizes["monitor"])/(1<<20))
	return nil
}
