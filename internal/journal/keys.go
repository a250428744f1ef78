package journal

import (
	"encoding/binary"
	"time"

	"github.com/earshot/earshot"
)

// The key space of Pebble. Records are last so that a flush, which spans everything, splits between the random dedup keys,
// which compact within their bucket, and the ascending records, which move down the levels without being rewritten.
const (
	prefixCursor     = 'c' // c name             -> sequence 8 BE | holds 1
	prefixDedup      = 'd' // d bucket 4 BE hash 16 -> sequence uvarint
	prefixMeta       = 'm' // m name             -> see below
	prefixQuarantine = 'q' // q id 8 BE          -> appendQuarantined
	prefixRecord     = 'r' // r sequence 8 BE    -> appendRecord
)

// The meta keys.
var (
	metaID     = []byte("mid")     // the journal's id, text
	metaNext   = []byte("mnext")   // 8 BE: the last sequence given out; survives the removal of every record
	metaRolled = []byte("mrolled") // 8 BE: every record up to this one has left Pebble
)

// dedupBucketWidth groups dedup keys by the time of their commit, so that those of one bucket expire by one range deletion
// and compact only among themselves. 3 h makes 25 buckets, thus 25 filter probes an event, out of 72 h.
const dedupBucketWidth = 3 * time.Hour

// dedupHash is the first half of a body's SHA-256: 128 bits, so that two different bodies never meet in practice.
type dedupHash [16]byte

func recordKey(dst []byte, seq uint64) []byte {
	return binary.BigEndian.AppendUint64(append(dst, prefixRecord), seq)
}

func quarantineKey(id uint64) []byte {
	return binary.BigEndian.AppendUint64([]byte{prefixQuarantine}, id)
}

func cursorKey(name string) []byte { return append([]byte{prefixCursor}, name...) }

func dedupKey(dst []byte, bucket uint32, h *dedupHash) []byte {
	dst = binary.BigEndian.AppendUint32(append(dst, prefixDedup), bucket)
	return append(dst, h[:]...)
}

// bucketKey is the lower bound of a bucket's dedup keys.
func bucketKey(bucket uint32) []byte {
	return binary.BigEndian.AppendUint32([]byte{prefixDedup}, bucket)
}

// bucketOf numbers the bucket that holds t; times before 1970 and after the year 1,000,000 belong to the ends.
func bucketOf(t earshot.Instant) uint32 {
	n := int64(t) / dedupBucketWidth.Milliseconds()
	return uint32(min(max(n, 0), 1<<32-2))
}

// bucketEnd is the first moment after the bucket.
func bucketEnd(bucket uint32) earshot.Instant {
	return earshot.Instant((int64(bucket) + 1) * dedupBucketWidth.Milliseconds())
}
