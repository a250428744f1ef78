package emulator

import (
	"context"
	"errors"
	"fmt"
	"io"
	"iter"
	"sync/atomic"
	"time"
)

// Emulator sends a world's notifications to a webhook, as Zoom does.
type Emulator struct {
	o         Options
	explicit  bool // From was given without CatchUp: simulated time starts there when Run does
	startedAt time.Time
	sender    atomic.Pointer[Sender]
}

// New checks the options, all of them, and reports everything that is wrong together. It sends nothing and starts nothing.
func New(o Options) (*Emulator, error) {
	explicit := !o.From.IsZero() && !o.CatchUp
	now := time.Now()
	o, err := o.withDefaults(now)
	if err != nil {
		return nil, fmt.Errorf("emulator options: %w", err)
	}
	return &Emulator{o: o, explicit: explicit, startedAt: now}, nil
}

// Events generates the traffic from Options.From on, without end and without sending it. Every call starts anew and yields
// the same.
func (e *Emulator) Events() iter.Seq[Event] { return e.Generate(e.o.From, time.Time{}) }

// Generate generates the traffic of the span from one simulated time until another (the zero time is without end), without
// sending it: a world that starts at from. Every call starts anew and yields the same.
func (e *Emulator) Generate(from, to time.Time) iter.Seq[Event] {
	return func(yield func(Event) bool) {
		o := e.o
		o.From = from.UTC().Truncate(time.Millisecond)
		w := newWorld(o)
		for to.IsZero() || w.Now().Before(to) {
			for _, ev := range w.Step() {
				if !to.IsZero() && !ev.Time.Before(to) {
					return
				}
				if !yield(ev) {
					return
				}
			}
		}
	}
}

// World makes a new world of the emulator's options.
func (e *Emulator) World() *World { return newWorld(e.o) }

// SitesCSV writes the sites of the emulator's world, which depend on Seed and People alone; see [World.SitesCSV].
func (e *Emulator) SitesCSV(out io.Writer) error {
	return newPopulation(e.o.Seed, e.o.People).sitesCSV(out)
}

// Run lets the target pass the challenge, then sends until Options.Duration has passed or the context ends, which is no
// error. What is on its way then is awaited for the deadline of an answer; retries that are still due are given up and
// counted as lost.
func (e *Emulator) Run(ctx context.Context) error {
	if e.o.Target == "" || e.o.Secret == "" {
		return errors.New("emulator: a target and a secret are needed to send")
	}
	if e.o.Duration > 0 {
		var cancel context.CancelFunc
		ctx, cancel = context.WithTimeout(ctx, e.o.Duration)
		defer cancel()
	}
	s, err := NewSender(e.senderOptions())
	if err != nil {
		return err
	}
	e.sender.Store(s)
	if err := s.Subscribe(ctx, e.o.ChallengeWait); err != nil {
		if ctx.Err() != nil {
			s.Close()
			return nil
		}
		return errors.Join(err, s.Close())
	}
	e.send(ctx, s)
	return s.Close()
}

// Counts returns what the last Run has done so far; it may be called while it runs.
func (e *Emulator) Counts() Counts {
	if s := e.sender.Load(); s != nil {
		return s.Counts()
	}
	return Counts{}
}

func (e *Emulator) senderOptions() SenderOptions {
	return SenderOptions{
		Target: e.o.Target, Secret: e.o.Secret, Seed: e.o.Seed, Speed: e.o.Speed, MaxInFlight: e.o.MaxInFlight, Progress: e.o.Progress,
		Ledger: e.o.Ledger, Transport: e.o.Transport, Logger: e.o.Logger,
	}
}

// send hands every event to the sender at its moment of wall time.
func (e *Emulator) send(ctx context.Context, s *Sender) {
	w := newWorld(e.o)
	begin, from := time.Now(), e.o.From
	if !e.explicit {
		from = e.startedAt.UTC() // what lies before is sent at once
	}
	timer := time.NewTimer(0)
	defer timer.Stop()
	for ctx.Err() == nil {
		for _, ev := range w.Step() {
			due := begin.Add(time.Duration(float64(ev.Time.Sub(from)) / e.o.Speed))
			if d := time.Until(due); d > 0 {
				timer.Reset(d)
				select {
				case <-ctx.Done():
					return
				case <-timer.C:
				}
			}
			if s.Send(ctx, ev) != nil {
				return
			}
		}
	}
}
