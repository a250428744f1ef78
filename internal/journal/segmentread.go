package journal

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"hash/crc32"
	"io"
	"slices"
	"sort"

	"github.com/klauspost/compress/zstd"

	"github.com/earshot/earshot"
)

// damageError says that stored bytes are not what was written.
type damageError struct {
	what   string
	offset int64
}

func (e *damageError) Error() string {
	return fmt.Sprintf("archive segment is damaged: %s at byte %d", e.what, e.offset)
}

func damaged(offset int64, what string) error { return &damageError{what: what, offset: offset} }

func isDamage(err error) bool {
	var d *damageError
	return errors.As(err, &d)
}

// newFrameDecoder decodes block frames; it is safe for concurrent use.
func newFrameDecoder() (*zstd.Decoder, error) {
	return zstd.NewReader(nil, zstd.WithDecoderConcurrency(0), zstd.WithDecoderMaxMemory(maxRawBlock), zstd.WithDecoderLowmem(true))
}

// readTrailer checks header and trailer and returns what the segment holds, without its index.
func readTrailer(r io.ReaderAt, size int64, id string) (segmentInfo, error) {
	info, _, _, err := trailerOf(r, size, id)
	return info, err
}

func trailerOf(r io.ReaderAt, size int64, id string) (info segmentInfo, indexAt int64, blocks uint32, err error) {
	if size < headerSize+trailerSize {
		return info, 0, 0, damaged(0, "shorter than header and trailer")
	}
	head := make([]byte, headerSize)
	if err := readAt(r, head, 0); err != nil {
		return info, 0, 0, err
	}
	if string(head[:8]) != segmentMagic || crc32.Checksum(head[:headerSize-4], castagnoli) != binary.LittleEndian.Uint32(head[headerSize-4:]) {
		return info, 0, 0, damaged(0, "header")
	}
	if !bytes.Equal(head[8:24], fixedID(id)) {
		return info, 0, 0, damaged(8, "another journal's id")
	}
	at := size - trailerSize
	b := make([]byte, trailerSize)
	if err := readAt(r, b, at); err != nil {
		return info, 0, 0, err
	}
	end := trailerSize - 8
	if string(b[end:]) != trailerMagic || crc32.Checksum(b[:end-4], castagnoli) != binary.LittleEndian.Uint32(b[end-4:]) {
		return info, 0, 0, damaged(at, "trailer")
	}
	indexAt, blocks = int64(binary.LittleEndian.Uint64(b)), binary.LittleEndian.Uint32(b[8:])
	info = segmentInfo{
		first: binary.LittleEndian.Uint64(b[12:]), last: binary.LittleEndian.Uint64(b[20:]), records: binary.LittleEndian.Uint64(b[28:]),
		oldest: earshot.Instant(binary.LittleEndian.Uint64(b[36:])), newest: earshot.Instant(binary.LittleEndian.Uint64(b[44:])),
	}
	if indexAt < headerSize || indexAt+int64(blocks)*indexEntry != at || info.first == 0 || info.first > info.last {
		return info, 0, 0, damaged(at, "trailer's numbers")
	}
	return info, indexAt, blocks, nil
}

// readIndex reads the blocks' places, in ascending order.
func readIndex(r io.ReaderAt, size int64, id string) ([]blockRef, error) {
	_, at, n, err := trailerOf(r, size, id)
	if err != nil {
		return nil, err
	}
	b := make([]byte, int64(n)*indexEntry)
	if err := readAt(r, b, at); err != nil {
		return nil, err
	}
	sum := make([]byte, 4)
	if err := readAt(r, sum, size-8-4-4); err != nil {
		return nil, err
	}
	if crc32.Checksum(b, castagnoli) != binary.LittleEndian.Uint32(sum) {
		return nil, damaged(at, "index")
	}
	index := make([]blockRef, n)
	for i := range index {
		e := b[i*indexEntry:]
		index[i] = blockRef{offset: int64(binary.LittleEndian.Uint64(e)), first: binary.LittleEndian.Uint64(e[8:]), count: binary.LittleEndian.Uint32(e[16:])}
		if index[i].count == 0 || i > 0 && index[i].first <= index[i-1].last() {
			return nil, damaged(at, "index order")
		}
	}
	return index, nil
}

