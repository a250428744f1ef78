package live_test

import (
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/earshot/earshot/internal/live"
)

func clone(t testing.TB, from, to *live.State) {
	t.Helper()
	b, err := from.AppendBinary(nil)
	if err != nil {
		t.Fatal(err)
	}
	if err := to.Load(b); err != nil {
		t.Fatal(err)
	}
}

func TestSnapshotRestores(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		updates := story(t)
		cut := rapid.IntRange(0, len(updates)).Draw(t, "cut")
		straight, stopped := live.New(live.Options{}), live.New(live.Options{})
		for _, u := range updates[:cut] {
			straight.Apply(u)
			stopped.Apply(u)
		}
		b, err := stopped.AppendBinary([]byte("before"))
		if err != nil || string(b[:6]) != "before" {
			t.Fatalf("append: %v, %q", err, b[:6])
		}
		b = b[6:]
		restored := live.New(live.Options{})
		if err := restored.Load(b); err != nil {
			t.Fatal(err)
		}
		again, err := restored.AppendBinary(nil)
		if err != nil || !slices.Equal(again, b) {
			t.Fatalf("the snapshot of what was restored differs (%v)", err)
		}
		for _, u := range updates[cut:] {
			straight.Apply(u)
			restored.Apply(u)
		}
		if diff := cmp.Diff(look(straight), look(restored)); diff != "" {
			t.Fatalf("(-straight +restored):\n%s", diff)
		}
	})
}

func TestLoadRefuses(t *testing.T) {
	s := crowd(3, 4, 10)
	good, err := s.AppendBinary(nil)
	if err != nil {
		t.Fatal(err)
	}
	before := look(s)
	for n := range good {
		if err := s.Load(good[:n]); err == nil {
			t.Fatalf("cut to %d of %d bytes: accepted", n, len(good))
		}
	}
	if err := s.Load(append(slices.Clone(good), 0)); err == nil {
		t.Error("a byte too many: accepted")
	}
	if err := s.Load([]byte("earshot live 9\n")); err == nil {
		t.Error("another version: accepted")
	}
	if diff := cmp.Diff(before, look(s)); diff != "" {
		t.Errorf("a refused snapshot changed the state:\n%s", diff)
	}
}

func FuzzLoad(f *testing.F) {
	b, err := crowd(2, 3, 4).AppendBinary(nil)
	if err != nil {
		f.Fatal(err)
	}
	f.Add(b)
	f.Add(b[:len(b)/2])
	f.Fuzz(func(t *testing.T, data []byte) {
		s := live.New(live.Options{})
		if s.Load(data) != nil {
			return
		}
		look(s)
		s.Apply(live.Update{Watermark: s.Watermark() + minuteMs})
		look(s)
	})
}
