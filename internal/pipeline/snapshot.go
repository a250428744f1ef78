package pipeline

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"hash/crc32"
	"maps"
	"os"
	"path/filepath"
	"slices"

	"github.com/fxamacker/cbor/v2"

	"github.com/earshot/earshot"
)

// The snapshot file is: 8 bytes of magic with the version, 4 bytes CRC-32C of the rest, then one CBOR item, snapshotState, and
// the sections, each behind its length as 4 bytes, big-endian; the CBOR item has a length, too. A file of another version, or
// one that does not check, is not used: the fold begins again from the journal.
var snapshotMagic = []byte("ESFOLD\x00\x05")

var castagnoli = crc32.MakeTable(crc32.Castagnoli)

// errNoSnapshot says that there is none that can be used.
var errNoSnapshot = errors.New("no snapshot of the fold")

// snapshotState is the fold at one position, with the live view.
type snapshotState struct {
	Position  earshot.Position
	Mark      watermark
	Evicted   earshot.Instant
	Sealing   earshot.Instant
	Drift     []earshot.Drift
	Counts    map[string]EventCount
	Low       map[earshot.ID]lowMinute
	Inputs    *directions
	Explainer *explainerState
	// FactsCursor is the name under which the facts know this fold.
	FactsCursor string

	sections `cbor:"-"`
}

// sections are the large parts of a snapshot, tens of megabytes together. They are written as they are, and their memory
// serves the next snapshot.
type sections struct{ Identity, Minutes, Live, Causes, Incidents []byte }

func (s *sections) all() []*[]byte {
	return []*[]byte{&s.Identity, &s.Minutes, &s.Live, &s.Causes, &s.Incidents}
}

// state copies the fold's state, into the memory of sections that are not needed any more. The fold must have no untaken output.
func (f *Fold) state(spare sections) (_ *snapshotState, err error) {
	s := &snapshotState{
		Mark: f.mark, Evicted: f.evicted, Sealing: f.sealing, Drift: f.drift.all(), Counts: make(map[string]EventCount, len(f.counts)),
		Low: maps.Clone(f.low), Inputs: f.directions.clone(), Explainer: f.explainer.state(),
	}
	s.Minutes = f.minutes.appendBinary(spare.Minutes[:0])
	if s.Identity, err = f.identity.AppendBinary(spare.Identity[:0]); err != nil {
		return nil, fmt.Errorf("encode identity: %w", err)
	}
	if s.Causes, err = f.explainer.engine.AppendBinary(spare.Causes[:0]); err != nil {
		return nil, fmt.Errorf("encode causes: %w", err)
	}
	if s.Incidents, err = f.explainer.incidents.AppendBinary(spare.Incidents[:0]); err != nil {
		return nil, fmt.Errorf("encode incidents: %w", err)
	}
	s.Position.Seq = f.seq
	s.Mark.Ring = slices.Clone(f.mark.Ring)
	for name, c := range f.counts {
		s.Counts[name] = *c
	}
	return s, nil
}

// load replaces the fold's state.
func (f *Fold) load(s *snapshotState) error {
	if err := f.identity.Load(s.Identity); err != nil {
		return fmt.Errorf("decode identity: %w", err)
	}
	minutes, err := decodeMinutes(s.Minutes)
	if err != nil {
		return fmt.Errorf("decode open minutes: %w", err)
	}
	if err := f.explainer.load(s.Explainer, s.Causes, s.Incidents); err != nil {
		return fmt.Errorf("decode causes: %w", err)
	}
	f.minutes, f.mark, f.evicted, f.sealing, f.seq = minutes, s.Mark, s.Evicted, s.Sealing, s.Position.Seq
	f.low = s.Low
	if f.low == nil {
		f.low = map[earshot.ID]lowMinute{}
	}
	f.directions = newDirections()
	if s.Inputs != nil {
		f.directions = s.Inputs.clone()
	}
	f.drift = newDriftCounts()
	for _, d := range s.Drift {
		f.drift.byKey[driftKey{d.Event, d.Key}] = &d
	}
	f.counts = make(map[string]*EventCount, len(s.Counts))
	for name, c := range s.Counts {
		f.counts[name] = &c
	}
	return nil
}

// saveSnapshot writes the state to path: a whole new file, fsynced, then renamed over the old one, which stays beside it
// as path.old.
func saveSnapshot(path string, s *snapshotState) error {
	item, err := cbor.Marshal(s)
	if err != nil {
		return fmt.Errorf("encode snapshot: %w", err)
	}
	parts := [][]byte{item}
	for _, section := range s.sections.all() {
		parts = append(parts, *section)
	}
	sum := uint32(0)
	lengths := make([][]byte, len(parts))
	for i, part := range parts {
		lengths[i] = binary.BigEndian.AppendUint32(nil, uint32(len(part)))
		sum = crc32.Update(crc32.Update(sum, castagnoli, lengths[i]), castagnoli, part)
	}
	tmp := path + ".tmp"
	file, err := os.OpenFile(tmp, os.O_CREATE|os.O_TRUNC|os.O_WRONLY, 0o600)
	if err != nil {
		return fmt.Errorf("create snapshot: %w", err)
	}
	_, err = file.Write(binary.BigEndian.AppendUint32(slices.Clone(snapshotMagic), sum))
	for i := 0; i < len(parts) && err == nil; i++ {
		if _, err = file.Write(lengths[i]); err == nil {
			_, err = file.Write(parts[i])
		}
	}
	if err == nil {
		err = file.Sync()
	}
	if err = errors.Join(err, file.Close()); err != nil {
		return fmt.Errorf("write snapshot %s: %w", tmp, err)
	}
	if err := os.Rename(path, path+".old"); err != nil && !errors.Is(err, os.ErrNotExist) {
		return fmt.Errorf("keep the last snapshot: %w", err)
	}
	if err := os.Rename(tmp, path); err != nil {
		return fmt.Errorf("place snapshot: %w", err)
	}
	return syncDir(filepath.Dir(path))
}

