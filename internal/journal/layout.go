package journal

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"

	"github.com/cockroachdb/pebble/v2/vfs"
)

// layout names what stands in a journal's directory.
type layout struct {
	fs      vfs.FS
	dir     string
	format  string // FORMAT: which version wrote the directory
	pebble  string // pebble/: records, dedup keys, cursors, quarantine
	archive string // archive/: hourly segments
	filters string // filters/: rebuildable dedup filters
	corrupt string // corrupt/: what was damaged, kept for people
}

func layoutOf(fs vfs.FS, dir string) layout {
	return layout{
		fs: fs, dir: dir,
		format:  fs.PathJoin(dir, "FORMAT"),
		pebble:  fs.PathJoin(dir, "pebble"),
		archive: fs.PathJoin(dir, "archive"),
		filters: fs.PathJoin(dir, "filters"),
		corrupt: fs.PathJoin(dir, "corrupt"),
	}
}

// formatText is the content of FORMAT. A directory of another version is refused before anything in it is touched.
const formatText = "earshot journal 1\n"

// check compares FORMAT. It reports false when there is no journal yet.
func (l layout) check() (bool, error) {
	b, err := readFile(l.fs, l.format)
	if errors.Is(err, os.ErrNotExist) {
		return false, nil
	}
	if err != nil {
		return false, fmt.Errorf("read %s: %w", l.format, err)
	}
	if string(b) != formatText {
		return false, fmt.Errorf("%s says %q, this version reads %q: run the Earshot version that wrote it, or a newer one",
			l.format, bytes.TrimSpace(b[:min(len(b), 40)]), formatText[:len(formatText)-1])
	}
	return true, nil
}

// create makes the directories, and FORMAT last, so that an interrupted creation is begun again.
func (l layout) create() error {
	for _, d := range []string{l.dir, l.pebble, l.archive, l.filters, l.corrupt} {
		if err := l.fs.MkdirAll(d, 0o700); err != nil {
			return fmt.Errorf("create directory %s: %w", d, err)
		}
	}
	if exists, err := l.check(); err != nil || exists {
		return err
	}
	if err := syncDir(l.fs, l.dir); err != nil {
		return err
	}
	if err := syncDir(l.fs, l.fs.PathDir(l.dir)); err != nil {
		return err
	}
	return writeFileAtomically(l.fs, l.format, func(w io.Writer) error {
		_, err := io.WriteString(w, formatText)
		return err
	})
}
