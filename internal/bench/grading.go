package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"runtime"
	"syscall"
	"time"

	domain "github.com/earshot/earshot"
	"github.com/earshot/earshot/emulator"
	"github.com/earshot/earshot/internal/grade"
	"github.com/earshot/earshot/internal/identity"
	"github.com/earshot/earshot/internal/journal"
	"github.com/earshot/earshot/internal/live"
	"github.com/earshot/earshot/internal/pipeline"
	"github.com/earshot/earshot/internal/site"
)

const (
	gradedPeople  = 50_000
	gradedMinutes = 8
	gradedWarm    = 3 // minutes until as much is in memory as will be
	pastPeople    = 5_000
)

// grading folds 50,000 people who report once a minute, and tells what decoding, identity, grading and looking for causes need
// of one core at 1,000 events a second.
func grading(context.Context) error {
	from := time.Now().Truncate(time.Minute)
	em, err := emulator.New(emulator.Options{People: gradedPeople * 21 / 10, Meetings: gradedPeople / 10, Seed: 5, From: from})
	if err != nil {
		return err
	}
	var records []journal.Record
	for ev := range em.Generate(from, from.Add(gradedMinutes*time.Minute)) {
		records = append(records, journal.Record{
			Seq: uint64(len(records) + 1), Kind: journal.KindEvent, ReceivedAt: domain.InstantOf(ev.Time), Body: append([]byte(nil), ev.Body...),
		})
	}
	runtime.GC()
	keys := identity.NewKeys([16]byte{'b', 'e', 'n', 'c', 'h'})
	places, err := site.Load("", "", keys.Site)
	if err != nil {
		return err
	}
	f := pipeline.NewFold(pipeline.Rules{
		Keys: keys, Profile: grade.Earshot(), Sites: func() *site.Table { return places },
		Input: func(domain.ID) (audio, video domain.InputMeaning) { return domain.InputReceived, domain.InputReceived },
	})
	state := live.New(live.Options{})
	var before time.Duration
	warm, measured := domain.InstantOf(from.Add(gradedWarm*time.Minute)), 0
	for i := range records {
		r := &records[i]
		if r.ReceivedAt >= warm && before == 0 {
			before = processorTime()
		}
		if before != 0 {
			measured++
		}
		f.Apply(r)
		if i%250 == 249 { // some four times a second
			state.Apply(f.LiveUpdate(r.ReceivedAt))
			f.Take()
		}
	}
	used := processorTime() - before
	each := used / time.Duration(max(measured, 1))
	fmt.Printf("  %d people at once, %.0f events/s: %v of processor time an event, from decoding to the live view: at 1,000 events/s %.1f %% of one core (at most 30)\n",
		state.Status().People, float64(measured)/(60*(gradedMinutes-gradedWarm)), each.Round(100*time.Nanosecond), each.Seconds()*1000*100)
	return nil
}

// processorTime is what this process has used so far.
func processorTime() time.Duration {
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		return 0
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

// recompute stores a working day of 5,000 people and has all of it graded again.
func recompute(ctx context.Context) (err error) {
	from := time.Now().Add(-(sizeHours + 2) * time.Hour).Truncate(time.Hour)
	em, err := emulator.New(emulator.Options{People: pastPeople, Seed: 9, From: from})
	if err != nil {
		return err
	}
	e, err := start(ctx, binary, "serve")
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, e.discard()) }()
	var bodies [][]byte
	events := 0
	send := func() error {
		events += len(bodies)
		l := sign(bodies)
		bodies = bodies[:0]
		if _, err := l.run(ctx, e.webhook, clients, 0, 10*time.Minute); !errors.Is(err, errRanOut) {
			return errors.Join(err, ctx.Err())
		}
		return nil
	}
	for ev := range em.Generate(from, from.Add(sizeHours*time.Hour)) {
		bodies = append(bodies, append([]byte(nil), ev.Body...))
		if len(bodies) == 50_000 {
			if err := send(); err != nil {
				return err
			}
		}
	}
	if err := send(); err != nil {
		return err
	}
	if _, err := e.settle(ctx); err != nil {
		return err
	}
	begun := time.Now()
	regrade := exec.CommandContext(ctx, binary, "regrade", "--data", e.data, "--from", from.UTC().Format(time.RFC3339))
	regrade.Env = append(os.Environ(), "ZOOM_WEBHOOK_SECRET_TOKEN="+secret)
	if out, err := regrade.CombinedOutput(); err != nil {
		return fmt.Errorf("regrade: %w: %s", err, out)
	}
	fmt.Printf("  %d events of %d hours, %d people: graded again in %v (under a minute)\n", events, sizeHours, pastPeople, time.Since(begun).Round(100*time.Millisecond))
	return nil
}
