package journal

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/cockroachdb/pebble/v2/vfs"

	"github.com/earshot/earshot"
)

const testHour = earshot.Instant(1763629200000) // 2025-11-20T09:00Z

func testRecord(seq uint64) []byte {
	r := Record{Kind: KindEvent, ReceivedAt: testHour + earshot.Instant(seq), Body: fmt.Appendf(nil, `{"event":"meeting.participant_qos","n":%d}`, seq)}
	return appendRecord(nil, &r)
}

// buildSegment returns a segment of the records from first to last, ten a block, with the record skip left out.
func buildSegment(t testing.TB, first, last, skip uint64) []byte {
	t.Helper()
	var b bytes.Buffer
	w, err := newSegmentWriter(&b, "0123456789abcdef", first, testHour)
	if err != nil {
		t.Fatal(err)
	}
	for seq := first; seq <= last; seq++ {
		if seq == skip {
			continue
		}
		if err := w.add(seq, testHour+earshot.Instant(seq), testRecord(seq)); err != nil {
			t.Fatal(err)
		}
		if seq%10 == 0 {
			if err := w.flush(); err != nil {
				t.Fatal(err)
			}
		}
	}
	if _, err := w.finish(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// archiveOf opens an archive of the given files.
func archiveOf(t testing.TB, files map[string][]byte) (*archive, vfs.FS) {
	t.Helper()
	fs := vfs.NewMem()
	l := layoutOf(fs, "j")
	if err := fs.MkdirAll("j/archive/0123456789abcdef", 0o700); err != nil {
		t.Fatal(err)
	}
	for name, content := range files {
		err := writeFileAtomically(fs, "j/archive/0123456789abcdef/"+name, func(w io.Writer) error {
			_, err := w.Write(bytes.Clone(content))
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	o := Options{Dir: "j", FS: fs, Logger: slog.New(slog.DiscardHandler)}
	a, err := openArchive(o, l, "0123456789abcdef", false)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = a.close() })
	return a, fs
}

// readArchive reads from 1 to upTo, stepping over holes, and checks each record; it returns which were there and the
// number of records that gaps reported.
func readArchive(t testing.TB, a *archive, upTo uint64) (there map[uint64]bool, missing uint64) {
	t.Helper()
	there = map[uint64]bool{}
	for from := uint64(1); from <= upTo; {
		next := from
		err := a.scan(from, upTo, 1000, 1<<20, func(seq uint64, encoded []byte) error {
			if seq != next || !bytes.Equal(encoded, testRecord(seq)) {
				t.Fatalf("record %d, expected %d: %q", seq, next, encoded)
			}
			there[seq] = true
			next++
			return nil
		})
		var gap *GapError
		switch {
		case errors.As(err, &gap):
			if gap.From != from || gap.To < gap.From || gap.To > upTo {
				t.Fatalf("gap %d to %d while reading from %d to %d", gap.From, gap.To, from, upTo)
			}
			missing += gap.To - gap.From + 1
			next = gap.To + 1
		case err != nil:
			t.Fatalf("read from %d: %v", from, err)
		case next == from:
			t.Fatalf("read from %d: nothing", from)
		}
		from = next
	}
	return there, missing
}

func TestArchiveReadsAcrossSegmentsAndHoles(t *testing.T) {
	a, _ := archiveOf(t, map[string][]byte{
		"b.zst": buildSegment(t, 1, 45, 17), // names say nothing: headers and blocks do
		"a.zst": buildSegment(t, 46, 80, 0),
		"c.zst": buildSegment(t, 91, 100, 0),
	})
	there, missing := readArchive(t, a, 105)
	if len(there) != 89 || missing != 16 || there[17] || there[85] || there[101] {
		t.Errorf("%d records there, %d missing; want 89 and 16 (17, 81 to 90, 101 to 105)", len(there), missing)
	}
	if a.damaged.Load() != 0 {
		t.Error("sound segments were taken for damaged")
	}
}

// mutations are the kinds of damage that disks, file systems and people cause.
var mutations = map[string]func(rng *rand.Rand, b []byte) []byte{
	"flip a bit": func(rng *rand.Rand, b []byte) []byte {
		b[rng.IntN(len(b))] ^= 1 << rng.IntN(8)
		return b
	},
	"zero a sector": func(rng *rand.Rand, b []byte) []byte {
		at := rng.IntN(len(b))
		clear(b[at:min(at+512, len(b))])
		return b
	},
	"cut the end":    func(rng *rand.Rand, b []byte) []byte { return b[:rng.IntN(len(b))] },
	"append garbage": func(rng *rand.Rand, b []byte) []byte { return append(b, b[rng.IntN(len(b)):]...) },
	"repeat a page": func(rng *rand.Rand, b []byte) []byte {
		at := rng.IntN(len(b))
		page := bytes.Clone(b[at:min(at+256, len(b))])
		return append(b[:at:at], append(page, b[at:]...)...)
	},
	"swap two pages": func(rng *rand.Rand, b []byte) []byte {
		i, j := rng.IntN(len(b)-200), rng.IntN(len(b)-200)
		for k := range 200 {
			b[i+k], b[j+k] = b[j+k], b[i+k]
		}
		return b
	},
	"put blocks in another order": func(_ *rand.Rand, b []byte) []byte {
		magic := binary.LittleEndian.AppendUint32(nil, blockMagic)
		one := bytes.Index(b, magic)
		two := one + 4 + bytes.Index(b[one+4:], magic)
		three := two + 4 + bytes.Index(b[two+4:], magic)
		moved := append(bytes.Clone(b[two:three]), b[one:two]...)
		copy(b[one:], moved)
		return b
	},
}

// TestDamagedSegments damages the middle one of three segments in every way. No record may come out wrong, twice, or be
// missing without a gap; the other segments are whole; the damaged file is kept.
func TestDamagedSegments(t *testing.T) {
	const perKind = 30
	sound := buildSegment(t, 51, 120, 0)
	for kind, damage := range mutations {
		t.Run(kind, func(t *testing.T) {
			rng := rand.New(rand.NewPCG(11, 13))
			most := 0
			for range perKind {
				bad := damage(rng, bytes.Clone(sound))
				a, fs := archiveOf(t, map[string][]byte{"1.zst": buildSegment(t, 1, 50, 0), "2.zst": bad, "3.zst": buildSegment(t, 121, 150, 0)})
				there, missing := readArchive(t, a, 150)
				if uint64(len(there))+missing != 150 {
					t.Fatalf("%d there and %d missing are not 150", len(there), missing)
				}
				for seq := uint64(1); seq <= 150; seq++ {
					if (seq <= 50 || seq > 120) && !there[seq] {
						t.Fatalf("record %d of a sound segment is missing", seq)
					}
				}
				names, _ := fs.List("j/archive/0123456789abcdef")
				kept := strings.Contains(strings.Join(names, " "), ".corrupt-")
				if kept != (a.damaged.Load() > 0) || missing > 0 && !kept {
					t.Fatalf("%d missing, %d counted as damaged, files %v", missing, a.damaged.Load(), names)
				}
				most = max(most, len(there))
				again, missingAgain := readArchive(t, a, 150)
				if len(again) != len(there) || missingAgain != missing {
					t.Fatalf("a second reading differs: %d and %d, then %d and %d", len(there), missing, len(again), missingAgain)
				}
			}
			if most < 130 {
				t.Errorf("at best %d of 150 records were read: undamaged blocks are not salvaged", most)
			}
		})
	}
}

func TestForeignSegmentIsNotRead(t *testing.T) {
	foreign := buildSegment(t, 1, 20, 0)
	copy(foreign[8:24], "fedcba9876543210") // the header's checksum fails too, as it should
	a, _ := archiveOf(t, map[string][]byte{"1.zst": foreign})
	if a.damaged.Load() != 1 {
		t.Errorf("%d segments counted as damaged, want 1", a.damaged.Load())
	}
}

func FuzzSegment(f *testing.F) {
	sound := buildSegment(f, 1, 35, 7)
	f.Add(sound)
	f.Add(sound[:len(sound)-9])
	f.Add(sound[headerSize:])
	f.Add([]byte{})
	dec, err := newFrameDecoder()
	if err != nil {
		f.Fatal(err)
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		r, size := bytes.NewReader(b), int64(len(b))
		if index, err := readIndex(r, size, "0123456789abcdef"); err == nil {
			for _, ref := range index {
				if h, frame, err := readBlock(r, ref.offset, size); err == nil {
					_, _ = unpackBlock(dec, h, frame)
				}
			}
		} else if !isDamage(err) {
			t.Fatalf("an error other than damage: %v", err)
		}
		blocks, err := findBlocks(r, size)
		if err != nil {
			t.Fatalf("find blocks: %v", err)
		}
		last := uint64(0)
		for _, ref := range blocks {
			if ref.first <= last || ref.offset+blockHeadSize > size {
				t.Fatalf("blocks %v", blocks)
			}
			last = ref.last()
		}
	})
}

func FuzzRecord(f *testing.F) {
	f.Add(testRecord(5))
	f.Add([]byte{1, 1, 0, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x7f})
	q := QuarantinedRequest{ReceivedAt: 7, Subscription: "s", Signature: "v0=ab", Timestamp: "1", RequestID: "r", Reason: "signature", Body: []byte("{}")}
	f.Add(appendQuarantined(nil, &q))
	f.Fuzz(func(t *testing.T, b []byte) {
		if r, err := decodeRecord(b); err == nil {
			again, err := decodeRecord(appendRecord(nil, &r))
			if err != nil || again.Kind != r.Kind || again.ReceivedAt != r.ReceivedAt || again.Subscription != r.Subscription ||
				again.RequestID != r.RequestID || !bytes.Equal(again.Body, r.Body) {
				t.Fatalf("%+v became %+v, %v", r, again, err)
			}
			if at, ok := receivedAtOf(b); !ok || at != r.ReceivedAt {
				t.Fatalf("receivedAtOf %v %v, decodeRecord %v", at, ok, r.ReceivedAt)
			}
		}
		if q, err := decodeQuarantined(b); err == nil {
			if again, err := decodeQuarantined(appendQuarantined(nil, &q)); err != nil || again.Reason != q.Reason || !bytes.Equal(again.Body, q.Body) {
				t.Fatalf("%+v became %+v, %v", q, again, err)
			}
		}
	})
}

func FuzzFrame(f *testing.F) {
	var w frameWriter
	w.begin()
	for seq := uint64(7); seq < 10; seq++ {
		_ = w.add(seq, testRecord(seq))
	}
	records := bytes.Clone(w.finish())
	f.Add(records)
	f.Add(append(smallFrame(frameIdle, "", 9), smallFrame(frameGap, "", 1, 5)...))
	f.Add(smallFrame(frameError, "stopping"))
	f.Add([]byte{0xff, 0xff, 0xff, 0xff, 1})
	f.Fuzz(func(t *testing.T, b []byte) {
		r := newFrameReader(bytes.NewReader(b))
		for {
			records, err := r.next()
			if err != nil {
				return
			}
			for i, rec := range records {
				if rec.Seq != records[0].Seq+uint64(i) {
					t.Fatalf("record %d has the sequence %d after %d", i, rec.Seq, records[0].Seq)
				}
			}
		}
	})
}

func FuzzFilter(f *testing.F) {
	one := newFilter(1000, 1<<20)
	f.Add(one.marshal())
	f.Add([]byte("BFSE"))
	f.Fuzz(func(t *testing.T, b []byte) {
		if x, err := unmarshalFilter(b); err == nil {
			h := dedupHash{1, 2, 3}
			x.add(&h)
			if !x.maybe(&h) {
				t.Fatal("a filter forgot")
			}
		}
	})
}

func TestFilter(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 1))
	random := func() (h dedupHash) {
		binary.LittleEndian.PutUint64(h[:8], rng.Uint64())
		binary.LittleEndian.PutUint64(h[8:], rng.Uint64())
		return h
	}
	const keys = 100_000
	x := newFilter(keys, 1<<30)
	var added []dedupHash
	for range keys {
		h := random()
		x.add(&h)
		added = append(added, h)
	}
	x, err := unmarshalFilter(x.marshal())
	if err != nil {
		t.Fatal(err)
	}
	for _, h := range added {
		if !x.maybe(&h) {
			t.Fatal("an added key is unknown")
		}
	}
	wrong := 0
	for range keys {
		if h := random(); x.maybe(&h) {
			wrong++
		}
	}
	if wrong > keys*2/100 {
		t.Errorf("%d of %d unknown keys are taken for known, want less than 2 %%", wrong, keys)
	}
	if small := newFilter(keys, 640); small.bytes() != 640 {
		t.Errorf("a bounded filter occupies %d bytes, want 640", small.bytes())
	}
}