func syncDir(dir string) error {
	d, err := os.Open(dir)
	if err != nil {
		return fmt.Errorf("open %s: %w", dir, err)
	}
	return errors.Join(d.Sync(), d.Close())
}

// loadSnapshot reads the newest of path and path.old that checks. What does not is moved aside. errNoSnapshot when none does.
func loadSnapshot(path string) (*snapshotState, error) {
	var bad error
	for _, p := range []string{path, path + ".old"} {
		s, err := readSnapshot(p)
		switch {
		case err == nil:
			return s, nil
		case errors.Is(err, os.ErrNotExist):
		default:
			bad = errors.Join(bad, err, os.Rename(p, p+".damaged"))
		}
	}
	if bad != nil {
		return nil, fmt.Errorf("%w: %w", errNoSnapshot, bad)
	}
	return nil, errNoSnapshot
}

func readSnapshot(path string) (*snapshotState, error) {
	raw, err := os.ReadFile(path)
	if err != nil {
		return nil, fmt.Errorf("read snapshot: %w", err)
	}
	n := len(snapshotMagic)
	if len(raw) < n+4 || !bytes.Equal(raw[:n], snapshotMagic) {
		return nil, fmt.Errorf("read snapshot %s: not a snapshot of this version", path)
	}
	if got, want := crc32.Checksum(raw[n+4:], castagnoli), binary.BigEndian.Uint32(raw[n:]); got != want {
		return nil, fmt.Errorf("read snapshot %s: checksum %08x, want %08x", path, got, want)
	}
	var s snapshotState
	r := reader{b: raw[n+4:]}
	if err := cbor.Unmarshal(r.part(), &s); err != nil {
		return nil, fmt.Errorf("read snapshot %s: %w", path, errors.Join(r.err, err))
	}
	for _, section := range s.sections.all() {
		*section = r.part()
	}
	if r.err != nil {
		return nil, fmt.Errorf("read snapshot %s: %w", path, r.err)
	}
	return &s, nil
}

// appendBinary writes the open minutes in the order in which they will be sealed, their samples packed as they are.
func (o *openMinutes) appendBinary(b []byte) []byte {
	be := binary.BigEndian
	for _, start := range o.starts {
		for _, id := range o.byMinute[start] {
			m := o.get(id, start)
			b = be.AppendUint64(b, uint64(id))
			b = be.AppendUint64(b, uint64(start))
			b = be.AppendUint64(b, uint64(m.Account))
			b = be.AppendUint64(b, uint64(m.Meeting))
			b = be.AppendUint32(b, uint32(len(m.packed)))
			b = append(b, m.packed...)
		}
	}
	return b
}

var errTruncated = errors.New("ends too early")

// decodeMinutes reads what appendBinary wrote.
func decodeMinutes(b []byte) (*openMinutes, error) {
	o := newOpenMinutes()
	r := reader{b: b}
	for len(r.b) > 0 && r.err == nil {
		id, start := earshot.ID(r.u64()), earshot.Instant(r.u64())
		account, meeting := earshot.ID(r.u64()), earshot.ID(r.u64())
		samples := packedSamples(r.part())
		if r.err != nil {
			break
		}
		if !samples.whole() {
			return nil, fmt.Errorf("samples of segment %v at %v: not packed samples", id, start)
		}
		m := o.open(id, meeting, account, start)
		m.packed = append(m.packed, samples...)
	}
	return o, r.err
}

// reader reads big-endian numbers; after the end it returns zeros and remembers the error.
type reader struct {
	b   []byte
	err error
}

func (r *reader) take(n int) []byte {
	if len(r.b) < n {
		r.err, r.b = errTruncated, nil
		return make([]byte, 8)
	}
	p := r.b[:n]
	r.b = r.b[n:]
	return p
}

// part reads a length and as many bytes; the slice is of the input.
func (r *reader) part() []byte {
	n := r.u32()
	if uint64(n) > uint64(len(r.b)) {
		r.err, r.b = errTruncated, nil
		return nil
	}
	return r.take(int(n))
}

func (r *reader) u64() uint64 { return binary.BigEndian.Uint64(r.take(8)) }
func (r *reader) u32() uint32 { return binary.BigEndian.Uint32(r.take(4)) }
