package download

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"

	"github.com/parquet-go/parquet-go"
)

// stream writes parts to standard output.
type stream struct{ w io.Writer }

func (*stream) resume(*state) error                  { return nil }
func (*stream) finish(context.Context, *state) error { return nil }
func (s *stream) add(st *state, body []byte) error {
	n, err := s.w.Write(body)
	st.Bytes, st.Parts = st.Bytes+int64(n), st.Parts+1
	if err != nil {
		return fmt.Errorf("write rows: %w", err)
	}
	return nil
}

// file appends parts to FILE.partial.
type file struct{ path string }

func (f *file) partial() string { return f.path + ".partial" }

// resume cuts off what came after the note.
func (f *file) resume(s *state) error {
	if s.Parts == 0 {
		if err := os.Remove(f.partial()); err != nil && !errors.Is(err, os.ErrNotExist) {
			return fmt.Errorf("begin anew: %w", err)
		}
		return nil
	}
	info, err := os.Stat(f.partial())
	if err != nil {
		return fmt.Errorf("go on with an earlier download: %w; remove %s.resume to begin anew", err, f.path)
	}
	if info.Size() < s.Bytes {
		return fmt.Errorf("go on with an earlier download: %s has %d bytes, want at least %d; remove %s.resume to begin anew", f.partial(), info.Size(), s.Bytes, f.path)
	}
	if err := os.Truncate(f.partial(), s.Bytes); err != nil {
		return fmt.Errorf("go on with an earlier download: %w", err)
	}
	return nil
}

func (f *file) add(s *state, body []byte) (err error) {
	out, err := os.OpenFile(f.partial(), os.O_CREATE|os.O_WRONLY, 0o600)
	if err != nil {
		return fmt.Errorf("write rows: %w", err)
	}
	defer func() { err = errors.Join(err, out.Close()) }()
	if err := out.Truncate(s.Bytes); err != nil {
		return fmt.Errorf("write rows: %w", err)
	}
	if _, err := out.WriteAt(body, s.Bytes); err != nil {
		return fmt.Errorf("write rows: %w", err)
	}
	if err := out.Sync(); err != nil {
		return fmt.Errorf("write rows: %w", err)
	}
	s.Bytes, s.Parts = s.Bytes+int64(len(body)), s.Parts+1
	return nil
}

func (f *file) finish(context.Context, *state) error {
	if err := os.Rename(f.partial(), f.path); err != nil {
		return fmt.Errorf("finish the file: %w", err)
	}
	return nil
}

// folder keeps the parts of Parquet, each a file, and makes one of them at the end.
type folder struct{ path string }

func (f *folder) dir() string { return f.path + ".parts" }

func (f *folder) part(n int) string { return filepath.Join(f.dir(), fmt.Sprintf("%06d.parquet", n)) }

func (f *folder) resume(s *state) error {
	if s.Parts == 0 {
		if err := os.RemoveAll(f.dir()); err != nil {
			return fmt.Errorf("begin anew: %w", err)
		}
		return nil
	}
	for n := range s.Parts {
		if _, err := os.Stat(f.part(n)); err != nil {
			return fmt.Errorf("go on with an earlier download: %w; remove %s.resume to begin anew", err, f.path)
		}
	}
	return nil
}

func (f *folder) add(s *state, body []byte) error {
	if err := os.MkdirAll(f.dir(), 0o700); err != nil {
		return fmt.Errorf("write rows: %w", err)
	}
	if err := writeSynced(f.part(s.Parts), body); err != nil {
		return err
	}
	s.Bytes, s.Parts = s.Bytes+int64(len(body)), s.Parts+1
	return nil
}

// finish copies the rows of all parts into one file, part by part.
func (f *folder) finish(ctx context.Context, s *state) (err error) {
	out, err := os.OpenFile(f.path+".partial", os.O_CREATE|os.O_TRUNC|os.O_WRONLY, 0o600)
	if err != nil {
		return fmt.Errorf("finish the file: %w", err)
	}
	defer func() { _ = out.Close() }() // closed below; this is for errors
	var w *parquet.GenericWriter[any]
	for n := range s.Parts {
		if err := ctx.Err(); err != nil {
			return err
		}
		if w, err = f.merge(w, out, n); err != nil {
			return fmt.Errorf("finish the file: part %d: %w", n+1, err)
		}
	}
	if w == nil {
		return errors.New("finish the file: there is no part")
	}
	if err := errors.Join(w.Close(), out.Sync(), out.Close()); err != nil {
		return fmt.Errorf("finish the file: %w", err)
	}
	if err := os.Rename(f.path+".partial", f.path); err != nil {
		return fmt.Errorf("finish the file: %w", err)
	}
	if err := os.RemoveAll(f.dir()); err != nil {
		return fmt.Errorf("remove the parts: %w", err)
	}
	return nil
}

// merge copies a part's rows; the first part says what columns there are.
func (f *folder) merge(w *parquet.GenericWriter[any], out io.Writer, n int) (_ *parquet.GenericWriter[any], err error) {
	in, err := os.Open(f.part(n))
	if err != nil {
		return w, err
	}
	defer func() { err = errors.Join(err, in.Close()) }()
	info, err := in.Stat()
	if err != nil {
		return w, err
	}
	p, err := parquet.OpenFile(in, info.Size())
	if err != nil {
		return w, err
	}
	if w == nil {
		w = parquet.NewGenericWriter[any](out, p.Schema(), parquet.CreatedBy("earshot", "", ""))
	}
	for _, g := range p.RowGroups() {
		if _, err := w.WriteRowGroup(g); err != nil {
			return w, err
		}
	}
	return w, nil
}

func writeSynced(path string, body []byte) (err error) {
	out, err := os.OpenFile(path, os.O_CREATE|os.O_TRUNC|os.O_WRONLY, 0o600)
	if err != nil {
		return fmt.Errorf("write %s: %w", path, err)
	}
	defer func() { err = errors.Join(err, out.Close()) }()
	if _, err := out.Write(body); err != nil {
		return fmt.Errorf("write %s: %w", path, err)
	}
	if err := out.Sync(); err != nil {
		return fmt.Errorf("write %s: %w", path, err)
	}
	return nil
}
