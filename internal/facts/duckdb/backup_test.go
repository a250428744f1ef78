package duckdb

import (
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/earshot/earshot"
	"github.com/earshot/earshot/internal/facts"
	"github.com/earshot/earshot/internal/facts/factstest"
)

// TestBackupWhileWriting backs up again and again while batches are stored, restores each copy, applies what came after it
// and compares with the original.
func TestBackupWhileWriting(t *testing.T) {
	s := openStore(t, t.TempDir())
	defer func() { must(t, s.Close()) }()
	var wg sync.WaitGroup
	wg.Go(func() {
		for b := range small().Batches() {
			if err := s.Apply(t.Context(), b); err != nil {
				t.Error(err)
			}
		}
	})
	var copies []string
	for range 4 {
		copies = append(copies, t.TempDir())
		must(t, s.Backup(t.Context(), copies[len(copies)-1]))
	}
	wg.Wait()
	must(t, s.Backup(t.Context(), copies[0])) // over an earlier one
	want := digests(t, s)
	for i, from := range copies {
		dir := t.TempDir()
		must(t, Restore(from, dir))
		r := openStore(t, dir)
		if i == 0 {
			if d := cmp.Diff(want, digests(t, r)); d != "" {
				t.Errorf("the last copy: %s", d)
			}
		}
		fill(t, r, small())
		if d := cmp.Diff(want, digests(t, r)); d != "" {
			t.Errorf("copy %d and what came after: %s", i, d)
		}
		must(t, r.Close())
	}
}

func TestRestore(t *testing.T) {
	from, dir := t.TempDir(), t.TempDir()
	s := openStore(t, dir)
	fill(t, s, factstest.Traffic{People: 5, Minutes: 5})
	want := digests(t, s)
	must(t, s.Backup(t.Context(), from))
	fill(t, s, factstest.Traffic{People: 5, Minutes: 9, Journal: "more"})
	must(t, s.Close())

	must(t, Restore(from, dir)) // over a store that is there: it is kept
	s = openStore(t, dir)
	if d := cmp.Diff(want, digests(t, s)); d != "" {
		t.Errorf("restored: %s", d)
	}
	must(t, s.Close())
	kept, err := filepath.Glob(filepath.Join(dir, FileName+".damaged-*"))
	must(t, err)
	if len(kept) != 1 {
		t.Errorf("the store that was there is not kept: %v", kept)
	}

	before := sizes(t, dir)
	broken := t.TempDir()
	must(t, os.WriteFile(filepath.Join(broken, FileName), []byte(strings.Repeat("no backup", 9999)), 0o600))
	for _, bad := range []string{broken, t.TempDir()} {
		if err := Restore(bad, dir); err == nil {
			t.Error("restored what is no backup")
		}
	}
	if d := cmp.Diff(before, sizes(t, dir)); d != "" {
		t.Errorf("a backup that cannot be used changed the store: %s", d)
	}
}

// TestAdoptMinutes loses a store, rebuilds the second of its two hours as from the journal, and takes the first from the
// nightly copy.
func TestAdoptMinutes(t *testing.T) {
	ctx := t.Context()
	day := factstest.Traffic{People: 10, Minutes: 120, Events: 100}
	old := openStore(t, t.TempDir())
	defer func() { must(t, old.Close()) }()
	fill(t, old, day)
	nightly := t.TempDir()
	must(t, old.Backup(ctx, nightly))
	all, err := old.Minutes(ctx, facts.Filter{})
	must(t, err)
	wantSummaries, err := old.Summaries(ctx, facts.Filter{})
	must(t, err)
	reach := all[0].At.Hour() + 3_600_000 // the rebuild reaches back to here

	s := openStore(t, t.TempDir())
	defer func() { must(t, s.Close()) }()
	var recent []earshot.Minute
	var lost int
	for _, m := range all {
		if m.At >= reach {
			m.Grade = earshot.Bad // made again, by other rules: these must stay
			recent = append(recent, m)
		} else {
			lost++
		}
	}
	must(t, s.Apply(ctx, &facts.Batch{Cursor: facts.CursorRebuild, Journal: "j", To: 1, Minutes: recent}))
	box, err := s.Outbox(ctx, facts.OutboxPlace{}, 0)
	must(t, err)
	for i, want := range []int{lost, 0} { // a second time adds nothing
		n, err := s.AdoptMinutes(ctx, nightly, reach)
		must(t, err)
		if n != want {
			t.Errorf("time %d adopted %d minutes, want %d", i+1, n, want)
		}
	}
	got, err := s.Minutes(ctx, facts.Filter{})
	must(t, err)
	if d := cmp.Diff(append(all[:lost:lost], recent...), got); d != "" {
		t.Errorf("minutes: %s", d)
	}
	gotSummaries, err := s.Summaries(ctx, facts.Filter{To: reach})
	must(t, err)
	var early []earshot.Summary
	for _, x := range wantSummaries {
		if x.At < reach {
			early = append(early, x)
		}
	}
	if d := cmp.Diff(early, gotSummaries); d != "" {
		t.Errorf("summaries: %s", d)
	}
	after, err := s.Outbox(ctx, facts.OutboxPlace{}, 0)
	must(t, err)
	if d := cmp.Diff(box, after); d != "" {
		t.Errorf("adopting wrote to the outbox: %s", d)
	}
	if _, err := s.AdoptMinutes(ctx, t.TempDir(), reach); err == nil {
		t.Error("adopted from an empty folder")
	}
}
