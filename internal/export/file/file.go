// Package file appends records to a file, a line of JSON each, and begins a new one by size and by day (UTC). Its keys are those of the
// Collector's fileexporter: path, rotation.max_megabytes, rotation.max_days, rotation.max_backups.
//
// A [Destination] is used by one goroutine, and no other process may write the file. What Send returned nil for is synced. A line that a
// crash tore off at the end was not promised to anybody: it is cut off when the file is opened, and sent again whole. A file that is
// full is renamed to NAME-2006-01-02T15-04-05.000.ext and never written again; files older than max_days or beyond max_backups are
// deleted, if those are set.
package file

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/earshot/earshot/internal/export"
	"github.com/earshot/earshot/internal/export/keys"
)

// Config is what can be set.
type Config struct {
	Path     string `mapstructure:"path"`
	Rotation struct {
		MaxMegabytes int  `mapstructure:"max_megabytes"` // a new file beyond that; 0 for 100
		MaxDays      int  `mapstructure:"max_days"`      // files that ended before are deleted; 0 keeps them
		MaxBackups   int  `mapstructure:"max_backups"`   // at most so many beside the one that is written; 0 is no limit
		Daily        bool `mapstructure:"daily"`         // a new file every day
	} `mapstructure:"rotation"`
}

// Validate implements xconfmap.Validator.
func (c *Config) Validate() error {
	var all []error
	if c.Path == "" {
		all = append(all, errors.New("path is empty; want the path of a file"))
	}
	r := &c.Rotation
	if r.MaxMegabytes < 0 || r.MaxDays < 0 || r.MaxBackups < 0 {
		all = append(all, errors.New("rotation: want numbers of 0 or more"))
	}
	return errors.Join(all...)
}

// Destination is one file.
type Destination struct {
	c    Config
	now  func() time.Time
	f    *os.File
	size int64
	day  string // that the file was begun, or last written
	buf  []byte
}

// New makes a destination; what is wrong with the keys is said key by key. The file is opened by the first Send.
func New(given map[string]any) (*Destination, error) {
	d := &Destination{now: time.Now}
	defaults := map[string]any{"rotation": map[string]any{"max_megabytes": 100, "daily": true}}
	if err := keys.Decode(&d.c, given, defaults, nil); err != nil {
		return nil, err
	}
	if d.c.Rotation.MaxMegabytes == 0 {
		d.c.Rotation.MaxMegabytes = 100
	}
	return d, nil
}

func (d *Destination) open() error {
	if d.f != nil {
		return nil
	}
	if err := os.MkdirAll(filepath.Dir(d.c.Path), 0o700); err != nil {
		return fmt.Errorf("open the file: %w", err)
	}
	f, err := os.OpenFile(d.c.Path, os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return fmt.Errorf("open the file: %w", err)
	}
	whole, err := wholeLines(f)
	if err == nil {
		err = f.Truncate(whole)
	}
	var info fs.FileInfo
	if err == nil {
		info, err = f.Stat()
	}
	if err != nil {
		return errors.Join(fmt.Errorf("open the file: %w", err), f.Close())
	}
	d.f, d.size, d.day = f, whole, info.ModTime().UTC().Format(time.DateOnly)
	if whole == 0 {
		d.day = d.today()
	}
	return nil
}

// wholeLines returns where the last line ends.
func wholeLines(f *os.File) (int64, error) {
	end, err := f.Seek(0, io.SeekEnd)
	if err != nil {
		return 0, err
	}
	buf := make([]byte, 64<<10)
	for end > 0 {
		n := min(int64(len(buf)), end)
		if _, err := f.ReadAt(buf[:n], end-n); err != nil {
			return 0, err
		}
		if i := bytes.LastIndexByte(buf[:n], '\n'); i >= 0 {
			return end - n + int64(i) + 1, nil
		}
		end -= n
	}
	return 0, nil
}

