package file

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/earshot/earshot/internal/export"
)

// The bounds of what waits to become Parquet files, and their defaults.
const (
	usualRows     = 50_000
	mostRows      = 1_000_000
	usualInterval = 5 * time.Minute
	// mostSpoolBytes bounds the lines that wait, whatever their number.
	mostSpoolBytes = 64 << 20
)

// parquetFiles writes Parquet files, each of one kind of record and one day (UTC, of the records' own time):
//
//	PATH/day=2026-01-07/minutes-00000000000000000017.parquet
//
// What Send returned nil for lies in a file of lines, PATH/.spool-N.jsonl, that becomes the Parquet files with that number once it
// is old or large enough. Each is written under a name that no reader looks for, synced, and renamed: a reader sees whole files only, and
// they are never written again. Whoever is killed in between begins that step anew from the lines, and replaces a file by the same one.
type parquetFiles struct {
	dir      string
	rows     int
	interval time.Duration
	maxDays  int
	now      func() time.Time

	spool  *os.File
	number uint64    // of the spool and its files
	ending bool      // its files are being written: nothing more may come to it
	size   int64     // of whole lines
	dirty  bool      // something of them may not be on the disk
	lines  int       // that wait
	begun  time.Time // when the first of them came
	pruned string    // the day that old folders were last looked for
	buf    []byte
}

func (p *parquetFiles) spoolName(n uint64) string {
	return filepath.Join(p.dir, ".spool-"+strconv.FormatUint(n, 10)+".jsonl")
}

// open finds the spool of an earlier process, or begins one.
func (p *parquetFiles) open() error {
	if p.spool != nil {
		return nil
	}
	if err := os.MkdirAll(p.dir, 0o700); err != nil {
		return fmt.Errorf("open the folder: %w", err)
	}
	spools, last, err := p.found()
	if err != nil {
		return fmt.Errorf("open the folder: %w", err)
	}
	p.number = last + 1
	if len(spools) > 0 {
		p.number = slices.Max(spools)
	}
	for _, n := range spools { // one that has a successor is done
		if n < p.number {
			if err := os.Remove(p.spoolName(n)); err != nil {
				return fmt.Errorf("open the folder: %w", err)
			}
		}
	}
	f, size, changed, err := openLines(p.spoolName(p.number))
	if err != nil {
		return fmt.Errorf("open the file of lines: %w", err)
	}
	lines, err := countLines(f, size)
	if err == nil {
		err = syncFolder(p.dir)
	}
	if err != nil {
		return errors.Join(fmt.Errorf("open the file of lines: %w", err), f.Close())
	}
	p.spool, p.size, p.lines, p.begun = f, size, lines, p.now()
	if changed.Before(p.begun) {
		p.begun = changed
	}
	p.ending = last >= p.number // a crash came while files were made of it
	return nil
}

// found returns the numbers of spools, and the greatest of files that are done.
func (p *parquetFiles) found() (spools []uint64, last uint64, err error) {
	entries, err := os.ReadDir(p.dir)
	if err != nil {
		return nil, 0, err
	}
	for _, e := range entries {
		if text, ok := strings.CutPrefix(e.Name(), ".spool-"); ok {
			if n, err := strconv.ParseUint(strings.TrimSuffix(text, ".jsonl"), 10, 64); err == nil {
				spools = append(spools, n)
			}
		}
		if _, ok := dayOf(e.Name()); !ok {
			continue
		}
		files, err := os.ReadDir(filepath.Join(p.dir, e.Name()))
		if err != nil {
			return nil, 0, err
		}
		for _, f := range files {
			if n, ok := numberOf(f.Name()); ok {
				last = max(last, n)
			}
		}
	}
	return spools, last, nil
}

const dayPrefix = "day="

func dayOf(folder string) (string, bool) {
	day, ok := strings.CutPrefix(folder, dayPrefix)
	_, err := time.Parse(time.DateOnly, day)
	return day, ok && err == nil
}

