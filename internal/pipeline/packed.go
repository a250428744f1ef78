package pipeline

import (
	"encoding/binary"
	"math"
	"math/bits"
	"slices"

	"github.com/earshot/earshot"
)

// packedSamples are the samples of one minute of one segment, in the order in which they came: each 7 bytes and 4 for every
// metric that it holds. An [earshot.Sample] has room for all metrics and takes 104; ten thousand people in meetings have half
// a million of them open, and every byte that stays is there twice once the collector is counted in.
//
// One sample is: milliseconds since the minute's start (2 bytes), wire (1), mask of the metrics (4), the metrics in ascending
// order as float32. The numbers are big-endian, for the snapshot holds them as they are.
type packedSamples []byte

const packedHead = 2 + 1 + 4

// size returns how many bytes the first sample takes; 0 at the end, and -1 where the bytes are not a sample.
func (p packedSamples) size() int {
	if len(p) == 0 {
		return 0
	}
	if len(p) < packedHead {
		return -1
	}
	n := packedHead + 4*bits.OnesCount32(binary.BigEndian.Uint32(p[3:]))
	if n > len(p) {
		return -1
	}
	return n
}

// whole reports whether the bytes are samples to the end, none with a metric that does not exist or a time beyond the minute.
func (p packedSamples) whole() bool {
	for len(p) > 0 {
		n := p.size()
		if n < 0 || binary.BigEndian.Uint32(p[3:])>>earshot.MetricCount != 0 || binary.BigEndian.Uint16(p) >= minuteMs {
			return false
		}
		p = p[n:]
	}
	return true
}

// values reads the metrics of the first sample.
func (p packedSamples) values() earshot.Values {
	v := earshot.Values{Mask: binary.BigEndian.Uint32(p[3:])}
	at := packedHead
	for mask := v.Mask; mask != 0; mask &= mask - 1 {
		v.V[bits.TrailingZeros32(mask)] = math.Float32frombits(binary.BigEndian.Uint32(p[at:]))
		at += 4
	}
	return v
}

// appendTo appends all samples, of a segment and of the minute that starts at start.
func (p packedSamples) appendTo(samples []earshot.Sample, segment earshot.ID, start earshot.Instant) []earshot.Sample {
	for n := p.size(); n > 0; n = p.size() {
		samples = append(samples, earshot.Sample{
			Segment: segment, At: start + earshot.Instant(binary.BigEndian.Uint16(p)), Wire: earshot.Wire(p[2]), Values: p.values(),
		})
		p = p[n:]
	}
	return samples
}

// put adds a sample of the minute that starts at start, or merges it into the one with its key. It reports whether anything
// changed, and whether it did so by merging.
func (p *packedSamples) put(s *earshot.Sample, start earshot.Instant) (changed, merged bool) {
	offset := uint16(s.At - start)
	for at := 0; at < len(*p); {
		have := (*p)[at:]
		n := have.size()
		if binary.BigEndian.Uint16(have) != offset || earshot.Wire(have[2]) != s.Wire {
			at += n
			continue
		}
		before := have.values()
		after := before
		after.Merge(&s.Values)
		if after == before {
			return false, true
		}
		var one [packedHead + 4*earshot.MetricCount]byte
		*p = slices.Replace(*p, at, at+n, packed(one[:0], offset, s.Wire, &after)...)
		return true, true
	}
	*p = packed(*p, offset, s.Wire, &s.Values)
	return true, false
}

func packed(b []byte, offset uint16, wire earshot.Wire, v *earshot.Values) []byte {
	b = binary.BigEndian.AppendUint16(b, offset)
	b = append(b, byte(wire))
	b = binary.BigEndian.AppendUint32(b, v.Mask)
	for mask := v.Mask; mask != 0; mask &= mask - 1 {
		b = binary.BigEndian.AppendUint32(b, math.Float32bits(v.V[bits.TrailingZeros32(mask)]))
	}
	return b
}
