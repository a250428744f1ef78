package pipeline

import (
	"bytes"
	"cmp"
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	gocmp "github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/earshot/earshot"
	"github.com/earshot/earshot/internal/facts"
	"github.com/earshot/earshot/internal/journal"
)

// foldAll folds records and returns everything that was emitted.
func foldAll(f *Fold, records []journal.Record) Output {
	for i := range records {
		f.Apply(&records[i])
	}
	return f.Take()
}

func sortMinutes(list []earshot.Minute) {
	slices.SortFunc(list, func(a, b earshot.Minute) int {
		return cmp.Or(cmp.Compare(a.At, b.At), cmp.Compare(a.Segment, b.Segment))
	})
}

// byKey merges samples by key, as readers of the facts do.
func byKey(samples []facts.Sample) map[earshot.SampleKey]earshot.Values {
	out := map[earshot.SampleKey]earshot.Values{}
	for i := range samples {
		v := out[samples[i].Key()]
		v.Merge(&samples[i].Values)
		out[samples[i].Key()] = v
	}
	return out
}

func TestFoldTurnsTrafficIntoGradedMinutes(t *testing.T) {
	records := traffic(t, 60, 20*time.Minute, 1)
	f := NewFold(testRules())
	out := foldAll(f, append(records, quiet(records, 10*time.Minute)...))
	if len(out.Samples) == 0 || len(out.Minutes) == 0 || len(out.Summaries) == 0 || len(out.CallSamples) == 0 {
		t.Fatalf("samples %d, minutes %d, summaries %d, call samples %d: want some of each", len(out.Samples), len(out.Minutes), len(out.Summaries), len(out.CallSamples))
	}
	var grades earshot.GradeCounts
	seen := map[earshot.MinuteKey]bool{}
	for _, m := range out.Minutes {
		grades.Add(m.Grade)
		if seen[m.Key()] {
			t.Errorf("minute %v sealed twice", m.Key())
		}
		seen[m.Key()] = true
		if m.Meeting == 0 || m.Account == 0 || m.Person == 0 || m.Kind == earshot.KindUnknown {
			t.Fatalf("minute lacks a key: %+v", m)
		}
		if (m.Grade == earshot.Unclassified) != (m.Why != earshot.WhyNone) {
			t.Errorf("minute is %v for reason %v", m.Grade, m.Why)
		}
	}
	if grades[earshot.Good] < grades[earshot.Bad] || grades[earshot.Good] == 0 {
		t.Errorf("grades %v: most minutes should be good", grades)
	}
	for key := range byKey(out.Samples) {
		if !seen[earshot.MinuteKey{Segment: key.Segment, At: key.At.Minute()}] {
			t.Fatalf("sample %v has no minute", key)
		}
	}
	if d := f.drift.take(); len(d) != 0 {
		t.Errorf("the emulator's traffic drifts: %v", d)
	}
}

func TestFoldIsDeterministic(t *testing.T) {
	records := traffic(t, 40, 15*time.Minute, 2)
	a, b := foldAll(NewFold(testRules()), records), foldAll(NewFold(testRules()), records)
	if diff := gocmp.Diff(a, b); diff != "" {
		t.Error(diff)
	}
}

// TestAnyOrderAndDuplication: what is shuffled within two minutes and doubled gives the same samples and minutes.
func TestAnyOrderAndDuplication(t *testing.T) {
	records := traffic(t, 40, 20*time.Minute, 3)
	sorted := foldAll(NewFold(testRules()), append(records, quiet(records, 10*time.Minute)...))
	sortMinutes(sorted.Minutes)
	want := byKey(sorted.Samples)
	for seed := range uint64(5) {
		t.Run(fmt.Sprint(seed), func(t *testing.T) {
			rng := rand.New(rand.NewPCG(seed, 9))
			type late struct {
				at time.Duration
				r  journal.Record
			}
			var list []late
			for i := range records {
				at := time.Duration(records[i].ReceivedAt) * time.Millisecond
				list = append(list, late{at + time.Duration(rng.Int64N(int64(100*time.Second))), records[i]})
				if rng.IntN(4) == 0 {
					list = append(list, late{at + time.Duration(rng.Int64N(int64(100*time.Second))), records[i]})
				}
			}
			slices.SortStableFunc(list, func(a, b late) int { return cmp.Compare(a.at, b.at) })
			shuffled := make([]journal.Record, len(list))
			for i := range list {
				shuffled[i] = list[i].r
				shuffled[i].Seq = uint64(i + 1)
			}
			got := foldAll(NewFold(testRules()), append(shuffled, quiet(shuffled, 12*time.Minute)...))
			sortMinutes(got.Minutes)
			if len(got.Dirty) == 0 { // nothing came after its minute was sealed: then all must be the same at once
				// Verdicts are as of the looks, and a look sees what has arrived: see ADR 3.
				if diff := gocmp.Diff(unexplained(sorted.Minutes), unexplained(got.Minutes)); diff != "" {
					t.Errorf("minutes differ: %s", diff)
				}
			}
			if diff := gocmp.Diff(want, byKey(got.Samples)); diff != "" {
				t.Errorf("samples differ: %s", diff)
			}
		})
	}
}