// numberOf reads the number in the name of a file of ours, whole or not.
func numberOf(name string) (uint64, bool) {
	stem, ok := strings.CutSuffix(strings.TrimSuffix(name, unfinished), ".parquet")
	kind, text, cut := strings.Cut(stem, "-")
	_, known := export.ParseKind(kind)
	n, err := strconv.ParseUint(text, 10, 64)
	return n, ok && cut && known && err == nil
}

// send appends lines, synced, and ends the spool when it is large enough.
func (p *parquetFiles) send(ctx context.Context, b *export.Batch) error {
	if err := p.open(); err != nil {
		return err
	}
	if p.ending { // it could not be ended the last time
		if err := p.finish(ctx); err != nil {
			return err
		}
	}
	p.buf = p.buf[:0]
	for _, r := range b.Logs {
		p.buf = append(r.JSON(p.buf), '\n')
	}
	p.dirty = true
	if _, err := p.spool.WriteAt(p.buf, p.size); err != nil {
		return errors.Join(fmt.Errorf("write the file of lines: %w", err), p.spool.Truncate(p.size), p.close())
	}
	if p.lines == 0 {
		p.begun = p.now()
	}
	p.size += int64(len(p.buf))
	p.lines += len(b.Logs)
	if p.full() {
		_ = p.finish(ctx) // the lines are safe: the next call tries again, and says why not
	}
	return nil
}

// sync makes the lines safe.
func (p *parquetFiles) sync() error {
	if !p.dirty {
		return nil
	}
	if err := p.open(); err != nil { // it was closed after an error
		return err
	}
	if err := p.spool.Sync(); err != nil {
		return fmt.Errorf("write the file of lines: %w", err)
	}
	p.dirty = false
	return nil
}

func (p *parquetFiles) full() bool { return p.lines >= p.rows || p.size >= mostSpoolBytes }

// tidy ends a spool that is old enough, and deletes days that are too old.
func (p *parquetFiles) tidy(ctx context.Context) error {
	if err := p.open(); err != nil {
		return err
	}
	if p.ending || p.full() || p.lines > 0 && p.now().Sub(p.begun) >= p.interval {
		if err := p.finish(ctx); err != nil {
			return err
		}
	}
	today := p.now().UTC().Format(time.DateOnly)
	if p.maxDays == 0 || p.pruned == today {
		return nil
	}
	if err := p.prune(p.now().UTC().AddDate(0, 0, -p.maxDays).Format(time.DateOnly)); err != nil {
		return fmt.Errorf("delete old days: %w", err)
	}
	p.pruned = today
	return nil
}

// prune deletes the files of ours in folders of days before one, and the folders where nothing else is left.
func (p *parquetFiles) prune(before string) error {
	entries, err := os.ReadDir(p.dir)
	if err != nil {
		return err
	}
	for _, e := range entries {
		day, ok := dayOf(e.Name())
		if !ok || day >= before {
			continue
		}
		folder := filepath.Join(p.dir, e.Name())
		files, err := os.ReadDir(folder)
		if err != nil {
			return err
		}
		left := len(files)
		for _, f := range files {
			if _, ours := numberOf(f.Name()); !ours {
				continue
			}
			if err := os.Remove(filepath.Join(folder, f.Name())); err != nil {
				return err
			}
			left--
		}
		if left == 0 {
			if err := os.Remove(folder); err != nil {
				return err
			}
		}
	}
	return nil
}

func (p *parquetFiles) close() error {
	if p.spool == nil {
		return nil
	}
	err := p.spool.Close()
	p.spool = nil
	return err
}

// finish makes Parquet files of the spool and begins the next.
func (p *parquetFiles) finish(ctx context.Context) error {
	p.ending = true
	groups, err := p.groups()
	if err != nil {
		return fmt.Errorf("read the file of lines: %w", err)
	}
	for _, g := range groups {
		if err := ctx.Err(); err != nil {
			return err
		}
		if err := p.write(&g); err != nil {
			return fmt.Errorf("write Parquet of %s: %w", g.day, err)
		}
	}
	// The next spool is there before this one goes: no number is used twice, even where every Parquet file was taken away.
	next, err := os.OpenFile(p.spoolName(p.number+1), os.O_CREATE|os.O_RDWR|os.O_TRUNC, 0o600)
	if err != nil {
		return fmt.Errorf("begin the next file of lines: %w", err)
	}
	if err := syncFolder(p.dir); err != nil {
		return errors.Join(fmt.Errorf("begin the next file of lines: %w", err), next.Close())
	}
	err = errors.Join(p.close(), os.Remove(p.spoolName(p.number)))
	p.spool, p.number, p.size, p.lines, p.ending, p.dirty = next, p.number+1, 0, 0, false, false
	if err != nil {
		return fmt.Errorf("end the file of lines: %w", err) // opening deletes it
	}
	return nil
}

