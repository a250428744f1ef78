package incident

import (
	"encoding/binary"
	"hash/crc32"
)

// Sealed makes a snapshot of a body: magic and checksum are right, so that fuzzing gets at what is behind them.
func Sealed(body []byte) []byte {
	b := append([]byte(magic), body...)
	return binary.LittleEndian.AppendUint32(b, crc32.Checksum(b, castagnoli))
}
