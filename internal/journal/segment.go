package journal

import (
	"bufio"
	"encoding/binary"
	"errors"
	"fmt"
	"hash/crc32"
	"io"

	"github.com/klauspost/compress/zstd"

	"github.com/earshot/earshot"
)

// An archive segment, format 1; integers are little endian, checksums CRC-32C. docs/format/journal.md draws it.
//
//	header   magic 8 | journal id 16 | first sequence 8 | hour 8 (ms) | checksum 4
//	block    magic 4 | first sequence 8 | records 4 | raw bytes 4 | stored bytes 4 | oldest 8 | newest 8 | checksum 4 | zstd frame
//	...
//	index    for each block: offset 8 | first sequence 8 | records 4
//	trailer  index offset 8 | blocks 4 | first 8 | last 8 | records 8 | oldest 8 | newest 8 | index checksum 4 | checksum 4 | magic 8
//
// A block holds consecutive records; a hole in the sequence begins a new block. Its checksum covers its header and its
// frame, so that blocks can be found and trusted without index and trailer.
const (
	segmentMagic  = "ESHTSEG1"
	trailerMagic  = "ESHTEND1"
	blockMagic    = 0x314b4c42 // "BLK1"
	headerSize    = 8 + 16 + 8 + 8 + 4
	blockHeadSize = 4 + 8 + 4 + 4 + 4 + 8 + 8 + 4
	indexEntry    = 8 + 8 + 4
	trailerSize   = 8 + 4 + 8 + 8 + 8 + 8 + 8 + 4 + 4 + 8

	// rawBlockBytes is how much a block holds before compression: enough for bodies to share their vocabulary, little
	// enough to decode for one record. A block may exceed it by one record.
	rawBlockBytes = 1 << 20
	// maxRawBlock bounds what a reader believes.
	maxRawBlock = rawBlockBytes + MaxRecordBytes + 64
)

// segmentInfo is what the trailer says.
type segmentInfo struct {
	first, last, records uint64
	oldest, newest       earshot.Instant
}

// blockRef is an index entry.
type blockRef struct {
	offset int64
	first  uint64
	count  uint32
}

func (b blockRef) last() uint64 { return b.first + uint64(b.count) - 1 }

// blockHead is a block's header, decoded.
type blockHead struct {
	first          uint64
	count          uint32
	raw, stored    uint32
	oldest, newest earshot.Instant
	sum            uint32
}

func (h *blockHead) marshal() []byte {
	b := make([]byte, 0, blockHeadSize)
	b = binary.LittleEndian.AppendUint32(b, blockMagic)
	b = binary.LittleEndian.AppendUint64(b, h.first)
	b = binary.LittleEndian.AppendUint32(b, h.count)
	b = binary.LittleEndian.AppendUint32(b, h.raw)
	b = binary.LittleEndian.AppendUint32(b, h.stored)
	b = binary.LittleEndian.AppendUint64(b, uint64(h.oldest))
	b = binary.LittleEndian.AppendUint64(b, uint64(h.newest))
	return binary.LittleEndian.AppendUint32(b, h.sum)
}

func unmarshalBlockHead(b []byte) (blockHead, error) {
	if len(b) < blockHeadSize || binary.LittleEndian.Uint32(b) != blockMagic {
		return blockHead{}, errors.New("no block begins here")
	}
	h := blockHead{
		first: binary.LittleEndian.Uint64(b[4:]), count: binary.LittleEndian.Uint32(b[12:]),
		raw: binary.LittleEndian.Uint32(b[16:]), stored: binary.LittleEndian.Uint32(b[20:]),
		oldest: earshot.Instant(binary.LittleEndian.Uint64(b[24:])), newest: earshot.Instant(binary.LittleEndian.Uint64(b[32:])),
		sum: binary.LittleEndian.Uint32(b[40:]),
	}
	if h.count == 0 || h.first == 0 || h.first+uint64(h.count) < h.first || h.raw > maxRawBlock || h.stored > maxRawBlock {
		return blockHead{}, errors.New("a block header beyond all bounds")
	}
	return h, nil
}

// segmentWriter writes one segment. Records come in ascending order; the caller syncs and renames.
type segmentWriter struct {
	w      *bufio.Writer
	enc    *zstd.Encoder
	offset int64
	info   segmentInfo
	index  []blockRef

	raw    []byte // the open block
	stored []byte
	head   blockHead
}

