package file

import (
	"errors"
	"os"
	"os/signal"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"
)

// smallDisk is a folder that can be full: a file system of its own where this process may mount one, else one in which the kernel cuts
// every file off at a length. Both write in part before they refuse.
type smallDisk struct {
	dir  string
	free func()
	fill func(path string, room int64) // but for so many bytes more of a file
	says string
}

func newSmallDisk(t *testing.T) *smallDisk {
	t.Helper()
	d := &smallDisk{dir: filepath.Join(t.TempDir(), "small")}
	if err := os.Mkdir(d.dir, 0o700); err != nil {
		t.Fatal(err)
	}
	if err := syscall.Mount("tmpfs", d.dir, "tmpfs", 0, "size=512k"); err != nil {
		t.Logf("no file system of its own (%v): files are limited instead", err)
		d.limitFiles(t)
		return d
	}
	t.Cleanup(func() {
		if err := syscall.Unmount(d.dir, syscall.MNT_DETACH); err != nil {
			t.Error(err)
		}
	})
	ballast := filepath.Join(d.dir, "ballast")
	d.says = "no space left on device"
	d.fill = func(_ string, room int64) {
		full := make([]byte, 1<<20)
		if err := os.WriteFile(ballast, full, 0o600); !errors.Is(err, syscall.ENOSPC) {
			t.Fatalf("the disk is not full: %v", err)
		}
		info, err := os.Stat(ballast)
		if err == nil {
			err = os.Truncate(ballast, info.Size()-room)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	d.free = func() {
		if err := os.Remove(ballast); err != nil {
			t.Fatal(err)
		}
	}
	return d
}

// limitFiles uses the limit of this process on the length of files.
func (d *smallDisk) limitFiles(t *testing.T) {
	t.Helper()
	var usual syscall.Rlimit
	if err := syscall.Getrlimit(syscall.RLIMIT_FSIZE, &usual); err != nil {
		t.Fatal(err)
	}
	signal.Ignore(syscall.SIGXFSZ)
	set := func(l syscall.Rlimit) {
		if err := syscall.Setrlimit(syscall.RLIMIT_FSIZE, &l); err != nil {
			t.Fatal(err)
		}
	}
	t.Cleanup(func() { set(usual); signal.Reset(syscall.SIGXFSZ) })
	d.says = "file too large"
	d.fill = func(path string, room int64) {
		size := int64(0)
		if info, err := os.Stat(path); err == nil {
			size = info.Size()
		}
		set(syscall.Rlimit{Cur: uint64(size + room), Max: usual.Max})
	}
	d.free = func() { set(usual) }
}

// A disk that is full in the middle of a batch tears a line: it is cut off, the batch is an error, and sent again it is there once.
func TestLinesOnAFullDisk(t *testing.T) {
	disk := newSmallDisk(t)
	path := filepath.Join(disk.dir, "out.jsonl")
	d, err := New(map[string]any{"path": path}, nil)
	if err != nil {
		t.Fatal(err)
	}
	if err := d.Send(t.Context(), records(0, 10, 1000)); err != nil {
		t.Fatal(err)
	}
	if err := d.Sync(); err != nil {
		t.Fatal(err)
	}
	disk.fill(path, 16<<10)
	next := records(10, 50, 1000) // 50 kB, of which 16 fit
	for range 3 {
		if err := d.Send(t.Context(), next); err == nil || !strings.Contains(err.Error(), disk.says) {
			t.Fatalf("on a full disk: %v", err)
		}
		if all, _ := ids(t, disk.dir); len(all) != 10 { // and no line that is none
			t.Errorf("%d lines while the disk is full, want the 10 that were promised", len(all))
		}
	}
	disk.free()
	if err := errors.Join(d.Send(t.Context(), next), d.Sync(), d.Close()); err != nil {
		t.Fatalf("with room again: %v", err)
	}
	if all, _ := ids(t, disk.dir); len(all) != 60 {
		t.Errorf("%d lines, want each of 60 once", len(all))
	}
}

// A disk that is full while a day becomes Parquet keeps the lines; half a file does not stay in the way, and the whole one comes by itself.
func TestParquetOnAFullDisk(t *testing.T) {
	disk := newSmallDisk(t)
	d := folderOf(t, disk.dir, nil)
	now := nine.Time()
	d.now = func() time.Time { return now }
	if err := errors.Join(d.Send(t.Context(), some(0, 600)), d.Sync()); err != nil {
		t.Fatal(err)
	}
	now = now.Add(time.Hour)
	disk.fill(filepath.Join(disk.dir, "a-new-file"), 1<<10)
	for range 3 {
		if err := d.Tidy(t.Context()); err == nil || !strings.Contains(err.Error(), disk.says) {
			t.Fatalf("on a full disk: %v", err)
		}
		if left, _ := filepath.Glob(filepath.Join(disk.dir, "day=*", "*")); len(left) > 0 {
			t.Errorf("%v lies about", left)
		}
	}
	disk.free()
	if err := errors.Join(d.Tidy(t.Context()), d.Close()); err != nil {
		t.Fatalf("with room again: %v", err)
	}
	seen := map[string]bool{}
	for _, rows := range whole(t, disk.dir) {
		for _, id := range rows {
			seen[id] = true
		}
	}
	if len(seen) != 600 {
		t.Errorf("%d of 600 rows are there", len(seen))
	}
}
