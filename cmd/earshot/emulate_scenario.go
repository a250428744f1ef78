package main

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"os"

	"github.com/earshot/earshot/emulator"
)

// emulateScenario are the flags of scenarios and their truth.
type emulateScenario struct {
	Scenario  string `help:"What happens in the world, from a YAML file or a shipped scenario's name (--scenarios lists them); replaces --people, --meetings, --cadence and --dialect." placeholder:"FILE|NAME" group:"World"`
	Truth     string `help:"Write who felt which fault when, and why, into this file, as lines of JSON." placeholder:"FILE" group:"Watching"`
	Scenarios bool   `help:"List the scenarios that are shipped and stop." group:"World"`
}

// apply takes over what the scenario says about the world. seed and from are the caller's where they are given.
func (c *emulateScenario) apply(o *emulator.Options, seedGiven bool) error {
	if c.Scenario == "" {
		return nil
	}
	s, err := emulator.LoadScenario(c.Scenario)
	if err != nil {
		return err
	}
	o.People, o.Meetings, o.Cadence, o.Dialect = s.People, s.Meetings, s.Cadence, s.Dialect
	o.Troubles, o.Calm, o.Delivery, o.Schedule, o.Span = s.Troubles, s.Calm, s.Delivery, s.Schedule, s.Span
	if !seedGiven {
		o.Seed = s.Seed
	}
	if o.From.IsZero() {
		o.From = s.From
	}
	return nil
}

// openTruth creates the file of the truth, if one is wanted; closing writes what is buffered.
func (c *emulateScenario) openTruth(o *emulator.Options) (closing func() error, err error) {
	if c.Truth == "" {
		return func() error { return nil }, nil
	}
	file, err := os.Create(c.Truth)
	if err != nil {
		return nil, fmt.Errorf("create the truth's file: %w", err)
	}
	out := bufio.NewWriter(file)
	o.Truth = out
	return func() error {
		if err := errors.Join(out.Flush(), file.Close()); err != nil {
			return fmt.Errorf("write %s: %w", c.Truth, err)
		}
		return nil
	}, nil
}

// list writes the names of the shipped scenarios.
func (c *emulateScenario) list(out io.Writer) error {
	for _, name := range emulator.Scenarios() {
		if _, err := fmt.Fprintln(out, name); err != nil {
			return fmt.Errorf("list scenarios: %w", err)
		}
	}
	return nil
}
