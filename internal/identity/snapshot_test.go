package identity_test

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"

	gocmp "github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/earshot/earshot"
	"github.com/earshot/earshot/internal/identity"
	"github.com/earshot/earshot/internal/snapcode"
	"github.com/earshot/earshot/zoom"
)

func save(t rapid.TB, s *identity.State) []byte {
	t.Helper()
	b, err := s.AppendBinary(nil)
	if err != nil {
		t.Fatalf("save: %v", err)
	}
	return b
}

// TestSnapshotChangesNothing cuts a fold anywhere, saves, loads and goes on: what a registry then holds, what is in memory
// and the bytes of the next snapshot are those of a fold that was never cut.
func TestSnapshotChangesNothing(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		events := rapid.SliceOfN(rapid.Custom(someEvent), 1, 40).Draw(t, "events")
		cut := rapid.IntRange(0, len(events)).Draw(t, "cut")
		taken := rapid.IntRange(0, cut).Draw(t, "taken")
		softly := rapid.Bool().Draw(t, "softly")
		whole, parts := identity.NewState(keys), identity.NewState(keys)
		want, got := newEntities(), newEntities()
		for i := range events {
			if i == taken {
				want.take(whole.TakeChanges(softly))
				got.take(parts.TakeChanges(softly))
			}
			if i == cut {
				b := save(t, parts)
				parts = identity.NewState(keys)
				if err := parts.Load(b); err != nil {
					t.Fatalf("load: %v", err)
				}
				if again := save(t, parts); !bytes.Equal(b, again) {
					t.Fatalf("loaded and saved again, %d bytes became %d others", len(b), len(again))
				}
			}
			whole.Apply(&events[i].ev, events[i].at)
			parts.Apply(&events[i].ev, events[i].at)
		}
		if i := gocmp.Diff(whole.Stats(), parts.Stats()); i != "" {
			t.Fatalf("stats (-whole +cut):\n%s", i)
		}
		if !bytes.Equal(save(t, whole), save(t, parts)) {
			t.Fatalf("the snapshots at the end differ")
		}
		want.take(whole.TakeChanges(true))
		got.take(parts.TakeChanges(true))
		want.members(whole)
		got.members(parts)
		if diff := gocmp.Diff(want, got); diff != "" {
			t.Fatalf("entities (-whole +cut):\n%s", diff)
		}
	})
}

func TestLoadRefuses(t *testing.T) {
	s := identity.NewState(keys)
	for _, d := range samples(t) {
		s.Apply(&d.ev, d.at)
	}
	good := save(t, s)
	cases := []struct {
		name string
		data []byte
		want string
	}{
		{"nothing", nil, "does not begin"},
		{"another version", append([]byte("earshot identity 9\n"), good[19:]...), "does not begin"},
		{"a flipped bit", append(append(bytes.Clone(good[:100]), good[100]^1), good[101:]...), "damaged"},
		{"a missing end", good[:len(good)-10], "damaged"},
		{"a missing middle", sealed(good[:len(good)/2]), "ends early"},
		{"more than it says", sealed(append(bytes.Clone(good[:len(good)-4]), 0)), "1 bytes follow"},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			before := save(t, s)
			err := s.Load(c.data)
			if err == nil || !strings.Contains(err.Error(), c.want) {
				t.Fatalf("got %v, want an error with %q", err, c.want)
			}
			if !bytes.Equal(before, save(t, s)) {
				t.Fatal("a failed load changed the state")
			}
		})
	}
	other := identity.NewState(identity.NewKeys([16]byte{9}))
	if err := other.Load(good); err == nil || !strings.Contains(err.Error(), "another secret") {
		t.Fatalf("under other keys: got %v", err)
	}
}

// sealed gives a body a checksum that fits.
func sealed(b []byte) []byte {
	return snapcode.Seal(bytes.Clone(b), 0)
}

// FuzzLoad holds that no bytes make loading panic, and that whatever loads can be folded on, saved and loaded again.
func FuzzLoad(f *testing.F) {
	s := identity.NewState(keys)
	all := samples(f)
	for i, d := range all {
		s.Apply(&d.ev, d.at)
		if i%10 == 0 {
			b := save(f, s)
			f.Add(b[:len(b)-4])
		}
	}
	f.Fuzz(func(t *testing.T, body []byte) {
		s := identity.NewState(keys)
		if s.Load(sealed(body)) != nil {
			return
		}
		for _, d := range all {
			s.Apply(&d.ev, d.at)
		}
		s.TakeChanges(true)
		s.Evict(1<<50, 0)
		b := save(t, s)
		if err := identity.NewState(keys).Load(b); err != nil {
			t.Fatalf("what was loaded and saved does not load: %v", err)
		}
	})
}

func TestEmptySnapshot(t *testing.T) {
	s := identity.NewState(keys)
	if err := s.Load(save(t, s)); err != nil {
		t.Fatal(err)
	}
	if got := s.Stats(); got != (identity.Stats{}) {
		t.Fatalf("an empty state has %+v", got)
	}
	if s.Meeting(1) != nil || s.Segment(1) != nil || s.Person(1) != nil || s.Call(1) != nil || s.Series(1) != nil || s.Account(earshot.ID(1)) != nil {
		t.Fatal("an empty state knows something")
	}
}

// FuzzApply holds that no notification makes the state panic, differ when it is repeated, or refuse its own snapshot.
func FuzzApply(f *testing.F) {
	files, err := filepath.Glob("testdata/webhooks/*.json")
	if err != nil || len(files) == 0 {
		f.Fatalf("examples: %v, %d files", err, len(files))
	}
	for _, name := range files {
		body, err := os.ReadFile(name)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(body)
	}
	all := samples(f)
	f.Fuzz(func(t *testing.T, body []byte) {
		var ev zoom.Event
		if new(zoom.Decoder).Decode(body, &ev) != nil {
			return
		}
		once, twice := identity.NewState(keys), identity.NewState(keys)
		once.Apply(&ev, 5)
		twice.Apply(&ev, 5)
		for i := range all {
			once.Apply(&all[i].ev, all[i].at)
			twice.Apply(&all[i].ev, all[i].at)
		}
		twice.Apply(&ev, 5)
		if !bytes.Equal(save(t, once), save(t, twice)) {
			t.Fatal("a double changed the state")
		}
		if err := once.Load(save(t, twice)); err != nil {
			t.Fatal(err)
		}
	})
}