func (d *Destination) today() string { return d.now().UTC().Format(time.DateOnly) }

// Send implements export.Destination.
func (d *Destination) Send(_ context.Context, b *export.Batch) error {
	if len(b.Logs) == 0 {
		return nil
	}
	if err := d.open(); err != nil {
		return err
	}
	d.buf = d.buf[:0]
	for _, r := range b.Logs {
		d.buf = append(r.JSON(d.buf), '\n')
	}
	full := d.size > 0 && d.size+int64(len(d.buf)) > int64(d.c.Rotation.MaxMegabytes)<<20
	if full || d.size > 0 && d.c.Rotation.Daily && d.day != d.today() {
		if err := d.rotate(); err != nil {
			return err
		}
	}
	_, err := d.f.WriteAt(d.buf, d.size)
	if err == nil {
		err = d.f.Sync()
	}
	if err != nil { // what was written of it is cut off, now or when the file is opened again
		err = errors.Join(fmt.Errorf("write the file: %w", err), d.f.Truncate(d.size), d.Close())
		return err
	}
	d.size += int64(len(d.buf))
	d.day = d.today()
	if cap(d.buf) > 8<<20 {
		d.buf = nil
	}
	return nil
}

// rotate renames the file and begins another.
func (d *Destination) rotate() error {
	if err := d.Close(); err != nil {
		return fmt.Errorf("rotate the file: %w", err)
	}
	ext := filepath.Ext(d.c.Path)
	to := strings.TrimSuffix(d.c.Path, ext) + "-" + d.now().UTC().Format(stampLayout) + ext
	if _, err := os.Lstat(to); err == nil {
		return fmt.Errorf("rotate the file: %s is there already", filepath.Base(to))
	}
	if err := os.Rename(d.c.Path, to); err != nil {
		return fmt.Errorf("rotate the file: %w", err)
	}
	if err := d.prune(); err != nil {
		return fmt.Errorf("delete old files: %w", err)
	}
	return d.open()
}

const stampLayout = "2006-01-02T15-04-05.000"

// backups returns the files that are full, oldest first.
func (d *Destination) backups() ([]string, error) {
	ext := filepath.Ext(d.c.Path)
	stem := strings.TrimSuffix(filepath.Base(d.c.Path), ext) + "-"
	entries, err := os.ReadDir(filepath.Dir(d.c.Path))
	if err != nil {
		return nil, err
	}
	var all []string
	for _, e := range entries {
		stamp, ok := strings.CutPrefix(strings.TrimSuffix(e.Name(), ext), stem)
		if _, err := time.Parse(stampLayout, stamp); ok && err == nil && strings.HasSuffix(e.Name(), ext) {
			all = append(all, e.Name())
		}
	}
	slices.Sort(all)
	return all, nil
}

func (d *Destination) prune() error {
	all, err := d.backups()
	if err != nil {
		return err
	}
	r := &d.c.Rotation
	ext := filepath.Ext(d.c.Path)
	stem := strings.TrimSuffix(filepath.Base(d.c.Path), ext) + "-"
	oldest := d.now().UTC().AddDate(0, 0, -r.MaxDays).Format(stampLayout)
	for i, name := range all {
		stamp := strings.TrimPrefix(strings.TrimSuffix(name, ext), stem)
		if r.MaxBackups > 0 && i < len(all)-r.MaxBackups || r.MaxDays > 0 && stamp < oldest {
			if err := os.Remove(filepath.Join(filepath.Dir(d.c.Path), name)); err != nil {
				return err
			}
		}
	}
	return nil
}

// Check implements export.Destination.
func (d *Destination) Check(context.Context) (string, error) {
	if err := d.open(); err != nil {
		return "", err
	}
	return "can be written", nil
}

// Close implements export.Destination.
func (d *Destination) Close() error {
	if d.f == nil {
		return nil
	}
	err := d.f.Close()
	d.f = nil
	return err
}