// line is where a record lies in the spool.
type line struct {
	offset int64
	length int
}

// group is what becomes one file.
type group struct {
	day   string
	kind  export.Kind
	lines []line
}

// head is what the spool's lines are sorted by.
type head struct {
	ID   string `json:"id"`
	Kind string `json:"kind"`
	Time string `json:"time"`
}

// day is that of the record; what has no time lies in 1970.
func (h *head) day() string {
	day := h.Time[:min(len(h.Time), len(time.DateOnly))]
	if _, err := time.Parse(time.DateOnly, day); err != nil {
		return time.Time{}.AddDate(1969, 0, 0).Format(time.DateOnly)
	}
	return day
}

// damaged keeps a line that is none any more, for people to look at.
func (p *parquetFiles) damaged(text []byte) error {
	f, err := os.OpenFile(filepath.Join(p.dir, ".damaged.jsonl"), os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	_, err = f.Write(text)
	return errors.Join(err, f.Sync(), f.Close())
}

// groups sorts the spool's lines by day and kind. Of a record that was sent again the last line counts, in the place of the first.
func (p *parquetFiles) groups() ([]group, error) {
	type place struct {
		group string
		at    int
	}
	byName, seen := map[string]*group{}, map[string]place{}
	r := bufio.NewReaderSize(io.NewSectionReader(p.spool, 0, p.size), 256<<10)
	for offset := int64(0); ; {
		text, err := r.ReadBytes('\n')
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return nil, err
		}
		var h head
		here := line{offset, len(text)}
		offset += int64(len(text))
		kind, ok := export.Kind(0), json.Unmarshal(text, &h) == nil
		if ok {
			kind, ok = export.ParseKind(h.Kind)
		}
		if !ok {
			if err := p.damaged(text); err != nil {
				return nil, err
			}
			continue
		}
		day := h.day()
		name := day + h.Kind
		g := byName[name]
		if g == nil {
			g = &group{day: day, kind: kind}
			byName[name] = g
		}
		if was, again := seen[h.ID]; again && was.group == name {
			g.lines[was.at] = here
			continue
		}
		seen[h.ID] = place{name, len(g.lines)}
		g.lines = append(g.lines, here)
	}
	var all []group
	for _, g := range byName {
		all = append(all, *g)
	}
	slices.SortFunc(all, func(a, b group) int { return strings.Compare(a.day+a.kind.String(), b.day+b.kind.String()) })
	return all, nil
}

// unfinished ends the name of a file that is being written.
const unfinished = ".new"

// write makes one file.
func (p *parquetFiles) write(g *group) error {
	folder := filepath.Join(p.dir, dayPrefix+g.day)
	if err := os.MkdirAll(folder, 0o700); err != nil {
		return err
	}
	path := filepath.Join(folder, fmt.Sprintf("%s-%020d.parquet", g.kind, p.number))
	f, err := os.OpenFile(path+unfinished, os.O_CREATE|os.O_TRUNC|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	err = encode(f, p.spool, g)
	if err := errors.Join(err, f.Sync(), f.Close()); err != nil {
		return errors.Join(err, os.Remove(path+unfinished)) // on a full disk half a file is in the way of others
	}
	if err := os.Rename(path+unfinished, path); err != nil {
		return err
	}
	return errors.Join(syncFolder(folder), syncFolder(p.dir))
}

func syncFolder(path string) error {
	d, err := os.Open(path)
	if err != nil {
		return err
	}
	return errors.Join(d.Sync(), d.Close())
}
