package file

import (
	"bufio"
	"bytes"
	"errors"
	"io"
	"io/fs"
	"os"
	"time"
)

// openLines opens a file of lines, or begins one, and cuts off a last line that a crash tore: it was not promised to anybody.
func openLines(path string) (f *os.File, size int64, changed time.Time, err error) {
	f, err = os.OpenFile(path, os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return nil, 0, time.Time{}, err
	}
	size, err = wholeLines(f)
	if err == nil {
		err = f.Truncate(size)
	}
	var info fs.FileInfo
	if err == nil {
		info, err = f.Stat()
	}
	if err != nil {
		return nil, 0, time.Time{}, errors.Join(err, f.Close())
	}
	return f, size, info.ModTime(), nil
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

// countLines counts the lines of a file up to an end.
func countLines(f *os.File, end int64) (n int, err error) {
	r := bufio.NewReaderSize(io.NewSectionReader(f, 0, end), 64<<10)
	for {
		switch _, err := r.ReadSlice('\n'); {
		case err == nil:
			n++
		case errors.Is(err, io.EOF):
			return n, nil
		case !errors.Is(err, bufio.ErrBufferFull):
			return 0, err
		}
	}
}
