package facts

import (
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"hash"
	"math"

	"github.com/earshot/earshot"
)

// The tables that [Store.Digest] knows.
const (
	TableSample       = "sample"
	TableMinute       = "minute"
	TableSummary      = "summary"
	TableNotification = "notification"
	TableCallSample   = "call_sample"
	TableDirty        = "dirty"
)

// Tables lists them.
var Tables = [...]string{TableSample, TableMinute, TableSummary, TableNotification, TableCallSample, TableDirty}

// Digest hashes rows for [Store.Digest], so that two implementations with the same rows give the same digest. Rows are added
// in the order of their table's Compare function, doubles merged. It is not safe for concurrent use.
type Digest struct {
	h   hash.Hash
	buf []byte
}

// NewDigest returns a digest of no rows.
func NewDigest() *Digest { return &Digest{h: sha256.New()} }

// Sum returns the digest of what was added as 64 hexadecimal digits.
func (d *Digest) Sum() string { return hex.EncodeToString(d.h.Sum(nil)) }

func (d *Digest) number(x uint64) { d.buf = binary.AppendUvarint(d.buf, x) }

func (d *Digest) text(s string) {
	d.number(uint64(len(s)))
	d.buf = append(d.buf, s...)
}

func (d *Digest) opt(o earshot.Opt) {
	if !o.Present {
		d.buf = append(d.buf, 0)
		return
	}
	d.buf = append(d.buf, 1)
	d.number(math.Float64bits(o.Value))
}

func (d *Digest) values(v *earshot.Values) {
	d.number(uint64(v.Mask))
	for m := range earshot.Metric(earshot.MetricCount) {
		if v.Has(m) {
			d.number(uint64(math.Float32bits(v.V[m])))
		}
	}
}

func (d *Digest) end() {
	d.h.Write(d.buf)
	d.buf = d.buf[:0]
}

// Sample adds a sample.
func (d *Digest) Sample(s *Sample) {
	d.number(uint64(s.At))
	d.number(uint64(s.Segment))
	d.number(uint64(s.Wire))
	d.number(uint64(s.Account))
	d.number(uint64(s.Meeting))
	d.number(uint64(s.Site))
	d.text(s.NetworkType)
	d.text(s.DataCenter)
	d.values(&s.Values)
	d.end()
}

// Minute adds a minute.
func (d *Digest) Minute(m *earshot.Minute) {
	for _, x := range []uint64{
		uint64(m.At), uint64(m.Segment), uint64(m.Meeting), uint64(m.Person), uint64(m.Account), uint64(m.Kind), uint64(m.Site),
		uint64(m.Grade), uint64(m.Why), uint64(m.Reports), uint64(m.ZoomAudio), uint64(m.ZoomVideo), uint64(m.ZoomShare), flag(m.Spike),
		flag(m.Reason.Set), uint64(m.Reason.Wire), uint64(m.Reason.Direction), uint64(m.Reason.Metric),
		uint64(math.Float32bits(m.Reason.Value)), uint64(math.Float32bits(m.Reason.Bound)),
	} {
		d.number(x)
	}
	for _, g := range m.Slots {
		d.number(uint64(g))
	}
	v := &m.Verdict
	for _, x := range []uint64{
		uint64(v.Cause), uint64(v.Confidence), uint64(v.Candidate), uint64(v.Cell.Scope), uint64(v.Cell.ID), uint64(v.Direction),
		uint64(v.Inside.Bad), uint64(v.Inside.Of), uint64(v.Elsewhere.Bad), uint64(v.Elsewhere.Of), uint64(v.Metric),
		uint64(math.Float32bits(v.Value)), uint64(v.Ruled), uint64(v.Since),
	} {
		d.number(x)
	}
	for _, s := range []string{m.NetworkType, m.DataCenter, m.ClientVersion, m.DeviceClass, m.ISP, m.Transport, v.Cell.Name} {
		d.text(s)
	}
	d.end()
}

func flag(b bool) uint64 {
	if b {
		return 1
	}
	return 0
}

// Summary adds a summary.
func (d *Digest) Summary(s *earshot.Summary) {
	d.number(uint64(s.At))
	d.number(uint64(s.Segment))
	d.number(uint64(s.Wire))
	d.number(uint64(s.Account))
	for _, t := range []earshot.SummaryStat{s.Bitrate, s.Latency, s.Jitter, s.Loss, s.FrameRate, s.RSSI} {
		d.opt(t.Min)
		d.opt(t.Avg)
		d.opt(t.Max)
	}
	d.values(&s.Values)
	d.end()
}

// Notification adds a notification.
func (d *Digest) Notification(n *earshot.Notification) {
	for _, x := range []uint64{uint64(n.At), uint64(n.Meeting), uint64(n.Segment), uint64(n.Account)} {
		d.number(x)
	}
	d.text(n.Code)
	d.end()
}

// CallSample adds a call sample.
func (d *Digest) CallSample(c *earshot.CallSample) {
	for _, x := range []uint64{uint64(c.At), uint64(c.Call), uint64(c.Side), uint64(c.Direction), uint64(c.Account)} {
		d.number(x)
	}
	for _, o := range []earshot.Opt{c.BitrateKbps, c.LossAvgPct, c.LossMaxPct, c.JitterMs, c.NetworkDelayMs, c.MOS} {
		d.opt(o)
	}
	d.end()
}

// DirtyHour adds a mark.
func (d *Digest) DirtyHour(h earshot.DirtyHour) {
	d.number(uint64(h.Account))
	d.number(uint64(h.Hour))
	d.end()
}
