package api

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/earshot/earshot"
	"github.com/earshot/earshot/internal/facts"
)

// dashboardFigure is one number of one stream under the name that Zoom's Dashboard has for it in its participants' QoS, with
// the unit that stands beside the number there.
type dashboardFigure struct {
	name   string
	wire   earshot.Wire
	metric earshot.Metric
}

// dashboardFigures are the numbers of Zoom's Dashboard in its order: each stream's, then CPU, pressure and the radio.
func dashboardFigures() []dashboardFigure {
	network := []dashboardFigure{
		{"bitrate (kbps)", 0, earshot.BitrateKbps}, {"latency (ms)", 0, earshot.LatencyMs}, {"jitter (ms)", 0, earshot.JitterMs},
		{"avg_loss (%)", 0, earshot.LossAvgPct}, {"max_loss (%)", 0, earshot.LossMaxPct},
	}
	var out []dashboardFigure
	for w := earshot.WireAudioInput; w <= earshot.WireASDeviceToRWG; w++ {
		figures := network
		if w.Media() != earshot.MediaAudio {
			figures = append(slices.Clone(network), dashboardFigure{"resolution", 0, earshot.WidthPx}, dashboardFigure{"frame_rate (fps)", 0, earshot.FrameRateFPS})
		}
		for _, f := range figures {
			out = append(out, dashboardFigure{w.String() + " " + f.name, w, f.metric})
		}
	}
	for name, of := range map[earshot.Metric]string{
		earshot.CPUZoomMinPct: "zoom_min_cpu_usage (%)", earshot.CPUZoomAvgPct: "zoom_avg_cpu_usage (%)", earshot.CPUZoomMaxPct: "zoom_max_cpu_usage (%)",
		earshot.CPUSystemMaxPct: "system_max_cpu_usage (%)", earshot.PressureMin: "system_min_cpu_pressure_level", earshot.PressureAvg: "system_avg_cpu_pressure_level",
		earshot.PressureMax: "system_max_cpu_pressure_level", earshot.RSSIMinDBm: "min_rssi (dBm)", earshot.RSSIAvgDBm: "avg_rssi (dBm)", earshot.RSSIMaxDBm: "max_rssi (dBm)",
	} {
		wire, what := earshot.WireCPUUsage, "cpu_usage "
		if name >= earshot.RSSIMinDBm {
			wire, what = earshot.WireWifiRSSI, "wifi_rssi "
		}
		out = append(out, dashboardFigure{what + of, wire, name})
	}
	slices.SortStableFunc(out, func(a, b dashboardFigure) int {
		if a.wire != b.wire || a.wire <= earshot.WireASDeviceToRWG {
			return cmp.Compare(a.wire, b.wire)
		}
		return cmp.Compare(a.metric, b.metric)
	})
	return out
}

// deviceColumns are the fields of a participant in Zoom's Dashboard, by Zoom's names.
var deviceColumns = []struct {
	name string
	of   func(*earshot.DeviceSnapshot) string
}{
	{"device", func(d *earshot.DeviceSnapshot) string { return d.Device }},
	{"client", func(d *earshot.DeviceSnapshot) string { return d.Client }},
	{"version", func(d *earshot.DeviceSnapshot) string { return d.ClientVersion }},
	{"ip_address", func(d *earshot.DeviceSnapshot) string { return d.PublicIP }},
	{"internal_ip_addresses", func(d *earshot.DeviceSnapshot) string { return d.InternalIP }},
	{"location", func(d *earshot.DeviceSnapshot) string { return d.Location }},
	{"network_type", func(d *earshot.DeviceSnapshot) string { return d.NetworkType }},
	{"connection_type", func(d *earshot.DeviceSnapshot) string { return d.ConnectionType }},
	{"data_center", func(d *earshot.DeviceSnapshot) string { return d.DataCenter }},
	{"microphone", func(d *earshot.DeviceSnapshot) string { return d.Microphone }},
	{"speaker", func(d *earshot.DeviceSnapshot) string { return d.Speaker }},
	{"camera", func(d *earshot.DeviceSnapshot) string { return d.Camera }},
	{"pc_name", func(d *earshot.DeviceSnapshot) string { return d.PCName }},
	{"domain", func(d *earshot.DeviceSnapshot) string { return d.Domain }},
	{"mac_addr", func(d *earshot.DeviceSnapshot) string { return d.MAC }},
	{"harddisk_id", func(d *earshot.DeviceSnapshot) string { return d.DiskID }},
}

// participantColumns is the head of a participant's file: a row for each date_time that Zoom reported.
func participantColumns() []cell {
	head := []cell{"date_time", "meeting_uuid", "meeting_number", "topic", "user_id", "user_name", "email", "join_time", "leave_time", "leave_reason"}
	for _, c := range deviceColumns {
		head = append(head, cell(c.name))
	}
	for _, f := range dashboardFigures() {
		head = append(head, cell(f.name))
	}
	return append(head, "zoom_audio_quality", "zoom_video_quality", "zoom_as_quality", "earshot_grade", "earshot_reason", "earshot_cause")
}

