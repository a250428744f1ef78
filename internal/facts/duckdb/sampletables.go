package duckdb

import (
	"context"
	"slices"

	"github.com/earshot/earshot"
	"github.com/earshot/earshot/internal/facts"
)

// sampleTable is a table of samples: the context's ref, the time, the wire type, and some of the metrics.
type sampleTable struct {
	name    string
	metrics []earshot.Metric // the columns from sampleValues on
	mask    uint32           // the same as bits of [earshot.Values.Mask]
}

// sampleValues is where the metrics of a table of samples begin.
const sampleValues = 3

func (t *sampleTable) columns() int { return sampleValues + len(t.metrics) }

func tableOf(name string, ranges ...[2]earshot.Metric) *sampleTable {
	t := &sampleTable{name: name}
	for _, r := range ranges {
		for m := r[0]; m <= r[1]; m++ {
			t.metrics = append(t.metrics, m)
			t.mask |= 1 << m
		}
	}
	return t
}

// The tables of samples. See schema/0005_narrow.sql for what is where.
var (
	recentSamples = tableOf("sample_recent", [2]earshot.Metric{0, earshot.MetricCount - 1})
	sortedSamples = tableOf("sample_sorted", [2]earshot.Metric{0, earshot.MetricCount - 1})
	streamSamples = tableOf("sample_stream", [2]earshot.Metric{earshot.BitrateKbps, earshot.FrameRateFPS})
	deviceSamples = tableOf("sample_device", [2]earshot.Metric{earshot.CPUZoomMinPct, earshot.PressureMax}, [2]earshot.Metric{earshot.RSSIMinDBm, earshot.RSSIMaxDBm})
)

// home returns the table where samples of a wire type lie sorted.
func home(w earshot.Wire) *sampleTable {
	switch {
	case w >= earshot.WireAudioInput && w <= earshot.WireASDeviceToRWG:
		return streamSamples
	case w == earshot.WireCPUUsage, w == earshot.WireWifiRSSI:
		return deviceSamples
	}
	return sortedSamples
}

// sortedHome is home for a sample that may have a metric which its wire type does not: nothing that Zoom sends is dropped.
func sortedHome(x *facts.Sample) *sampleTable {
	if t := home(x.Wire); x.Mask&^t.mask == 0 {
		return t
	}
	return sortedSamples
}

// sampleMoves sort the recent samples away, each table as one run. The bounds are those of home.
var sampleMoves = [...]string{
	`INSERT INTO sample_stream SELECT ref, at_s, wire, bitrate_kbps, latency_ms, jitter_ms, loss_avg_pct, loss_max_pct, width_px, height_px, frame_rate_fps
		FROM sample_recent WHERE wire BETWEEN 1 AND 18 ORDER BY wire, ref, at_s`,
	`INSERT INTO sample_device SELECT ref, at_s, wire, cpu_zoom_min_pct, cpu_zoom_avg_pct, cpu_zoom_max_pct, cpu_system_max_pct,
		pressure_min, pressure_avg, pressure_max, rssi_min_dbm, rssi_avg_dbm, rssi_max_dbm
		FROM sample_recent WHERE wire IN (19, 23) ORDER BY wire, ref, at_s`,
	`INSERT INTO sample_sorted SELECT * FROM sample_recent WHERE wire NOT BETWEEN 1 AND 18 AND wire NOT IN (19, 23) ORDER BY wire, ref, at_s`,
	"DELETE FROM sample_recent",
}

// sortRecent moves the recent samples to the end of the sorted ones. Sorting by wire type first puts columns that the type does
// not use, and values of the same kind, side by side: half the size of rows as they come.
func sortRecent(ctx context.Context, c *conn) (moved int64, err error) {
	if moved, err = c.one(ctx, "SELECT count(*) FROM sample_recent"); err != nil || moved == 0 {
		return 0, err
	}
	for _, statement := range sampleMoves {
		if err := c.exec(ctx, statement); err != nil {
			return 0, err
		}
	}
	return moved, nil
}

