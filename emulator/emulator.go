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
	subs      atomic.Pointer[Subscriptions]
	control   control
}

// New checks the options, all of them, and reports everything that is wrong together. It sends nothing and starts nothing.
func New(o Options) (*Emulator, error) {
	explicit := !o.From.IsZero() && !o.CatchUp
	now := time.Now()
	o, err := o.withDefaults(now)
	if err != nil {
		return nil, fmt.Errorf("emulator options: %w", err)
	}
	e := &Emulator{o: o, explicit: explicit, startedAt: now, control: newControl()}
	e.subs.Store(NewSubscriptions(e.subscriptionsOptions()))
	return e, nil
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
				ev.Body = applyQuirks(o.Quirks, ev.Name, ev.Body)
				if !yield(ev) {
					return
				}
			}
		}
	}
}

// World makes a new world of the emulator's options.
func (e *Emulator) World() *World { return newWorld(e.o) }

// SitesCSV writes the sites of the emulator's world, which depend on Seed, People and Life alone; see [World.SitesCSV].
func (e *Emulator) SitesCSV(out io.Writer) error {
	return newPopulation(e.o.Seed, e.o.People, &e.o.Life).sitesCSV(out)
}

// Run lets the targets pass the challenge, then sends until Options.Duration has passed or the context ends, which is no
// error. What is on its way then is awaited for the deadline of an answer; retries that are still due are given up and
// counted as lost.
func (e *Emulator) Run(ctx context.Context) error {
	list, err := e.saved()
	if err != nil {
		return err
	}
	if e.o.Duration > 0 {
		var cancel context.CancelFunc
		ctx, cancel = context.WithTimeout(ctx, e.o.Duration)
		defer cancel()
	}
	subs := e.subs.Load()
	if subs.isClosed() { // by a Run before
		subs = NewSubscriptions(e.subscriptionsOptions())
		e.subs.Store(subs)
	}
	for _, sub := range list {
		if _, err := subs.Add(ctx, sub); err != nil {
			if ctx.Err() != nil {
				subs.Close()
				return nil
			}
			return errors.Join(err, subs.Close())
		}
	}
	err = e.send(ctx, subs)
	return errors.Join(err, subs.Close())
}

// Counts returns what the last Run has done so far; it may be called while it runs.
func (e *Emulator) Counts() Counts { return e.subs.Load().Counts() }

// Subscriptions is the set that Run sends to; more may be added and removed before and while it runs. It is another one after
// Run has ended and begun anew.
func (e *Emulator) Subscriptions() *Subscriptions { return e.subs.Load() }

// send hands every event to the sender at its moment of wall time, until the span is over or the context ends. The error is
// one of writing the truth.
func (e *Emulator) send(ctx context.Context, s *Subscriptions) (err error) {
	w := newWorld(e.o)
	defer func() { err = errors.Join(err, e.writeTruth(w.EndTruth())) }()
	begin, from := time.Now(), e.o.From
	if !e.explicit {
		from = e.startedAt.UTC() // what lies before is sent at once
	}
	timer := time.NewTimer(0)
	defer timer.Stop()
	for ctx.Err() == nil && !e.spanIsOver(w) {
		events := w.Step()
		e.o.History.Observe(w, events)
		if err := e.writeTruth(w.Truth()); err != nil {
			return err
		}
		for _, ev := range events {
			due := begin.Add(time.Duration(float64(ev.Time.Sub(from)) / e.o.Speed))
			if !e.wait(ctx, w, timer, time.Until(due)) {
				return nil
			}
			ev.Body = applyQuirks(e.o.Quirks, ev.Name, ev.Body)
			if s.Send(ctx, ev) != nil {
				return nil
			}
		}
	}
	return nil
}

// spanIsOver reports whether the world has reached the end of Options.Span.
func (e *Emulator) spanIsOver(w *World) bool {
	return e.o.Span > 0 && !w.Now().Before(e.o.From.Add(e.o.Span))
}

// writeTruth writes what has become known of the truth, if somebody wants it.
func (e *Emulator) writeTruth(t Truth) error {
	if e.o.Truth == nil {
		return nil
	}
	_, err := t.WriteTo(e.o.Truth)
	return err
}

// wait lets wall time pass, carrying out orders meanwhile; false when the context ends. Orders are carried out even when there
// is no time to wait: an emulator that cannot keep up listens too.
func (e *Emulator) wait(ctx context.Context, w *World, timer *time.Timer, d time.Duration) bool {
	if d <= 0 {
		select {
		case o := <-e.control.orders:
			o.carryOut(w)
		default:
		}
		return true
	}
	timer.Reset(d)
	for {
		select {
		case <-ctx.Done():
			return false
		case <-timer.C:
			return true
		case o := <-e.control.orders:
			o.carryOut(w)
		}
	}
}