// readAt fills b; the end of the file within b is damage, other errors are the disk's.
func readAt(r io.ReaderAt, b []byte, at int64) error {
	n, err := r.ReadAt(b, at)
	if n == len(b) {
		return nil
	}
	if err == nil || errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
		return damaged(at, "the end of the file")
	}
	return fmt.Errorf("read segment at byte %d: %w", at, err)
}

// readBlock reads and checks the block at offset at and returns its header and its compressed frame.
func readBlock(r io.ReaderAt, at, size int64) (blockHead, []byte, error) {
	if at < 0 || at > size-blockHeadSize {
		return blockHead{}, nil, damaged(at, "a block beyond the end")
	}
	head := make([]byte, blockHeadSize)
	if err := readAt(r, head, at); err != nil {
		return blockHead{}, nil, err
	}
	h, err := unmarshalBlockHead(head)
	if err != nil {
		return h, nil, damaged(at, err.Error())
	}
	if at+blockHeadSize+int64(h.stored) > size {
		return h, nil, damaged(at, "a block beyond the end")
	}
	frame := make([]byte, h.stored)
	if err := readAt(r, frame, at+blockHeadSize); err != nil {
		return h, nil, err
	}
	if blockSum(&h, frame) != h.sum {
		return h, nil, damaged(at, "block checksum")
	}
	return h, frame, nil
}

// unpackBlock decompresses a frame and cuts it into encoded records.
func unpackBlock(dec *zstd.Decoder, h blockHead, frame []byte) ([][]byte, error) {
	raw, err := dec.DecodeAll(frame, make([]byte, 0, h.raw))
	if err != nil || len(raw) != int(h.raw) {
		return nil, damaged(0, "a block's frame")
	}
	if int64(h.count) > int64(len(raw)) {
		return nil, damaged(0, "a block's record count")
	}
	records := make([][]byte, 0, h.count)
	for range h.count {
		var v []byte
		if v, raw, err = cutBytes(raw); err != nil {
			return nil, damaged(0, "a block's records")
		}
		records = append(records, v)
	}
	if len(raw) != 0 {
		return nil, damaged(0, "a block's end")
	}
	return records, nil
}

// findBlocks looks for valid blocks without header, index and trailer, wherever they begin, and returns them in ascending
// order, none overlapping another.
func findBlocks(r io.ReaderAt, size int64) ([]blockRef, error) {
	var found []blockRef
	for at := int64(0); at <= size-blockHeadSize; {
		h, _, err := readBlock(r, at, size)
		if err == nil {
			found = append(found, blockRef{offset: at, first: h.first, count: h.count})
			at += blockHeadSize + int64(h.stored)
			continue
		}
		if !isDamage(err) {
			return nil, err
		}
		if at, err = nextMagic(r, at+1, size); err != nil {
			return nil, err
		}
	}
	sort.SliceStable(found, func(i, j int) bool { return found[i].first < found[j].first })
	last := uint64(0)
	return slices.DeleteFunc(found, func(b blockRef) bool {
		if b.first <= last {
			return true
		}
		last = b.last()
		return false
	}), nil
}

// nextMagic returns the next offset from at on where a block's magic stands, or size.
func nextMagic(r io.ReaderAt, at, size int64) (int64, error) {
	magic := binary.LittleEndian.AppendUint32(nil, blockMagic)
	buf := make([]byte, 256<<10)
	for at < size {
		b := buf[:min(int64(len(buf)), size-at)]
		if err := readAt(r, b, at); err != nil {
			return 0, err
		}
		if i := bytes.Index(b, magic); i >= 0 {
			return at + int64(i), nil
		}
		if int64(len(b)) == size-at {
			break
		}
		at += int64(len(b) - len(magic) + 1)
	}
	return size, nil
}
