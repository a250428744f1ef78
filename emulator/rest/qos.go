package rest

import (
	"net/http"
	"strconv"

	"github.com/earshot/earshot"
	"github.com/earshot/earshot/emulator"
)

// participantsQoS answers GET …/participants/qos: at most ten participants a page, one by default.
func participantsQoS(kind earshot.Kind) handler {
	return func(c *call) (int, any, *apiError) {
		in, _, e := c.typed(kind, "live", "past")
		if e != nil {
			return 0, nil, e
		}
		all := membersOf(&in)
		items, size, next, e := itemsOf(c, all, memberSortKey, 1, 10, func(m *emulator.Member) object { return c.withQoS(&in, m) })
		if e != nil {
			return 0, nil, e
		}
		return http.StatusOK, object{
			"next_page_token", next, "page_count", pages(len(all), size), "page_size", size, "total_records", len(all),
			numberKey(kind), numberOf(&in), "participants", items,
		}, nil
	}
}

// participantQoS answers GET …/participants/{participantId}/qos; the id is the in-meeting one.
func participantQoS(kind earshot.Kind) handler {
	return func(c *call) (int, any, *apiError) {
		in, _, e := c.typed(kind, "live", "past")
		if e != nil {
			return 0, nil, e
		}
		m := find1(&in, c.vars[1])
		if m == nil {
			return 0, nil, missing("Participant")
		}
		one := c.withQoS(&in, m)
		if kind == earshot.KindMeeting {
			one = append(one, "microphone", m.Data.Microphone, "speaker", m.Data.Speaker, "camera", m.Data.Camera)
		}
		return http.StatusOK, append(one, numberKey(kind), numberOf(&in)), nil
	}
}

// find1 returns a participant by the in-meeting id.
func find1(in *emulator.Instance, id string) *emulator.Member {
	for _, m := range in.Members {
		if m.ID == id {
			return m
		}
	}
	return nil
}

// withQoS is a participant with every report.
func (c *call) withQoS(in *emulator.Instance, m *emulator.Member) object {
	d, x := m.Data, extras(m)
	health, issues := healthOf(m)
	return object{
		"id", m.UserID, "device", deviceOf(m), "client", d.Client, "domain", d.Domain, "harddisk_id", d.DiskID, "internal_ip_addresses", x.internal,
		"ip_address", d.SignalingIP, "join_time", stamp(m.Joined), "leave_time", when(!m.Left.IsZero(), stamp(m.Left)), "location", d.Location,
		"mac_addr", restMAC(d.MAC), "pc_name", d.PCName, "user_id", m.ID, "user_name", m.Name, "user_qos", c.userQoS(m, true),
		"version", d.Version, "os", x.os, "os_version", x.osVersion, "browser_name", x.browser, "browser_version", x.browserVersion,
		"video_connection_type", d.ConnectionType, "as_connection_type", d.ConnectionType, "participant_uuid", m.UUID,
		"network_type", d.NetworkType, "data_center", d.DataCenter, "full_data_center", x.fullCentre, "connection_type", d.ConnectionType,
		"share_application", false, "share_desktop", m.Share, "share_whiteboard", false, "recording", false, "device_name", "",
		"groupId", groupID(in), "has_archiving", false, "optional_archiving", "no optional archiving", "health", health,
		"total_jointime_cost", when(in.Kind == earshot.KindMeeting, joinCost(m.UUID)), "zoom_thin_client_plugin_version", "",
		"email", m.Email, "issue_list", issues,
	}
}

// healthOf derives health and issue_list, whose rules Zoom does not publish, from the scores and the processor: any medium below
// "fair" is an issue and a warning, one below "poor" is critical.
func healthOf(m *emulator.Member) (health string, issues []string) {
	health, issues = "Good", []string{}
	for i, name := range []string{"audio", "video", "screen_share"} {
		score, ok := m.Score(i)
		if !ok || score >= 3 {
			continue
		}
		issues = append(issues, name)
		if score < 2 {
			health = "Critical"
		} else if health == "Good" {
			health = "Warning"
		}
	}
	busy := 0
	for _, r := range m.Reports {
		if r.CPU != nil && r.CPU.SystemMax > 95 {
			busy++
		}
	}
	if busy > 0 && busy*5 >= len(m.Reports) {
		issues = append(issues, "cpu")
		if health == "Good" {
			health = "Warning"
		}
	}
	return health, issues
}

// userQoS writes every report as an object per stream. gateways adds the Cloud Room Connector's, which the Video SDK has not.
func (c *call) userQoS(m *emulator.Member, gateways bool) []object {
	list := make([]object, 0, len(m.Reports))
	for i := range m.Reports {
		list = append(list, c.minute(m, &m.Reports[i], gateways))
	}
	return list
}

