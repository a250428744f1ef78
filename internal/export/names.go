package export

import (
	"slices"

	"github.com/earshot/earshot"
)

// Metric is the index of a number's name in [Metrics].
type Metric uint8

// The metrics of minutes, summaries and incidents. Those of samples are [SampleMetric].
const (
	CallDelay Metric = earshot.MetricCount + iota
	CallMOS
	MinuteGrade
	MinuteStreamGrade
	MinuteReports
	SummaryBitrateMin
	SummaryBitrateAvg
	SummaryBitrateMax
	SummaryLatencyMin
	SummaryLatencyAvg
	SummaryLatencyMax
	SummaryJitterMin
	SummaryJitterAvg
	SummaryJitterMax
	SummaryLossMin
	SummaryLossAvg
	SummaryLossMax
	SummaryFrameRateMin
	SummaryFrameRateAvg
	SummaryFrameRateMax
	SummaryRSSIMin
	SummaryRSSIAvg
	SummaryRSSIMax
	IncidentPeople
	IncidentMinutes
	IncidentSeverity
	IncidentConfidence

	metricCount
)

// Definition says what a metric is. Units are UCUM's, as OpenTelemetry wants them. What has none has an annotation in
// braces: of "1" Prometheus makes a ratio.
type Definition struct{ Name, Unit, About string }