// restored is a fold that goes on from a snapshot of another.
func restored(t *testing.T, f *Fold, rules Rules) *Fold {
	t.Helper()
	s, err := f.state(sections{})
	if err != nil {
		t.Fatal(err)
	}
	path := t.TempDir() + "/fold.snapshot"
	if err := saveSnapshot(path, s); err != nil {
		t.Fatal(err)
	}
	back, err := loadSnapshot(path)
	if err != nil {
		t.Fatal(err)
	}
	again := NewFold(rules)
	if err := again.load(back); err != nil {
		t.Fatal(err)
	}
	return again
}

func TestFoldSnapshotGoesOnAsIfNothingHappened(t *testing.T) {
	records := traffic(t, 40, 15*time.Minute, 4)
	records = append(records, quiet(records, 6*time.Minute)...)
	for _, cut := range []int{1, len(records) / 3, len(records) / 2, len(records) - 5} {
		whole := NewFold(testRules())
		foldAll(whole, records[:cut])
		whole.identity.TakeChanges(true)
		whole.LiveUpdate(0)
		again := restored(t, whole, testRules())
		want := foldAll(whole, records[cut:])
		got := foldAll(again, records[cut:])
		if diff := gocmp.Diff(want, got); diff != "" {
			t.Fatalf("after a snapshot at %d: %s", cut, diff)
		}
		if diff := gocmp.Diff(whole.LiveUpdate(0), again.LiveUpdate(0), cmpopts.EquateEmpty()); diff != "" {
			t.Fatalf("live update after a snapshot at %d: %s", cut, diff)
		}
	}
}

func TestLateSampleMarksItsHour(t *testing.T) {
	records := traffic(t, 30, 20*time.Minute, 5)
	i := slices.IndexFunc(records, func(r journal.Record) bool {
		return r.Seq > 50 && bytes.Contains(r.Body, []byte(`"meeting.participant_qos"`))
	})
	late := records[i]
	rest := append(slices.Clone(records[:i]), records[i+1:]...)
	f := NewFold(testRules())
	foldAll(f, append(rest, quiet(rest, 10*time.Minute)...))
	late.Seq = f.Seq() + 1
	out := foldAll(f, []journal.Record{late})
	if len(out.Samples) == 0 || len(out.Dirty) == 0 || len(out.Minutes) != 0 {
		t.Errorf("late event: %d samples, %d dirty hours, %d minutes; want its samples and its hour", len(out.Samples), len(out.Dirty), len(out.Minutes))
	}
}

func TestWhatDoesNotParseIsDrift(t *testing.T) {
	f := NewFold(testRules())
	for i, body := range []string{`}{`, ``, `[1,2]`, `{"event":"meeting.levitated","event_ts":1767778561800}`, `{"event":5}`, "\xff\xfe", `{"event":"meeting.participant_qos"}`} {
		f.Apply(&journal.Record{Seq: uint64(i + 1), Kind: journal.KindEvent, ReceivedAt: earshot.InstantOf(testStart), Body: []byte(body)})
	}
	var total uint64
	for _, d := range f.drift.take() {
		total += d.Count
	}
	if total < 6 {
		t.Errorf("%d counted, want each of the unreadable", total)
	}
	if out := f.Take(); len(out.Samples) != 0 {
		t.Errorf("%d samples from rubbish", len(out.Samples))
	}
}
