package daemon

import (
	"os"
	"path/filepath"
	"runtime/debug"
	"testing"
	"time"
)

func TestTheReceiverAloneServesOnlyItsOwnBuild(t *testing.T) {
	build := func(revision, modified string) *debug.BuildInfo {
		info := &debug.BuildInfo{GoVersion: "go1.26", Main: debug.Module{Path: "github.com/earshot/earshot", Version: "v1"}}
		if revision != "" {
			info.Settings = []debug.BuildSetting{{Key: "vcs.revision", Value: revision}, {Key: "vcs.modified", Value: modified}}
		}
		return info
	}
	older := build("a", "false")
	older.Main.Version = "v0"
	now := time.Unix(1_000_000, 0)
	for name, c := range map[string]struct {
		program, receiver *debug.BuildInfo
		receiverAt        time.Time
		want              bool
	}{
		"one commit, whenever it was built":     {build("a", "false"), build("a", "false"), now.Add(-time.Hour), true},
		"another commit":                        {build("a", "false"), build("b", "false"), now.Add(time.Hour), false},
		"another version":                       {build("a", "false"), older, now, false},
		"a working copy, built after":           {build("a", "true"), build("a", "true"), now.Add(time.Second), true},
		"a working copy, built before":          {build("a", "true"), build("a", "true"), now.Add(-time.Second), false},
		"a working copy and its commit":         {build("a", "true"), build("a", "false"), now.Add(time.Second), false},
		"nothing known of commits, built after": {build("", ""), build("", ""), now, true},
		"nothing known, built before":           {build("", ""), build("", ""), now.Add(-time.Second), false},
	} {
		if got := sameBuild(c.program, c.receiver, now, c.receiverAt); got != c.want {
			t.Errorf("%s: %v, want %v", name, got, c.want)
		}
	}
}

// What is no program of ours is never run.
func TestNoOtherProgramIsTakenForTheReceiver(t *testing.T) {
	dir := t.TempDir()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	program := filepath.Join(dir, "earshot")
	if err := os.Symlink(self, program); err != nil {
		t.Fatal(err)
	}
	if got := ReceiverProgram(program); got != program {
		t.Errorf("without a receiver: %s", got)
	}
	if err := os.WriteFile(filepath.Join(dir, receiverName), []byte("#!/bin/sh\n"), 0o755); err != nil {
		t.Fatal(err)
	}
	if got := ReceiverProgram(program); got != program {
		t.Errorf("beside a script: %s", got)
	}
}