// absent stands for no value in the tables of samples: see schema/0002_absent.sql. A metric of that very value would be read as
// absent.
const absent = float32(-32768)

// appendSamples appends samples and returns how many of them are recent. Many are sorted here and written once: under load the
// work of writing them as they came, and again when they are sorted, would be half of all.
func (s *Store) appendSamples(c *conn, samples []facts.Sample) (recent int64, err error) {
	refs, err := s.references(c, samples)
	if err != nil {
		return 0, err
	}
	direct := int64(len(samples)) >= s.limits.directRows
	places := map[*sampleTable][]uint64{}
	for i := range samples {
		t := sortedHome(&samples[i])
		if !direct && t == home(samples[i].Wire) {
			t = recentSamples
			recent++
		}
		if places[t] == nil {
			places[t] = make([]uint64, 0, len(samples)-i)
		}
		places[t] = append(places[t], uint64(samples[i].Wire)<<(32+orderBits)|uint64(refs[i])<<orderBits|uint64(i))
	}
	for _, t := range []*sampleTable{streamSamples, deviceSamples, sortedSamples, recentSamples} {
		order := places[t]
		if t != recentSamples {
			slices.Sort(order)
		}
		if err := c.appendSamples(t, samples, refs, order); err != nil {
			return 0, err
		}
	}
	return recent, nil
}

// A place is wire type, ref and, in the lowest bits, the number of the sample in its batch. Sorting places orders samples by wire
// type, ref and arrival, which is nearly that of time. orderBits is how many bits the number takes: more samples than that do not
// fit into memory.
const (
	orderBits = 27
	orderMask = 1<<orderBits - 1
)

// appendSamples appends to a table the samples at the given places.
func (c *conn) appendSamples(t *sampleTable, samples []facts.Sample, refs []uint32, places []uint64) error {
	return c.appendRows(t.name, t.columns(), len(places), func(k int, r row) {
		i := places[k] & orderMask
		x := &samples[i]
		r[0], r[1], r[2] = refs[i], seconds(x.At), uint8(x.Wire)
		for n, m := range t.metrics {
			r[sampleValues+n] = nothing
			if x.Mask&(1<<m) != 0 {
				r[sampleValues+n] = boxed(x.V[m])
			}
		}
	})
}

// Most metrics are small whole numbers, and each would be an allocation of its own on its way to DuckDB.
var (
	nothing = any(absent)
	wholes  = func() (out [2048]any) {
		for i := range out {
			out[i] = float32(i)
		}
		return out
	}()
)

func boxed(v float32) any {
	if i := int(v); i > 0 && i < len(wholes) && float32(i) == v {
		return wholes[i]
	}
	return v
}

// references returns the ref of each sample's context, having stored the contexts that are new.
func (s *Store) references(c *conn, samples []facts.Sample) ([]uint32, error) {
	refs := make([]uint32, len(samples))
	type added struct {
		ref uint32
		contextKey
	}
	var fresh []added
	var last contextKey
	for i := range samples {
		x := &samples[i]
		k := contextKey{x.Account, x.Meeting, x.Segment, x.Site, x.NetworkType, x.DataCenter}
		if i > 0 && k == last { // an event's samples follow one another
			refs[i] = refs[i-1]
			continue
		}
		ref, isNew := s.state.reference(k)
		if isNew {
			fresh = append(fresh, added{ref, k})
		}
		refs[i], last = ref, k
	}
	return refs, c.appendRows("context", 7, len(fresh), func(i int, r row) {
		k := &fresh[i]
		r[0], r[1], r[2], r[3], r[4] = k.ref, uint64(k.account), uint64(k.meeting), uint64(k.segment), uint64(k.site)
		r[5], r[6] = text(k.networkType), text(k.dataCenter)
	})
}