// definitions follow OpenTelemetry's rules for names. There is no semantic convention for the quality of calls (v1.43), so the
// namespace is Earshot's own.
var definitions = [metricCount]Definition{
	earshot.BitrateKbps:     {"zoom.qos.bitrate", "kbit/s", "Bitrate of a stream."},
	earshot.LatencyMs:       {"zoom.qos.latency", "ms", "Latency of a stream, round-trip-like."},
	earshot.JitterMs:        {"zoom.qos.jitter", "ms", "Jitter of a stream."},
	earshot.LossAvgPct:      {"zoom.qos.loss.average", "%", "Average packet loss of a stream."},
	earshot.LossMaxPct:      {"zoom.qos.loss.maximum", "%", "Greatest packet loss of a stream."},
	earshot.WidthPx:         {"zoom.qos.frame.width", "{pixel}", "Width of the picture."},
	earshot.HeightPx:        {"zoom.qos.frame.height", "{pixel}", "Height of the picture."},
	earshot.FrameRateFPS:    {"zoom.qos.frame.rate", "{frame}/s", "Pictures a second."},
	earshot.CPUZoomMinPct:   {"zoom.qos.cpu.zoom.minimum", "%", "Least processor time of the Zoom client."},
	earshot.CPUZoomAvgPct:   {"zoom.qos.cpu.zoom.average", "%", "Average processor time of the Zoom client."},
	earshot.CPUZoomMaxPct:   {"zoom.qos.cpu.zoom.maximum", "%", "Greatest processor time of the Zoom client."},
	earshot.CPUSystemMaxPct: {"zoom.qos.cpu.system.maximum", "%", "Greatest processor time of the whole computer."},
	earshot.PressureMin:     {"zoom.qos.cpu.pressure.minimum", "{level}", "Least pressure on the processor, 1 (normal) to 4 (critical)."},
	earshot.PressureAvg:     {"zoom.qos.cpu.pressure.average", "{level}", "Average pressure on the processor, 1 (normal) to 4 (critical)."},
	earshot.PressureMax:     {"zoom.qos.cpu.pressure.maximum", "{level}", "Greatest pressure on the processor, 1 (normal) to 4 (critical)."},
	earshot.Quality:         {"zoom.qos.zoom.quality", "{level}", "Zoom's own verdict, 1 (good) to 4 (bad)."},
	earshot.QualityScore:    {"zoom.qos.zoom.score", "{score}", "Zoom's own score, 1 (worst) to 5 (best)."},
	earshot.RSSIMinDBm:      {"zoom.qos.wifi.rssi.minimum", "dBm", "Least signal of the Wi-Fi."},
	earshot.RSSIAvgDBm:      {"zoom.qos.wifi.rssi.average", "dBm", "Average signal of the Wi-Fi."},
	earshot.RSSIMaxDBm:      {"zoom.qos.wifi.rssi.maximum", "dBm", "Greatest signal of the Wi-Fi."},
	CallDelay:               {"zoom.qos.call.delay", "ms", "Network delay of a telephone call, as Zoom says it."},
	CallMOS:                 {"zoom.qos.call.mos", "{score}", "Mean opinion score of a telephone call, 1 to 5, as Zoom says it."},
	MinuteGrade:             {"zoom.qos.minute.grade", "{grade}", "Grade of a participant-minute: 0 unclassified, 1 good, 2 fair, 3 poor, 4 bad."},
	MinuteStreamGrade:       {"zoom.qos.minute.stream.grade", "{grade}", "Grade of one medium and direction within a participant-minute, 1 to 4; left out where there is none."},
	MinuteReports:           {"zoom.qos.minute.reports", "{report}", "Reports from Zoom that the minute is made of."},
	SummaryBitrateMin:       {"zoom.qos.summary.bitrate.minimum", "kbit/s", "Least bitrate over a participant's stay, as Zoom sums up."},
	SummaryBitrateAvg:       {"zoom.qos.summary.bitrate.average", "kbit/s", "Average bitrate over a participant's stay."},
	SummaryBitrateMax:       {"zoom.qos.summary.bitrate.maximum", "kbit/s", "Greatest bitrate over a participant's stay."},
	SummaryLatencyMin:       {"zoom.qos.summary.latency.minimum", "ms", "Least latency over a participant's stay."},
	SummaryLatencyAvg:       {"zoom.qos.summary.latency.average", "ms", "Average latency over a participant's stay."},
	SummaryLatencyMax:       {"zoom.qos.summary.latency.maximum", "ms", "Greatest latency over a participant's stay."},
	SummaryJitterMin:        {"zoom.qos.summary.jitter.minimum", "ms", "Least jitter over a participant's stay."},
	SummaryJitterAvg:        {"zoom.qos.summary.jitter.average", "ms", "Average jitter over a participant's stay."},
	SummaryJitterMax:        {"zoom.qos.summary.jitter.maximum", "ms", "Greatest jitter over a participant's stay."},
	SummaryLossMin:          {"zoom.qos.summary.loss.minimum", "%", "Least packet loss over a participant's stay."},
	SummaryLossAvg:          {"zoom.qos.summary.loss.average", "%", "Average packet loss over a participant's stay."},
	SummaryLossMax:          {"zoom.qos.summary.loss.maximum", "%", "Greatest packet loss over a participant's stay."},
	SummaryFrameRateMin:     {"zoom.qos.summary.frame.rate.minimum", "{frame}/s", "Fewest pictures a second over a participant's stay."},
	SummaryFrameRateAvg:     {"zoom.qos.summary.frame.rate.average", "{frame}/s", "Average pictures a second over a participant's stay."},
	SummaryFrameRateMax:     {"zoom.qos.summary.frame.rate.maximum", "{frame}/s", "Most pictures a second over a participant's stay."},
	SummaryRSSIMin:          {"zoom.qos.summary.wifi.rssi.minimum", "dBm", "Least signal of the Wi-Fi over a participant's stay."},
	SummaryRSSIAvg:          {"zoom.qos.summary.wifi.rssi.average", "dBm", "Average signal of the Wi-Fi over a participant's stay."},
	SummaryRSSIMax:          {"zoom.qos.summary.wifi.rssi.maximum", "dBm", "Greatest signal of the Wi-Fi over a participant's stay."},
	IncidentPeople:          {"zoom.qos.incident.people", "{person}", "People who had a bad minute because of an incident."},
	IncidentMinutes:         {"zoom.qos.incident.minutes", "{minute}", "Bad participant-minutes of an incident."},
	IncidentSeverity:        {"zoom.qos.incident.severity", "{level}", "Severity of an incident: 1 minor, 2 major, 3 critical."},
	IncidentConfidence:      {"zoom.qos.incident.confidence", "%", "Confidence in the cause of an incident."},
}

