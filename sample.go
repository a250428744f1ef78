package earshot

import "math/bits"

// Metric is one number of a sample. Its unit is part of its meaning.
type Metric uint8

// The metrics. The numbers are stored (snapshots of the fold); never renumber.
const (
	BitrateKbps  Metric = 0
	LatencyMs    Metric = 1 // round-trip-like: Zoom's stamp travels there and back, application processing included
	JitterMs     Metric = 2
	LossAvgPct   Metric = 3
	LossMaxPct   Metric = 4
	WidthPx      Metric = 5
	HeightPx     Metric = 6
	FrameRateFPS Metric = 7

	CPUZoomMinPct   Metric = 8
	CPUZoomAvgPct   Metric = 9
	CPUZoomMaxPct   Metric = 10
	CPUSystemMaxPct Metric = 11
	PressureMin     Metric = 12 // 1 normal, 2 fair, 3 serious, 4 critical (web clients)
	PressureAvg     Metric = 13
	PressureMax     Metric = 14

	Quality      Metric = 15 // Zoom's own verdict as a Grade: 1 good, 2 fair, 3 poor, 4 bad
	QualityScore Metric = 16 // Zoom's own score, 1.0 to 5.0

	RSSIMinDBm Metric = 17
	RSSIAvgDBm Metric = 18
	RSSIMaxDBm Metric = 19

	MetricCount = 20

	// EstimatedMOS is no number of a sample: it is computed from latency, jitter and loss of an audio stream (see
	// internal/grade) and only decides grades. It lies beyond MetricCount, which is how "none" is written.
	EstimatedMOS Metric = 32
)

var metricNames = [MetricCount]string{
	"bitrate_kbps", "latency_ms", "jitter_ms", "loss_avg_pct", "loss_max_pct", "width_px", "height_px", "frame_rate_fps",
	"cpu_zoom_min_pct", "cpu_zoom_avg_pct", "cpu_zoom_max_pct", "cpu_system_max_pct", "pressure_min", "pressure_avg", "pressure_max",
	"quality", "quality_score", "rssi_min_dbm", "rssi_avg_dbm", "rssi_max_dbm",
}

// String returns the name with its unit, as it stands in columns and in the API.
func (m Metric) String() string {
	if m == EstimatedMOS {
		return "estimated_mos"
	}
	return nameOf(metricNames[:], uint8(m))
}

// ParseMetric returns the metric with the given name, and whether there is one.
func ParseMetric(s string) (Metric, bool) {
	for i, n := range metricNames {
		if n == s {
			return Metric(i), true
		}
	}
	return EstimatedMOS, s == EstimatedMOS.String()
}

// MarshalText implements encoding.TextMarshaler.
func (m Metric) MarshalText() ([]byte, error) { return []byte(m.String()), nil }

// Values holds some of the metrics and knows which. The zero Values holds none. It is comparable and contains no pointers.
type Values struct {
	Mask uint32 // bit m is set when Metric m is present
	V    [MetricCount]float32
}

// Get returns a metric and whether it is present.
func (v *Values) Get(m Metric) (float64, bool) {
	if v.Mask&(1<<m) == 0 {
		return 0, false
	}
	return float64(v.V[m]), true
}

// Has reports whether a metric is present.
func (v *Values) Has(m Metric) bool { return v.Mask&(1<<m) != 0 }

// Set stores a metric.
func (v *Values) Set(m Metric, x float64) {
	v.Mask |= 1 << m
	v.V[m] = float32(x)
}

// Len returns how many metrics are present.
func (v *Values) Len() int { return bits.OnesCount32(v.Mask) }

// Merge adds what o knows: for a metric that both hold, the greater number wins. So merging is commutative, associative
// and idempotent, and two reports of the same stream and second give the same sample in whatever order they came.
func (v *Values) Merge(o *Values) {
	for m := range Metric(MetricCount) {
		x, ok := o.Get(m)
		if !ok {
			continue
		}
		if y, had := v.Get(m); !had || x > y {
			v.Set(m, x)
		}
	}
}

// Sample is what one event says about one stream, the CPU or the radio of one segment at one date_time. (Segment, Wire,
// At) is its key: a second sample with the same key is the same sample, and is merged by [Values.Merge].
type Sample struct {
	Segment ID
	At      Instant // Zoom's date_time, second resolution
	Wire    Wire
	Values
}

// SampleKey identifies a sample.
type SampleKey struct {
	Segment ID
	At      Instant
	Wire    Wire
}

// Key returns the sample's key.
func (s *Sample) Key() SampleKey { return SampleKey{s.Segment, s.At, s.Wire} }

// SummaryStat is a metric's minimum, average and maximum over one segment, each possibly absent.
type SummaryStat struct{ Min, Avg, Max Opt }

// Opt is a number that may be absent; the zero Opt is absent.
type Opt struct {
	Value   float64
	Present bool
}

// Some returns a present number.
func Some(v float64) Opt { return Opt{v, true} }

// Summary is what Zoom itself says about one stream of one segment when the participant leaves (*_qos_summary). It is kept
// beside our own minutes as a check on them. (Segment, Wire) is its key; a later one replaces an earlier.
type Summary struct {
	Segment                                         ID
	Account                                         ID
	At                                              Instant // event_ts: Zoom gives no other time
	Wire                                            Wire
	Bitrate, Latency, Jitter, Loss, FrameRate, RSSI SummaryStat // kbps, ms, ms, %, fps, dBm
	Values                                                      // the rest: resolution, CPU, pressure, quality
}

// Notification is something Zoom told about a meeting or one participant without a number: "network bandwidth low",
// "Unstable audio quality". (Meeting, Segment, At, Code) is its key.
type Notification struct {
	Account ID
	Meeting ID
	Segment ID // 0: about the whole meeting (meeting.alert names no participant)
	At      Instant
	Code    string // Zoom's words
}