// newSegmentWriter begins a segment of the journal id whose first record has the sequence first.
func newSegmentWriter(w io.Writer, id string, first uint64, hour earshot.Instant) (*segmentWriter, error) {
	enc, err := zstd.NewWriter(nil, zstd.WithEncoderConcurrency(1), zstd.WithWindowSize(rawBlockBytes), zstd.WithEncoderLevel(zstd.SpeedDefault))
	if err != nil {
		return nil, fmt.Errorf("begin segment: %w", err)
	}
	s := &segmentWriter{w: bufio.NewWriterSize(w, 256<<10), enc: enc}
	b := append(make([]byte, 0, headerSize), segmentMagic...)
	b = append(b, fixedID(id)...)
	b = binary.LittleEndian.AppendUint64(b, first)
	b = binary.LittleEndian.AppendUint64(b, uint64(hour))
	b = binary.LittleEndian.AppendUint32(b, crc32.Checksum(b, castagnoli))
	return s, s.write(b)
}

// fixedID is a journal id as it stands in a header: 16 bytes.
func fixedID(id string) []byte {
	b := make([]byte, 16)
	copy(b, id)
	return b
}

func (s *segmentWriter) write(b []byte) error {
	n, err := s.w.Write(b)
	s.offset += int64(n)
	if err != nil {
		return fmt.Errorf("write segment: %w", err)
	}
	return nil
}

// add appends an encoded record.
func (s *segmentWriter) add(seq uint64, at earshot.Instant, encoded []byte) error {
	if s.head.count > 0 && (len(s.raw) >= rawBlockBytes || seq != s.head.first+uint64(s.head.count)) {
		if err := s.flush(); err != nil {
			return err
		}
	}
	if s.head.count == 0 {
		s.head = blockHead{first: seq, oldest: at, newest: at}
	}
	s.head.count++
	s.head.oldest, s.head.newest = min(s.head.oldest, at), max(s.head.newest, at)
	s.raw = binary.AppendUvarint(s.raw, uint64(len(encoded)))
	s.raw = append(s.raw, encoded...)
	return nil
}

// flush ends the open block.
func (s *segmentWriter) flush() error {
	if s.head.count == 0 {
		return nil
	}
	s.stored = s.enc.EncodeAll(s.raw, s.stored[:0])
	s.head.raw, s.head.stored = uint32(len(s.raw)), uint32(len(s.stored))
	err := s.addBlock(s.head, s.stored)
	s.raw, s.head = s.raw[:0], blockHead{}
	return err
}

// addBlock writes a block whose frame is compressed already; salvage copies blocks so.
func (s *segmentWriter) addBlock(h blockHead, frame []byte) error {
	h.sum = blockSum(&h, frame)
	s.index = append(s.index, blockRef{offset: s.offset, first: h.first, count: h.count})
	if s.info.records == 0 {
		s.info = segmentInfo{first: h.first, oldest: h.oldest, newest: h.newest}
	}
	s.info.last = h.first + uint64(h.count) - 1
	s.info.records += uint64(h.count)
	s.info.oldest, s.info.newest = min(s.info.oldest, h.oldest), max(s.info.newest, h.newest)
	if err := s.write(h.marshal()); err != nil {
		return err
	}
	return s.write(frame)
}

func blockSum(h *blockHead, frame []byte) uint32 {
	head := *h
	head.sum = 0
	return crc32.Update(crc32.Checksum(head.marshal(), castagnoli), castagnoli, frame)
}

// finish writes index and trailer.
func (s *segmentWriter) finish() (segmentInfo, error) {
	defer func() { _ = s.enc.Close() }()
	if err := s.flush(); err != nil {
		return s.info, err
	}
	at := s.offset
	b := make([]byte, 0, len(s.index)*indexEntry+trailerSize)
	for _, r := range s.index {
		b = binary.LittleEndian.AppendUint64(b, uint64(r.offset))
		b = binary.LittleEndian.AppendUint64(b, r.first)
		b = binary.LittleEndian.AppendUint32(b, r.count)
	}
	indexSum := crc32.Checksum(b, castagnoli)
	start := len(b)
	b = binary.LittleEndian.AppendUint64(b, uint64(at))
	b = binary.LittleEndian.AppendUint32(b, uint32(len(s.index)))
	for _, v := range []uint64{s.info.first, s.info.last, s.info.records, uint64(s.info.oldest), uint64(s.info.newest)} {
		b = binary.LittleEndian.AppendUint64(b, v)
	}
	b = binary.LittleEndian.AppendUint32(b, indexSum)
	b = binary.LittleEndian.AppendUint32(b, crc32.Checksum(b[start:], castagnoli))
	b = append(b, trailerMagic...)
	if err := s.write(b); err != nil {
		return s.info, err
	}
	if err := s.w.Flush(); err != nil {
		return s.info, fmt.Errorf("write segment: %w", err)
	}
	return s.info, nil
}
