package zoom

import "slices"

// qos reads the entries of a participant's qos, an array or a single object.
func (d *Decoder) qos() {
	ev := d.ev
	ev.QoS = ev.QoS[:0]
	var q *QoS
	begin := func() { q = grow(&ev.QoS) }
	d.objects("qos", begin, func(key []byte) {
		switch string(key) {
		case "date_time":
			d.date(key, &q.TimeMs)
		case "type":
			d.streamType(key, &q.Type)
		case "details":
			q.Details = Details{}
			d.details(&q.Details)
		default:
			d.unknown(key)
		}
	})
}

// grow appends a zero element and returns it. Elements are large: one that the slice's array has room for is cleared in place.
func grow[T any](s *[]T) *T {
	n := len(*s)
	*s = slices.Grow(*s, 1)[:n+1]
	e := &(*s)[n]
	*e = *new(T)
	return e
}

// details reads the bag of one entry. Any key may be in any type of entry.
func (d *Decoder) details(q *Details) {
	d.object("details", func(key []byte) {
		if dst, want := q.quantity(key); dst != nil {
			d.quantity(key, dst, want)
			return
		}
		switch string(key) {
		case "resolution":
			d.resolution(key, q)
		case "quality":
			d.level(key, &q.Quality)
		case "system_min_cpu_pressure_level":
			d.level(key, &q.MinPressure)
		case "system_avg_cpu_pressure_level":
			d.level(key, &q.AvgPressure)
		case "system_max_cpu_pressure_level":
			d.level(key, &q.MaxPressure)
		case "network_notification":
			d.shared(key, &q.Notification)
		case "rssi_unit": // always dBm
			d.skip()
		default:
			d.unknown(key)
		}
	})
}

// quantity returns the field for a key and the unit it is in; nil if the key is no number's.
func (q *Details) quantity(key []byte) (*Quantity, unit) {
	switch string(key) {
	case "bitrate":
		return &q.Bitrate, kbps
	case "latency":
		return &q.Latency, millis
	case "jitter":
		return &q.Jitter, millis
	case "avg_loss":
		return &q.AvgLoss, percent
	case "max_loss":
		return &q.MaxLoss, percent
	case "min_loss":
		return &q.MinLoss, percent
	case "frame_rate":
		return &q.FrameRate, fps
	case "min_bitrate":
		return &q.MinBitrate, kbps
	case "avg_bitrate":
		return &q.AvgBitrate, kbps
	case "max_bitrate":
		return &q.MaxBitrate, kbps
	case "min_latency":
		return &q.MinLatency, millis
	case "avg_latency":
		return &q.AvgLatency, millis
	case "max_latency":
		return &q.MaxLatency, millis
	case "min_jitter":
		return &q.MinJitter, millis
	case "avg_jitter":
		return &q.AvgJitter, millis
	case "max_jitter":
		return &q.MaxJitter, millis
	case "min_frame_rate":
		return &q.MinFrameRate, fps
	case "avg_frame_rate":
		return &q.AvgFrameRate, fps
	case "max_frame_rate":
		return &q.MaxFrameRate, fps
	case "zoom_min_cpu_usage":
		return &q.ZoomMinCPU, percent
	case "zoom_avg_cpu_usage":
		return &q.ZoomAvgCPU, percent
	case "zoom_max_cpu_usage":
		return &q.ZoomMaxCPU, percent
	case "system_max_cpu_usage":
		return &q.SystemMaxCPU, percent
	case "quality_score":
		return &q.QualityScore, score
	case "min_rssi":
		return &q.MinRSSI, dbm
	case "avg_rssi":
		return &q.AvgRSSI, dbm
	case "max_rssi":
		return &q.MaxRSSI, dbm
	}
	return nil, anyUnit
}

func (d *Decoder) resolution(key []byte, q *Details) {
	q.Width, q.Height = Quantity{}, Quantity{}
	b, ok := d.scalar(key)
	if !ok {
		return
	}
	if q.Width, q.Height, ok = parseResolution(b); !ok {
		d.note(string(key), wrongTypeMark)
	}
}

// level reads a word, also where it is wrapped in an object under its own key: {"quality": {"quality": "good"}}.
func (d *Decoder) level(key []byte, dst *Level) {
	*dst = 0
	if d.peek() == '{' {
		name := string(key)
		d.object(name, func(inner []byte) {
			if string(inner) != name || d.peek() == '{' {
				d.unknown(inner)
				return
			}
			d.level(inner, dst)
		})
		return
	}
	b, ok := d.scalar(key)
	if !ok {
		return
	}
	if *dst, ok = parseLevel(b); !ok {
		d.note(string(key), wrongTypeMark)
	}
}