func (a *API) csvParticipant(ctx context.Context, in *seriesInput) (string, func(context.Context, *table) error, error) {
	j, err := a.segment(ctx, in.ID.ID)
	if err != nil {
		return "", nil, err
	}
	s := j.segment
	from, to, err := in.within(segmentSpan(s, a.live.Watermark()))
	if err != nil {
		return "", nil, err
	}
	m, _, err := a.meeting(ctx, s.Meeting)
	if err != nil {
		return "", nil, err
	}
	figures := dashboardFigures()
	rows := func(ctx context.Context, t *table) error {
		for at := from; at < to; at += longestSeries {
			if err := a.csvReports(ctx, t, m, j, figures, at, min(at+longestSeries, to)); err != nil {
				return err
			}
		}
		return nil
	}
	return fileName("participant", timeOf(cmp.Or(s.Join, s.FirstReport)), s.ID, ".csv"), rows, nil
}

// csvReports writes the reports of a part of a segment, oldest first.
func (a *API) csvReports(ctx context.Context, t *table, m *earshot.Meeting, j *join, figures []dashboardFigure, from, to earshot.Instant) error {
	s := j.segment
	filter := facts.Filter{From: from, To: to, Account: s.Account, Meeting: s.Meeting, Segment: s.ID, Limit: maxSamples}
	samples, err := a.facts.Samples(ctx, filter)
	if err != nil {
		return fmt.Errorf("samples of segment %s: %w", s.ID, err)
	}
	filter.From = from.Minute()
	minutes, err := a.minutesOf(ctx, filter, s.ID)
	if err != nil {
		return fmt.Errorf("minutes of segment %s: %w", s.ID, err)
	}
	graded := make(map[earshot.Instant]*earshot.Minute)
	for i := range minutes[s.ID] {
		x := &minutes[s.ID][i].Minute
		graded[x.At] = x
	}
	for len(samples) > 0 {
		n := 1
		for n < len(samples) && samples[n].At == samples[0].At {
			n++
		}
		if err := t.row(reportCells(m, j, figures, samples[:n], graded[samples[0].At.Minute()])...); err != nil {
			return err
		}
		samples = samples[n:]
	}
	return nil
}

// reportCells is the row of the samples of one date_time.
func reportCells(m *earshot.Meeting, j *join, figures []dashboardFigure, samples []facts.Sample, graded *earshot.Minute) []cell {
	s, at := j.segment, samples[0].At
	email := ""
	if j.person != nil {
		email = j.person.Email
	}
	out := []cell{
		moment(timeOf(at)), text(m.UUID), text(m.Number), text(m.Topic), text(s.InMeetingID), text(j.name()), text(email),
		moment(timeOf(s.Join)), moment(timeOf(s.Leave)), text(s.LeaveReason),
	}
	device := cmp.Or(s.Device(at), &earshot.DeviceSnapshot{})
	for _, c := range deviceColumns {
		out = append(out, text(c.of(device)))
	}
	var byWire [earshot.WireCount]*facts.Sample
	for i := range samples {
		byWire[samples[i].Wire] = &samples[i]
	}
	for i := range figures {
		out = append(out, figures[i].of(byWire[figures[i].wire]))
	}
	for _, w := range [...]earshot.Wire{earshot.WireAudioQuality, earshot.WireVideoQuality, earshot.WireASQuality} {
		c := cell("")
		if q := byWire[w]; q != nil && q.Has(earshot.Quality) {
			c = word(earshot.Grade(q.V[earshot.Quality]))
		}
		out = append(out, c)
	}
	if graded == nil {
		return append(out, "", "", "")
	}
	reason := cell("")
	if r := reasonOf(graded.Reason, graded.Grade); r != nil {
		reason = text(r.Text)
	}
	return append(out, word(graded.Grade), reason, word(graded.Verdict.Cause))
}

// of is the figure's cell; "" where the report does not say it.
func (f *dashboardFigure) of(s *facts.Sample) cell {
	if s == nil || !s.Has(f.metric) {
		return ""
	}
	switch f.metric {
	case earshot.WidthPx:
		if !s.Has(earshot.HeightPx) {
			return ""
		}
		return cell(fmt.Sprintf("%.0f*%.0f", s.V[earshot.WidthPx], s.V[earshot.HeightPx]))
	case earshot.PressureMin, earshot.PressureAvg, earshot.PressureMax:
		return pressureWord(s.V[f.metric])
	}
	return metricCell(&s.Values, f.metric)
}

// pressureWord spells a pressure level as Zoom does.
func pressureWord(level float32) cell {
	words := strings.Fields("normal fair serious critical")
	if i := int(level) - 1; i >= 0 && i < len(words) {
		return cell(words[i])
	}
	return ""
}
