package export

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"sync"
)

// Totals count records since the destination was first used; they survive restarts.
type Totals struct {
	Sent    uint64 `json:"sent"`    // taken by the destination
	TooOld  uint64 `json:"too_old"` // left out: older than MaxAge, or refused as too old
	Gap     uint64 `json:"gap"`     // left out: older than MaxBacklog, or gone from where they are read
	Aside   uint64 `json:"aside"`   // refused for good and set aside
	Skipped uint64 `json:"skipped"` // not readable as records
	Failed  uint64 `json:"failed"`  // tries that failed
}

// progress is how far a destination has come: a small file, replaced whole and synced.
type progress struct {
	mu   sync.Mutex
	path string
	p    stored
	left map[Stream]leftOut
}

// leftOut counts what was left out on the way of a stream since its stored position. It is counted for good with the next one: a restart
// reads it again, and counts it then.
type leftOut struct {
	behind uint64 // where the stream stands
	inHand uint64 // of the chunk that it is delivering
}

// place is where a stream stands, and what was left out on the way there.
type place struct {
	at  position
	gap uint64
}

type stored struct {
	Version   int                 `json:"version"`
	Positions map[Stream]position `json:"positions"`
	Totals    Totals              `json:"totals"`
}

const progressVersion = 1

// openProgress reads the file in dir; one that cannot be read is moved aside, and moved tells where to.
func openProgress(dir string) (p *progress, moved string, err error) {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, "", fmt.Errorf("make the folder of a destination: %w", err)
	}
	p = &progress{path: filepath.Join(dir, "progress.json"), left: map[Stream]leftOut{}}
	raw, err := os.ReadFile(p.path)
	switch {
	case errors.Is(err, fs.ErrNotExist):
	case err != nil:
		return nil, "", fmt.Errorf("read a destination's progress: %w", err)
	default:
		if json.Unmarshal(raw, &p.p) != nil || p.p.Version != progressVersion {
			p.p, moved = stored{}, p.path+".damaged"
			if err := os.Rename(p.path, moved); err != nil {
				return nil, "", fmt.Errorf("move a damaged progress aside: %w", err)
			}
		}
	}
	p.p.Version = progressVersion
	if p.p.Positions == nil {
		p.p.Positions = map[Stream]position{}
	}
	return p, moved, nil
}

func (p *progress) position(s Stream) (position, bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	at, ok := p.p.Positions[s]
	return at, ok
}

func (p *progress) totals() Totals {
	p.mu.Lock()
	defer p.mu.Unlock()
	all := p.p.Totals
	for _, l := range p.left {
		all.Gap += l.behind + l.inHand
	}
	return all
}

// leave counts records that a stream leaves out of what it is delivering.
func (p *progress) leave(s Stream, n uint64) {
	p.mu.Lock()
	defer p.mu.Unlock()
	l := p.left[s]
	l.inHand += n
	p.left[s] = l
}

// stand notes that a stream has delivered what it had in hand, or, again, that it goes back to its stored position.
func (p *progress) stand(s Stream, again bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	l := p.left[s]
	p.left[s] = leftOut{behind: l.behind + l.inHand}
	if again {
		delete(p.left, s)
	}
}

// leftBehind returns what a stream left out on the way to where it stands.
func (p *progress) leftBehind(s Stream) uint64 {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.left[s].behind
}

// count changes the totals; the next advance stores them.
func (p *progress) count(f func(*Totals)) {
	p.mu.Lock()
	defer p.mu.Unlock()
	f(&p.p.Totals)
}

// advance stores positions, and the totals as they are. In memory they hold once they are stored.
func (p *progress) advance(to map[Stream]place) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	next := p.p
	next.Positions = maps.Clone(p.p.Positions)
	for s, there := range to {
		next.Positions[s] = there.at
		next.Totals.Gap += there.gap
	}
	raw, err := json.Marshal(next)
	if err != nil {
		return fmt.Errorf("encode a destination's progress: %w", err)
	}
	if err := replaceFile(p.path, raw); err != nil {
		return fmt.Errorf("store a destination's progress: %w", err)
	}
	p.p = next
	for s, there := range to {
		l := p.left[s]
		l.behind -= min(there.gap, l.behind)
		p.left[s] = l
	}
	return nil
}

// replaceFile writes a file whole: after a crash it is the old one or the new one. The folder is not synced: after a loss of power the
// old one may be back, which repeats records, and a second sync of the disk costs whoever waits behind it.
func replaceFile(path string, raw []byte) error {
	f, err := os.OpenFile(path+".new", os.O_CREATE|os.O_TRUNC|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	_, err = f.Write(raw)
	if err := errors.Join(err, f.Sync(), f.Close()); err != nil {
		return err
	}
	return os.Rename(path+".new", path)
}