// SampleMetric returns the name under which a number of a sample leaves.
func SampleMetric(m earshot.Metric) Metric { return Metric(m) }

// Name returns the metric's name.
func (m Metric) Name() string { return definitions[m].Name }

// Unit returns the metric's unit, in UCUM.
func (m Metric) Unit() string { return definitions[m].Unit }

// The names of attributes. Where OpenTelemetry has a convention it is followed (enduser, network.connection.type).
const (
	attrAccount       = "zoom.account.id"
	attrEvent         = "zoom.event.name"
	attrMeeting       = "zoom.meeting.uuid"
	attrMeetingID     = "earshot.meeting.id"
	attrMeetingNumber = "zoom.meeting.number"
	attrMeetingTopic  = "zoom.meeting.topic"
	attrKind          = "zoom.meeting.kind"
	attrParticipant   = "zoom.participant.id"
	attrSegmentID     = "earshot.segment.id"
	attrPersonID      = "earshot.person.id"
	attrUserID        = "enduser.id"
	attrUserName      = "enduser.name"
	attrUserEmail     = "enduser.email"
	attrStream        = "zoom.stream"
	attrMedia         = "zoom.media"
	attrDirection     = "zoom.direction"
	attrPeer          = "zoom.peer"
	attrCall          = "zoom.call.id"
	attrSide          = "zoom.call.side"
	attrSite          = "earshot.site"
	attrNetworkType   = "network.connection.type"
	attrTransport     = "network.transport"
	attrDataCenter    = "zoom.data_center"
	attrClientVersion = "zoom.client.version"
	attrDeviceClass   = "device.class"
	attrISP           = "earshot.isp"
	attrGrade         = "earshot.grade"
	attrWhy           = "earshot.grade.why"
	attrMetric        = "earshot.grade.metric"
	attrCause         = "earshot.cause"
	attrIncidentID    = "earshot.incident.id"
	attrState         = "earshot.incident.state"
	attrSeverity      = "earshot.incident.severity"
	attrScope         = "earshot.incident.scope"
	attrCell          = "earshot.incident.cell"
	attrStart         = "earshot.incident.start"
	attrEnd           = "earshot.incident.end"
)

