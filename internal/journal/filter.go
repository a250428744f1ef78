package journal

import (
	"encoding/binary"
	"errors"
	"hash/crc32"
	"math/bits"
)

// filter is a blocked Bloom filter over dedup hashes: all bits of a key lie in one cache line of 64 bytes, so that a
// probe costs one memory access. Its keys are uniform already (they come from SHA-256), so nothing is hashed again.
// At 14 bits a key about 0.4 % of unknown keys are mistaken; each mistake costs one Get and nothing else.
type filter struct {
	words []uint64 // 8 a block
}

const (
	filterBitsPerKey = 14
	filterProbes     = 7 // 7 probes of 9 bits fill one 64-bit half of the hash
	filterBlockBits  = 512
	filterMagic      = 0x45534246 // "ESBF"
)

// newFilter makes a filter for keys keys that occupies at most maxBytes (and at least one block).
func newFilter(keys int, maxBytes int) *filter {
	blocks := (keys*filterBitsPerKey + filterBlockBits - 1) / filterBlockBits
	blocks = max(1, min(blocks, maxBytes*8/filterBlockBits))
	return &filter{words: make([]uint64, blocks*8)}
}

func (f *filter) block(h *dedupHash) ([]uint64, uint64) {
	where, probes := binary.LittleEndian.Uint64(h[:8]), binary.LittleEndian.Uint64(h[8:])
	n, _ := bits.Mul64(where, uint64(len(f.words)/8)) // uniform without a division
	return f.words[n*8 : n*8+8 : n*8+8], probes
}

func (f *filter) add(h *dedupHash) {
	block, probes := f.block(h)
	for range filterProbes {
		block[probes>>6&7] |= 1 << (probes & 63)
		probes >>= 9
	}
}

// maybe reports whether h may have been added; false is certain.
func (f *filter) maybe(h *dedupHash) bool {
	block, probes := f.block(h)
	for range filterProbes {
		if block[probes>>6&7]&(1<<(probes&63)) == 0 {
			return false
		}
		probes >>= 9
	}
	return true
}

func (f *filter) bytes() int { return len(f.words) * 8 }

// marshal encodes f with a checksum: magic 4 | words 4 | words 8 each | crc32c 4, all little endian.
func (f *filter) marshal() []byte {
	b := make([]byte, 0, 12+f.bytes())
	b = binary.LittleEndian.AppendUint32(b, filterMagic)
	b = binary.LittleEndian.AppendUint32(b, uint32(len(f.words)))
	for _, w := range f.words {
		b = binary.LittleEndian.AppendUint64(b, w)
	}
	return binary.LittleEndian.AppendUint32(b, crc32.Checksum(b, castagnoli))
}

func unmarshalFilter(b []byte) (*filter, error) {
	if len(b) < 12 || binary.LittleEndian.Uint32(b) != filterMagic {
		return nil, errors.New("decode filter: no filter begins here")
	}
	n := int(binary.LittleEndian.Uint32(b[4:]))
	if n == 0 || n%8 != 0 || len(b) != 12+n*8 {
		return nil, errors.New("decode filter: its length does not fit the file")
	}
	body, sum := b[:len(b)-4], binary.LittleEndian.Uint32(b[len(b)-4:])
	if crc32.Checksum(body, castagnoli) != sum {
		return nil, errors.New("decode filter: checksum mismatch")
	}
	f := &filter{words: make([]uint64, n)}
	for i := range f.words {
		f.words[i] = binary.LittleEndian.Uint64(b[8+i*8:])
	}
	return f, nil
}

// castagnoli is CRC-32C, which the processors compute in hardware.
var castagnoli = crc32.MakeTable(crc32.Castagnoli)
