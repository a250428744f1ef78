package main

import (
	"fmt"
	"time"

	"github.com/earshot/earshot/emulator"
)

// invent makes a scenario of a seed.
func invent(seed uint64) scenario {
	return scenario{fmt.Sprintf("invented-%d", seed), emulator.Options{
		Seed: seed, From: time.Date(2026, 11, 18, 8, 0, 0, 0, time.UTC), Span: 3 * time.Hour, People: 600,
	}}
}
