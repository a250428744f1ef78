package rest

import (
	"strings"
	"sync"
	"time"

	"github.com/earshot/earshot"
	"github.com/earshot/earshot/emulator"
)

// oldWorld is a history that lies a year and a month back, and one moment of today.
type oldWorld struct {
	history *emulator.History
	ended   string // a meeting that ended then
	slashed string // one whose UUID begins with a slash or has two in a row
}

var aged = sync.OnceValue(func() oldWorld {
	h := emulator.NewHistory(emulator.HistoryOptions{})
	var old oldWorld
	then, err := emulator.NewWorld(emulator.Options{People: 120, Meetings: 110, Seed: 3, From: begin.AddDate(-1, -1, 0), Calm: true})
	if err != nil {
		panic(err)
	}
	for range 150 {
		h.Observe(then, then.Step())
	}
	for _, live := range []bool{false, true} {
		for _, k := range h.Select(earshot.KindMeeting, func(in *emulator.Instance) bool { return in.Live() == live && in.AccountID == h.AccountID() }) {
			if !live {
				old.ended = k.UUID
			}
			if live && (strings.HasPrefix(k.UUID, "/") || strings.Contains(k.UUID, "//")) {
				old.slashed = k.UUID
			}
		}
	}
	now, err := emulator.NewWorld(emulator.Options{People: 10, Meetings: 1, Seed: 3, From: begin.Add(45 * time.Minute), Calm: true})
	if err != nil {
		panic(err)
	}
	h.Observe(now, now.Step())
	old.history = h
	if old.ended == "" || old.slashed == "" {
		panic("no meeting ended, or none has such a UUID: choose another seed")
	}
	return old
})
