package export

import (
	"context"
	"errors"
	"fmt"
	"os"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"
)

// fillDisk lets every file that is written at a path meet a full disk: the device /dev/full answers as the kernel does. It returns what
// makes room.
func fillDisk(t *testing.T, path string) (free func()) {
	t.Helper()
	if err := os.Symlink("/dev/full", path); err != nil {
		t.Fatal(err)
	}
	return func() {
		if err := os.Remove(path); err != nil {
			t.Fatal(err)
		}
	}
}

const noSpace = "no space left on device"

// TestPositionsOnAFullDisk fills the disk beneath the positions, before the first is stored and later on, with a restart in between.
func TestPositionsOnAFullDisk(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		dir, q, p := t.TempDir(), numbered(100), &peer{}
		r := made(t, dir, Spec{}, q, p)
		free := fillDisk(t, r.progress.path+".new")
		wants := func(state State) {
			t.Helper()
			s := r.status(time.Now())
			if s.State != state || state == StateWaiting && (s.Since.IsZero() || !strings.Contains(s.LastError, noSpace)) {
				t.Errorf("want %s: %+v", state, s)
			}
		}
		during(t, r, func() {
			time.Sleep(10 * time.Minute)
			wants(StateWaiting)
			if n := len(p.taken()); n > 0 {
				t.Errorf("%d records left though no position could be stored", n)
			}
			free()
			time.Sleep(mostWait * 3 / 2)
			wants(StateOK)
			free = fillDisk(t, r.progress.path+".new")
			for range 200 { // some are on their way when the disk is found to be full: they do not hide it
				q.add(1)
				time.Sleep(time.Second)
			}
			wants(StateWaiting)
		})
		r = made(t, dir, Spec{}, q, p) // what was not stored is repeated
		during(t, r, func() {
			time.Sleep(2 * time.Minute)
			wants(StateWaiting)
			free()
			time.Sleep(2 * DefaultStoreEvery)
			wants(StateOK)
		})
		seen := map[string]bool{}
		for _, id := range p.taken() {
			seen[id] = true
		}
		if at, _ := r.progress.position(StreamOutbox); len(seen) != 300 || at.Seq != 300 {
			t.Errorf("%d of 300 arrived, and %d is stored", len(seen), at.Seq)
		}
	})
}

// TestSettingAsideOnAFullDisk has poison for which there is no room: it is not passed over, and lies there once, whole.
func TestSettingAsideOnAFullDisk(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		q := numbered(10)
		p := &peer{answer: func(_ int, ids []string) error {
			if cmp.Equal(ids, []string{"4"}) || len(ids) > 1 {
				return &PermanentError{errors.New("answered 400")}
			}
			return nil
		}}
		r := made(t, t.TempDir(), Spec{}, q, p)
		free := fillDisk(t, r.aside.path)
		during(t, r, func() {
			time.Sleep(time.Hour)
			if s := r.status(time.Now()); s.State != StateWaiting || s.Sent != 3 || s.Aside != 0 || !strings.Contains(s.LastError, noSpace) {
				t.Errorf("on a full disk: %+v", s)
			}
			free()
			// A line that the disk took in part, as one that is no device does.
			if err := os.WriteFile(r.aside.path, []byte(`{"at":"torn`+strings.Repeat("x", 4096)), 0o600); err != nil {
				t.Fatal(err)
			}
			time.Sleep(time.Hour)
		})
		if s := r.status(time.Now()); s.State != StateOK || s.Sent != 9 || s.Aside != 1 {
			t.Errorf("with room again: %+v", s)
		}
		if raw, err := os.ReadFile(r.aside.path); err != nil || strings.Count(string(raw), "\n") != 1 || !strings.HasSuffix(string(raw), "}\n") || strings.Contains(string(raw), "torn") {
			t.Errorf("set aside: %v, %.300s", err, raw)
		}
	})
}

// untidy is a destination that cannot end what it took while its disk is full.
type untidy struct {
	*peer
	full bool
}

func (u *untidy) Tidy(context.Context) error {
	u.mu.Lock()
	defer u.mu.Unlock()
	if u.full {
		return fmt.Errorf("write Parquet of 2026-01-07: %s", noSpace)
	}
	return nil
}

func (u *untidy) is(full bool) {
	u.mu.Lock()
	defer u.mu.Unlock()
	u.full = full
}

// Without anything to send the state says, too, that a day does not become Parquet.
func TestAFullDiskBeneathParquetIsShown(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		u := &untidy{peer: &peer{}, full: true}
		q := numbered(5)
		r := made(t, t.TempDir(), Spec{}, q, u)
		during(t, r, func() {
			time.Sleep(time.Minute)
			q.add(5) // what is taken meanwhile does not hide it
			time.Sleep(time.Minute)
			if s := r.status(time.Now()); s.State != StateWaiting || s.Sent != 10 || !strings.Contains(s.LastError, noSpace) {
				t.Errorf("on a full disk: %+v", s)
			}
			u.is(false)
			time.Sleep(time.Minute)
			if s := r.status(time.Now()); s.State != StateOK {
				t.Errorf("with room again: %+v", s)
			}
		})
	})
}
