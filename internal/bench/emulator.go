package main

import (
	"context"
	"errors"
	"fmt"
	"runtime"
	"time"

	"github.com/earshot/earshot/emulator"
	"github.com/earshot/earshot/internal/running"
)

// sendEvents is how many events the emulator signs and sends in its measurement.
const sendEvents = 150_000

// sending measures how fast the emulator signs and sends on one core, to a bare handler that has the other: it must never be
// what limits a measurement of Earshot.
func sending(ctx context.Context) (err error) {
	address := running.FreeAddress()
	stop, err := startBare(ctx, address)
	if err != nil {
		return err
	}
	defer stop()
	from := time.Now().Add(-time.Hour)
	em, err := emulator.New(emulator.Options{People: 2000, Seed: 2, From: from})
	if err != nil {
		return err
	}
	var events []emulator.Event
	for ev := range em.Generate(from, from.Add(10*time.Minute)) {
		events = append(events, ev)
	}
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(1))
	s, err := emulator.NewSender(emulator.SenderOptions{Target: "http://" + address + "/webhook", Secret: secret, MaxInFlight: 64, Progress: -1})
	if err != nil {
		return err
	}
	begun := time.Now()
	for n := range sendEvents {
		if err := s.Send(ctx, events[n%len(events)]); err != nil {
			return errors.Join(err, s.Close())
		}
	}
	for s.Counts().Acked < sendEvents && time.Since(begun) < time.Minute {
		time.Sleep(time.Millisecond)
	}
	took, counts := time.Since(begun), s.Counts()
	fmt.Printf("  the emulator signs and sends on one core %8.0f /s (at least 15,000), %d of %d acknowledged\n", float64(counts.Acked)/took.Seconds(), counts.Acked, sendEvents)
	return s.Close()
}
