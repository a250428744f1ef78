package journal

import (
	"encoding/binary"
	"errors"
	"fmt"

	"github.com/earshot/earshot"
)

// recordFormat is the first byte of every encoded record; a reader refuses what it does not know.
const recordFormat = 1

var errTruncated = errors.New("encoding ends too early")

// appendRecord appends r without its sequence: that is the key in Pebble, implied by the position in an archive block, and
// written before the record in a frame.
//
//	format 1 | kind 1 | received_at zigzag varint, ms | len uvarint, subscription | len uvarint, request id | body to the end
func appendRecord(dst []byte, r *Record) []byte {
	dst = append(dst, recordFormat, byte(r.Kind))
	dst = binary.AppendVarint(dst, int64(r.ReceivedAt))
	dst = appendString(dst, r.Subscription)
	dst = appendString(dst, r.RequestID)
	return append(dst, r.Body...)
}

// decodeRecord decodes b; Body is a part of b, the strings are copies.
func decodeRecord(b []byte) (Record, error) {
	if len(b) < 2 {
		return Record{}, fmt.Errorf("decode record: %w", errTruncated)
	}
	if b[0] != recordFormat {
		return Record{}, fmt.Errorf("decode record: format %d, this version knows %d: a newer Earshot wrote it", b[0], recordFormat)
	}
	r := Record{Kind: Kind(b[1])}
	at, n := binary.Varint(b[2:])
	if n <= 0 {
		return Record{}, fmt.Errorf("decode record: received_at: %w", errTruncated)
	}
	r.ReceivedAt = earshot.Instant(at)
	b = b[2+n:]
	var err error
	if r.Subscription, b, err = cutString(b); err != nil {
		return Record{}, fmt.Errorf("decode record: subscription: %w", err)
	}
	if r.RequestID, b, err = cutString(b); err != nil {
		return Record{}, fmt.Errorf("decode record: request id: %w", err)
	}
	r.Body = b
	return r, nil
}

// receivedAtOf reads only the time of an encoded record; false when b is damaged.
func receivedAtOf(b []byte) (earshot.Instant, bool) {
	if len(b) < 3 || b[0] != recordFormat {
		return 0, false
	}
	at, n := binary.Varint(b[2:])
	return earshot.Instant(at), n > 0
}

func appendString(dst []byte, s string) []byte {
	dst = binary.AppendUvarint(dst, uint64(len(s)))
	return append(dst, s...)
}

func cutBytes(b []byte) (v, rest []byte, err error) {
	n, w := binary.Uvarint(b)
	if w <= 0 || n > uint64(len(b)-w) {
		return nil, nil, errTruncated
	}
	end := w + int(n)
	return b[w:end:end], b[end:], nil
}

func cutString(b []byte) (string, []byte, error) {
	v, rest, err := cutBytes(b)
	return string(v), rest, err
}

// appendQuarantined appends q without its id, which is the key.
//
//	format 1 | received_at zigzag varint | subscription | signature | timestamp | request id | reason | body, each with its length
func appendQuarantined(dst []byte, q *QuarantinedRequest) []byte {
	dst = append(dst, recordFormat)
	dst = binary.AppendVarint(dst, int64(q.ReceivedAt))
	for _, s := range []string{q.Subscription, q.Signature, q.Timestamp, q.RequestID, q.Reason} {
		dst = appendString(dst, s)
	}
	dst = binary.AppendUvarint(dst, uint64(len(q.Body)))
	return append(dst, q.Body...)
}

func decodeQuarantined(b []byte) (QuarantinedRequest, error) {
	if len(b) < 1 || b[0] != recordFormat {
		return QuarantinedRequest{}, errors.New("decode quarantined request: unknown format")
	}
	at, n := binary.Varint(b[1:])
	if n <= 0 {
		return QuarantinedRequest{}, fmt.Errorf("decode quarantined request: %w", errTruncated)
	}
	b = b[1+n:]
	q := QuarantinedRequest{ReceivedAt: earshot.Instant(at)}
	var err error
	for _, s := range []*string{&q.Subscription, &q.Signature, &q.Timestamp, &q.RequestID, &q.Reason} {
		if *s, b, err = cutString(b); err != nil {
			return QuarantinedRequest{}, fmt.Errorf("decode quarantined request: %w", err)
		}
	}
	if q.Body, b, err = cutBytes(b); err != nil || len(b) != 0 {
		return QuarantinedRequest{}, fmt.Errorf("decode quarantined request: body: %w", errTruncated)
	}
	return q, nil
}