// attributes are all of them with what they say and which kinds have them.
var attributes = []struct {
	key, about string
	kinds      []Kind
}{
	{attrAccount, "Zoom's id of the account.", []Kind{KindEvent, KindSample, KindMinute, KindSummary}},
	{attrEvent, "The event's name, as Zoom has it.", []Kind{KindEvent, KindSample}},
	{attrMeeting, "The meeting's uuid.", []Kind{KindSample, KindMinute, KindSummary}},
	{attrMeetingID, "Earshot's id of the meeting: it stands in addresses of its pages.", []Kind{KindMinute, KindSummary}},
	{attrMeetingNumber, "The number of the meeting's series.", []Kind{KindMinute, KindSummary}},
	{attrMeetingTopic, "The meeting's topic (redact.names).", []Kind{KindMinute, KindSummary}},
	{attrKind, "meeting, webinar or session.", []Kind{KindSample, KindMinute}},
	{attrParticipant, "The participant's id within the meeting; a rejoin is a new one.", []Kind{KindSample}},
	{attrSegmentID, "Earshot's id of the stay: one join of one person.", []Kind{KindMinute, KindSummary}},
	{attrPersonID, "Earshot's id of the person, across joins and meetings.", []Kind{KindMinute, KindSummary}},
	{attrUserID, "Zoom's id of the user.", []Kind{KindSample, KindMinute, KindSummary}},
	{attrUserName, "The person's display name (redact.names).", []Kind{KindMinute, KindSummary}},
	{attrUserEmail, "The person's e-mail address (redact.emails).", []Kind{KindSample, KindMinute, KindSummary}},
	{attrStream, "The type of the report, as Zoom has it: audio_input, cpu_usage.", []Kind{KindSample, KindSummary}},
	{attrMedia, "audio, video or share.", []Kind{KindSample, KindMinute, KindSummary}},
	{attrDirection, "send or receive, seen from the participant.", []Kind{KindSample, KindMinute}},
	{attrPeer, "The other end of the stream: client, crc or rwg.", []Kind{KindSample}},
	{attrCall, "Zoom's id of the telephone call.", []Kind{KindSample}},
	{attrSide, "caller or callee.", []Kind{KindSample}},
	{attrSite, "The site's name; of an address without a site, its public prefix (redact.addresses).", []Kind{KindMinute, KindIncident}},
	{attrNetworkType, "Wired, Wifi, Cellular, as Zoom spells them.", []Kind{KindSample, KindMinute}},
	{attrTransport, "UDP, TCP, SSL, as Zoom spells them.", []Kind{KindMinute}},
	{attrDataCenter, "Zoom's data centre.", []Kind{KindMinute}},
	{attrClientVersion, "The version of the Zoom client.", []Kind{KindMinute}},
	{attrDeviceClass, "Windows, Mac, iOS, as Zoom spells them.", []Kind{KindMinute}},
	{attrISP, "The carrier.", []Kind{KindMinute}},
	{attrGrade, "good, fair, poor, bad or unclassified.", []Kind{KindMinute}},
	{attrWhy, "Why a minute is unclassified.", []Kind{KindMinute}},
	{attrMetric, "The metric that decided the grade.", []Kind{KindMinute}},
	{attrCause, "The cause of a bad minute or of an incident.", []Kind{KindMinute, KindIncident}},
	{attrIncidentID, "Earshot's id of the incident.", []Kind{KindIncident}},
	{attrState, "open, quiet, closed, no-data or merged.", []Kind{KindIncident}},
	{attrSeverity, "minor, major or critical.", []Kind{KindIncident}},
	{attrScope, "What kind of group has the trouble: subnet, site, isp, data-center.", []Kind{KindIncident}},
	{attrCell, "Which group (redact.addresses where it is a subnet).", []Kind{KindIncident}},
	{attrStart, "When the incident began, RFC 3339.", []Kind{KindIncident}},
	{attrEnd, "When it ended; left out while it lasts.", []Kind{KindIncident}},
}

// KeysOf returns the keys that attributes and values of a kind may have in [Record.JSON]. Values of samples are not told apart by stream.
func KeysOf(k Kind) (keys, values []string) {
	for _, a := range attributes {
		stream := k == KindMinute && (a.key == attrMedia || a.key == attrDirection) // of its grades by stream: see Value
		if slices.Contains(a.kinds, k) && !stream {
			keys = append(keys, a.key)
		}
	}
	for _, m := range metricsOf(k) {
		if m != MinuteStreamGrade {
			values = append(values, m.Name())
			continue
		}
		for _, media := range streamMedia {
			for _, direction := range streamDirections {
				v := Value{Metric: m, Media: media, Direction: direction}
				values = append(values, v.key())
			}
		}
	}
	return keys, values
}

// The streams of a minute that have grades.
var (
	streamMedia      = []earshot.Media{earshot.MediaAudio, earshot.MediaVideo, earshot.MediaShare}
	streamDirections = []earshot.Direction{earshot.DirectionSend, earshot.DirectionReceive}
)

// metricsOf are those that records of a kind may have.
func metricsOf(k Kind) []Metric {
	from, to := Metric(0), Metric(0)
	switch k {
	case KindSample:
		to = MinuteGrade
	case KindMinute:
		from, to = MinuteGrade, SummaryBitrateMin
	case KindSummary:
		from, to = SummaryBitrateMin, IncidentPeople
	case KindIncident:
		from, to = IncidentPeople, metricCount
	}
	var all []Metric
	for m := from; m < to; m++ {
		all = append(all, m)
	}
	if k == KindSummary {
		for m := range Metric(earshot.MetricCount) {
			all = append(all, m)
		}
	}
	return all
}