// The streams in the order of Zoom's examples; the fixed keys come after the eighth.
var (
	streamsBefore = []earshot.Wire{
		earshot.WireASDeviceFromCRC, earshot.WireASDeviceToCRC, earshot.WireASInput, earshot.WireASOutput,
		earshot.WireAudioDeviceFromCRC, earshot.WireAudioDeviceToCRC, earshot.WireAudioInput, earshot.WireAudioOutput,
	}
	streamsAfter = []earshot.Wire{
		earshot.WireVideoDeviceFromCRC, earshot.WireVideoDeviceToCRC, earshot.WireVideoInput, earshot.WireVideoOutput,
		earshot.WireASDeviceFromRWG, earshot.WireASDeviceToRWG, earshot.WireAudioDeviceFromRWG, earshot.WireAudioDeviceToRWG,
		earshot.WireVideoDeviceFromRWG, earshot.WireVideoDeviceToRWG,
	}
)

var pressureWords = [...]string{"", "normal", "fair", "serious", "critical"}

func (c *call) minute(m *emulator.Member, r *emulator.MinuteReport, gateways bool) object {
	var o object
	put := func(list []earshot.Wire) {
		for _, w := range list {
			if gateways || w.Peer() != earshot.PeerCRC {
				o = append(o, w.String(), c.stream(m, r, w))
			}
		}
	}
	put(streamsBefore)
	cpu := object{"system_max_cpu_usage", "", "zoom_avg_cpu_usage", "", "zoom_max_cpu_usage", "", "zoom_min_cpu_usage", ""}
	var level [3]string
	if p := r.CPU; p != nil {
		percent := func(v float32) string { return whole(float64(v)) + "%" }
		cpu = object{"system_max_cpu_usage", percent(p.SystemMax), "zoom_avg_cpu_usage", percent(p.ZoomAvg),
			"zoom_max_cpu_usage", percent(p.ZoomMax), "zoom_min_cpu_usage", percent(p.ZoomMin)}
		for i, l := range p.Pressure {
			if int(l) < len(pressureWords) {
				level[i] = pressureWords[l]
			}
		}
	}
	o = append(o, "cpu_usage", cpu, "cpu_pressure_level", object{
		"system_min_cpu_pressure_level", level[0], "system_avg_cpu_pressure_level", level[1], "system_max_cpu_pressure_level", level[2],
	}, "date_time", stamp(r.At))
	put(streamsAfter)
	if r.RSSI != nil {
		o = append(o, "wifi_rssi", object{"max_rssi", r.RSSI[2], "avg_rssi", r.RSSI[1], "min_rssi", r.RSSI[0], "rssi_unit", "dBm"})
	}
	return o
}

// swapped exchanges input and output of audio and video.
func swapped(w earshot.Wire) earshot.Wire {
	switch w {
	case earshot.WireAudioInput:
		return earshot.WireAudioOutput
	case earshot.WireAudioOutput:
		return earshot.WireAudioInput
	case earshot.WireVideoInput:
		return earshot.WireVideoOutput
	case earshot.WireVideoOutput:
		return earshot.WireVideoInput
	}
	return w
}

// stream is one stream of one report; an idle one has empty texts, and idle sharing "0*0".
func (c *call) stream(m *emulator.Member, r *emulator.MinuteReport, w earshot.Wire) object {
	from := w
	if c.s.o.SwapInput {
		from = swapped(w)
	}
	picture := w.Media() != earshot.MediaAudio
	for i := range r.Streams {
		if s := &r.Streams[i]; s.Wire == from {
			x := fraction(m.UUID, strconv.FormatInt(r.At.Unix(), 10), from.String())
			return object{
				"avg_loss", lossText(float64(s.AvgLossPercent), x), "bitrate", decimals(float64(s.Kbps)+x) + " kbps",
				"jitter", whole(float64(s.JitterMs)) + " ms", "latency", whole(float64(s.LatencyMs)) + " ms",
				"max_loss", lossText(float64(s.MaxLossPercent), max(x, .5)),
				"frame_rate", when(picture, whole(float64(s.FPS))+" fps"), "resolution", when(picture, pixels(s.Width, s.Height)),
			}
		}
	}
	resolution := ""
	if w == earshot.WireASInput {
		resolution = "0*0"
	}
	return object{
		"avg_loss", "", "bitrate", "", "jitter", "", "latency", "", "max_loss", "", "frame_rate", when(picture, ""), "resolution", when(picture, resolution),
	}
}
