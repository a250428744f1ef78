// Package file appends records to a file, a line of JSON each, and begins a new one by size and by day (UTC); or, with format parquet,
// writes minutes, summaries and incidents as Parquet into a folder for each day. Its keys are those of the Collector's fileexporter: path,
// format, rotation.max_megabytes, rotation.max_days, rotation.max_backups; and parquet.max_rows, parquet.interval.
//
// A [Destination] is used by one goroutine, and no other process may write the file. What Send returned nil for is safe once Sync did. A
// line that a crash tore off at the end was not promised to anybody: it is cut off when the file is opened, and sent again whole. A file that is
// full is renamed to NAME-2006-01-02T15-04-05.000.ext and never written again; files older than max_days or beyond max_backups are
// deleted, if those are set.
//
// What fails (a full disk, a folder that is gone) is an error that is tried again: nothing is skipped. The tests tear lines off, end the
// process anywhere, and read what is there, with DuckDB as well.
package file

import (
	"context"
	"errors"
	"fmt"
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
	Path    string `mapstructure:"path"`   // of a file, or of a folder with Parquet
	Format  Format `mapstructure:"format"` // json or parquet
	Parquet struct {
		MaxRows  int           `mapstructure:"max_rows"` // new files when so many records wait
		Interval time.Duration `mapstructure:"interval"` // and when the first of them has waited so long
	} `mapstructure:"parquet"`
	Rotation struct {
		MaxMegabytes int  `mapstructure:"max_megabytes"` // a new file beyond that; 0 for 100
		MaxDays      int  `mapstructure:"max_days"`      // files that ended before are deleted; 0 keeps them
		MaxBackups   int  `mapstructure:"max_backups"`   // at most so many beside the one that is written; 0 is no limit
		Daily        bool `mapstructure:"daily"`         // a new file every day
	} `mapstructure:"rotation"`
}

// Format is how records are written.
type Format string

// The formats.
const (
	JSON    Format = "json"
	Parquet Format = "parquet"
)

// Validate implements xconfmap.Validator.
func (c *Config) Validate() error {
	var all []error
	if c.Path == "" {
		all = append(all, errors.New("path is empty; want the path of a file, or of a folder with format parquet"))
	}
	if c.Format != JSON && c.Format != Parquet {
		all = append(all, fmt.Errorf("format is %q; want json or parquet", string(c.Format)))
	}
	if n := c.Parquet.MaxRows; n < 1 || n > mostRows {
		all = append(all, fmt.Errorf("parquet.max_rows is %d; want 1 to %d", n, mostRows))
	}
	if d := c.Parquet.Interval; d < time.Second || d > 24*time.Hour {
		all = append(all, fmt.Errorf("parquet.interval is %s; want 1s to 24h", d))
	}
	r := &c.Rotation
	if c.Format == Parquet && r.MaxBackups > 0 {
		all = append(all, fmt.Errorf("rotation.max_backups is %d; want none with format parquet, whose days rotation.max_days deletes", r.MaxBackups))
	}
	if r.MaxMegabytes < 0 || r.MaxDays < 0 || r.MaxBackups < 0 {
		all = append(all, errors.New("rotation: want numbers of 0 or more"))
	}
	return errors.Join(all...)
}

// Destination is one file, or one folder of Parquet.
type Destination struct {
	c       Config
	parquet *parquetFiles // nil for lines of JSON
	now     func() time.Time
	f       *os.File
	size    int64
	dirty   bool   // something of it may not be on the disk
	lost    bool   // nor come there: it is to be sent again
	day     string // that the file was begun, or last written
	buf     []byte
}

// New makes a destination of records of some kinds; what is wrong with the keys is said key by key. The file is opened by the first Send.
func New(given map[string]any, kinds []export.Kind) (*Destination, error) {
	d := &Destination{now: time.Now}
	defaults := map[string]any{
		"format": string(JSON), "rotation": map[string]any{"max_megabytes": 100, "daily": true},
		"parquet": map[string]any{"max_rows": usualRows, "interval": usualInterval.String()},
	}
	if err := keys.Decode(&d.c, given, defaults, nil); err != nil {
		return nil, err
	}
	if d.c.Format == Parquet {
		return d, d.ofParquet(kinds)
	}
	if d.c.Rotation.MaxMegabytes == 0 {
		d.c.Rotation.MaxMegabytes = 100
	}
	return d, nil
}

func (d *Destination) ofParquet(kinds []export.Kind) error {
	for _, k := range kinds {
		if k == export.KindEvent || k == export.KindSample {
			return fmt.Errorf("logs has %s; want minutes, summaries and incidents with format parquet: what is finer leaves as json", k)
		}
	}
	d.parquet = &parquetFiles{
		dir: d.c.Path, rows: d.c.Parquet.MaxRows, interval: d.c.Parquet.Interval, maxDays: d.c.Rotation.MaxDays, now: func() time.Time { return d.now() },
	}
	return nil
}

func (d *Destination) open() error {
	if d.f != nil {
		return nil
	}
	if err := os.MkdirAll(filepath.Dir(d.c.Path), 0o700); err != nil {
		return fmt.Errorf("open the file: %w", err)
	}
	f, size, changed, err := openLines(d.c.Path)
	if err != nil {
		return fmt.Errorf("open the file: %w", err)
	}
	d.f, d.size, d.day = f, size, changed.UTC().Format(time.DateOnly)
	if size == 0 {
		d.day = d.today()
	}
	return nil
}

func (d *Destination) today() string { return d.now().UTC().Format(time.DateOnly) }

// Send implements export.Destination.
func (d *Destination) Send(ctx context.Context, b *export.Batch) error {
	if len(b.Logs) == 0 {
		return nil
	}
	if d.parquet != nil {
		return d.parquet.send(ctx, b)
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
	d.dirty = true
	if _, err := d.f.WriteAt(d.buf, d.size); err != nil { // what was written of it is cut off, now or when the file is opened again
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

// Sync implements export.Syncer.
func (d *Destination) Sync() error {
	if d.parquet != nil {
		return d.parquet.sync()
	}
	if d.lost {
		d.lost = false
		return errors.New("write the file: what was written last could not be brought to the disk")
	}
	if !d.dirty {
		return nil
	}
	if err := d.open(); err != nil { // it was closed after an error
		return err
	}
	if err := d.f.Sync(); err != nil { // the next may say nil of what never came there
		return fmt.Errorf("write the file: %w", err)
	}
	d.dirty = false
	return nil
}

// rotate renames the file and begins another.
func (d *Destination) rotate() error {
	if err := d.Sync(); err != nil {
		d.lost = true // nobody was told
		return err
	}
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

// Tidy implements export.Tidier: what has waited long enough becomes Parquet, without further records as well.
func (d *Destination) Tidy(ctx context.Context) error {
	if d.parquet == nil {
		return nil
	}
	return d.parquet.tidy(ctx)
}

// Close implements export.Destination.
func (d *Destination) Close() error {
	if d.parquet != nil {
		return d.parquet.close()
	}
	if d.f == nil {
		return nil
	}
	err := d.f.Close()
	d.f = nil
	return err
}
