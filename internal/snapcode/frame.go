package snapcode

import (
	"encoding/binary"
	"errors"
	"fmt"
	"hash/crc32"
)

// A frame is magic words with a version, a body, and the CRC-32C of both, least byte first.

var castagnoli = crc32.MakeTable(crc32.Castagnoli)

const checksumBytes = 4

// ErrVersion is what [Open] returns for what does not begin as a frame of the version asked for.
var ErrVersion = errors.New("it does not begin as one of this version does")

// Seal appends the checksum of a frame that begins at start.
func Seal(b []byte, start int) []byte {
	return binary.LittleEndian.AppendUint32(b, crc32.Checksum(b[start:], castagnoli))
}

// Open returns the body of a frame. The error is [ErrVersion], or says that the checksum is another.
func Open(data []byte, magic string) ([]byte, error) {
	if len(data) < len(magic)+checksumBytes || string(data[:len(magic)]) != magic {
		return nil, ErrVersion
	}
	content, sum := data[:len(data)-checksumBytes], binary.LittleEndian.Uint32(data[len(data)-checksumBytes:])
	if got := crc32.Checksum(content, castagnoli); got != sum {
		return nil, fmt.Errorf("its checksum is %08x, its content has %08x: it is damaged", sum, got)
	}
	return content[len(magic):], nil
}
