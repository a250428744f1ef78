package export

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"sync"
	"time"
)

// The bounds of what is set aside of one destination. Beyond them records are counted, not kept.
const (
	maxAsideRecords = 10_000
	maxAsideBytes   = 16 << 20
)

// aside keeps records that a destination refused for good, as lines of JSON: {"at":…,"reason":…,"record":{…}}, redacted as they would
// have been sent. The file is for people to look at; nothing reads it back.
type aside struct {
	mu      sync.Mutex
	path    string
	records int
	bytes   int64 // of whole lines
}

func openAside(dir string) (*aside, error) {
	a := &aside{path: filepath.Join(dir, "aside.jsonl")}
	f, err := os.Open(a.path)
	if errors.Is(err, fs.ErrNotExist) {
		return a, nil
	}
	if err != nil {
		return nil, fmt.Errorf("read what was set aside: %w", err)
	}
	defer func() { _ = f.Close() }()
	buf := make([]byte, 64<<10)
	for read := int64(0); ; {
		n, err := f.Read(buf)
		a.records += bytes.Count(buf[:n], []byte{'\n'})
		if i := bytes.LastIndexByte(buf[:n], '\n'); i >= 0 { // a line that a crash tore is written over
			a.bytes = read + int64(i) + 1
		}
		read += int64(n)
		if errors.Is(err, io.EOF) {
			return a, nil
		}
		if err != nil {
			return nil, fmt.Errorf("read what was set aside: %w", err)
		}
	}
}

// keep appends a record, synced; false when the file is full.
func (a *aside) keep(r *Record, reason string, now time.Time) (bool, error) {
	line, err := json.Marshal(struct {
		At     time.Time       `json:"at"`
		Reason string          `json:"reason"`
		Record json.RawMessage `json:"record"`
	}{now.UTC(), reason, r.JSON(nil)})
	if err != nil {
		return false, fmt.Errorf("set a record aside: %w", err)
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.records >= maxAsideRecords || a.bytes+int64(len(line))+1 > maxAsideBytes {
		return false, nil
	}
	f, err := os.OpenFile(a.path, os.O_CREATE|os.O_WRONLY, 0o600)
	if err != nil {
		return false, fmt.Errorf("set a record aside: %w", err)
	}
	line = append(line, '\n')
	if _, err = f.WriteAt(line, a.bytes); err == nil {
		err = f.Truncate(a.bytes + int64(len(line))) // a line before it may have been torn, by a full disk or a crash
	}
	if err := errors.Join(err, f.Sync(), f.Close()); err != nil {
		return false, fmt.Errorf("set a record aside: %w", err)
	}
	a.records++
	a.bytes += int64(len(line))
	return true, nil
}

// held returns how many records the file holds.
func (a *aside) held() int {
	a.mu.Lock()
	defer a.mu.Unlock()
	return a.records
}
