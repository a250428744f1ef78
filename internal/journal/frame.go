package journal

import (
	"bufio"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"runtime"
)

// A frame on the socket; fixed integers are little endian:
//
//	length 4, of what follows | type 1 | payload
//
//	records  first sequence 8 | count 4 | count times: length uvarint, encoded record
//	gap      from 8 | to 8
//	idle     tail 8
//	error    text
const (
	frameRecords byte = 1 // consecutive records
	frameGap     byte = 2 // these records cannot be read; the stream ends
	frameIdle    byte = 3 // nothing new; sent at the beginning and every idleEvery, so that both sides notice a dead other
	frameError   byte = 4 // the stream ends; the text is for people
)

const (
	frameHeadSize   = 4 + 1
	recordsHeadSize = 8 + 4
	// maxFrameBytes bounds what a client believes: a batch of frameBytes and one record of the largest size.
	maxFrameBytes = 16 << 20
	// frameBytes and frameRecordCount bound a batch, so that a follower that is behind gets large frames but not unbounded ones.
	frameBytes       = 1 << 20
	frameRecordCount = 2000
)

// frameWriter builds frames in a buffer that it reuses.
type frameWriter struct {
	buf   []byte
	first uint64
	count uint32
}

// begin starts a records frame.
func (f *frameWriter) begin() {
	f.buf = append(f.buf[:0], make([]byte, frameHeadSize+recordsHeadSize)...)
	f.buf[4] = frameRecords
	f.count = 0
}

func (f *frameWriter) add(seq uint64, encoded []byte) error {
	if f.count == 0 {
		f.first = seq
	}
	f.count++
	if f.count%politeRecords == 0 {
		runtime.Gosched()
	}
	f.buf = binary.AppendUvarint(f.buf, uint64(len(encoded)))
	f.buf = append(f.buf, encoded...)
	return nil
}

// politeRecords is how many records are gathered at a stretch: a tenth of a millisecond. Whoever waits for the processor then comes
// first, above all webhooks that are to be acknowledged: with a few readers of thousands of records those would wait for milliseconds.
const politeRecords = 32

// finish completes a records frame; the slice is valid until the next begin.
func (f *frameWriter) finish() []byte {
	binary.LittleEndian.PutUint32(f.buf, uint32(len(f.buf)-4))
	binary.LittleEndian.PutUint64(f.buf[frameHeadSize:], f.first)
	binary.LittleEndian.PutUint32(f.buf[frameHeadSize+8:], f.count)
	return f.buf
}

func (f *frameWriter) last() uint64 { return f.first + uint64(f.count) - 1 }

// smallFrame builds a frame of another type from numbers or a text.
func smallFrame(kind byte, text string, numbers ...uint64) []byte {
	b := append(make([]byte, 4), kind)
	for _, n := range numbers {
		b = binary.LittleEndian.AppendUint64(b, n)
	}
	b = append(b, text...)
	binary.LittleEndian.PutUint32(b, uint32(len(b)-4))
	return b
}

// frameReader reads frames; its buffers are reused from frame to frame.
type frameReader struct {
	r       *bufio.Reader
	buf     []byte
	records []Record
}

func newFrameReader(r io.Reader) *frameReader {
	return &frameReader{r: bufio.NewReaderSize(r, 256<<10)}
}

// next returns the records of the next frame, none for an idle one. Its errors are *GapError, an error that the server
// sent, io.EOF between frames, and io.ErrUnexpectedEOF within one.
func (f *frameReader) next() ([]Record, error) {
	var head [4]byte
	if _, err := io.ReadFull(f.r, head[:]); err != nil {
		return nil, err
	}
	n := binary.LittleEndian.Uint32(head[:])
	if n == 0 || n > maxFrameBytes {
		return nil, fmt.Errorf("read frame: a length of %d bytes, expected 1 to %d", n, maxFrameBytes)
	}
	if cap(f.buf) < int(n) {
		f.buf = make([]byte, 0, max(int(n), 64<<10))
	}
	f.buf = f.buf[:n]
	if _, err := io.ReadFull(f.r, f.buf); err != nil {
		if errors.Is(err, io.EOF) {
			err = io.ErrUnexpectedEOF
		}
		return nil, err
	}
	return f.decode(f.buf[0], f.buf[1:])
}

func (f *frameReader) decode(kind byte, b []byte) ([]Record, error) {
	switch kind {
	case frameRecords:
		return f.decodeRecords(b)
	case frameIdle:
		return nil, nil
	case frameGap:
		if len(b) != 16 {
			return nil, fmt.Errorf("read frame: a gap of %d bytes, expected 16", len(b))
		}
		return nil, &GapError{From: binary.LittleEndian.Uint64(b), To: binary.LittleEndian.Uint64(b[8:])}
	case frameError:
		return nil, fmt.Errorf("the journal's server says: %s", b)
	default:
		return nil, fmt.Errorf("read frame: unknown type %d: the server is a newer Earshot", kind)
	}
}

func (f *frameReader) decodeRecords(b []byte) ([]Record, error) {
	if len(b) < recordsHeadSize {
		return nil, fmt.Errorf("read frame: %w", errTruncated)
	}
	seq, count := binary.LittleEndian.Uint64(b), binary.LittleEndian.Uint32(b[8:])
	b = b[recordsHeadSize:]
	if int64(count) > int64(len(b)) || seq == 0 || seq+uint64(count) < seq {
		return nil, fmt.Errorf("read frame: %d records from %d in %d bytes", count, seq, len(b))
	}
	f.records = f.records[:0]
	for range count {
		v, rest, err := cutBytes(b)
		if err != nil {
			return nil, fmt.Errorf("read frame: record %d: %w", seq, err)
		}
		r, err := decodeRecord(v)
		if err != nil {
			return nil, fmt.Errorf("read frame: record %d: %w", seq, err)
		}
		r.Seq = seq
		f.records = append(f.records, r)
		b, seq = rest, seq+1
	}
	if len(b) != 0 {
		return nil, fmt.Errorf("read frame: %d bytes after the last record", len(b))
	}
	return f.records, nil
}
