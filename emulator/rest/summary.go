package rest

import (
	"net/http"

	"github.com/earshot/earshot"
	"github.com/earshot/earshot/emulator"
	"github.com/earshot/earshot/zoom"
)

// summaries answers GET …/participants/qos_summary and …/users/qos_summary: of past instances only, in a number style of their
// own: "27.15kbps", "126 ms", "0ms"; the Video SDK has "27.15 Kbps" and "0 ms".
func summaries(kind earshot.Kind) handler {
	return func(c *call) (int, any, *apiError) {
		if c.s.o.NoQSS {
			return 0, nil, fail(http.StatusBadRequest, 200, "Event subscription not found. Subscribe to the Webinar Participant QoS Summary event in your Marketplace app to get access to this API.")
		}
		in, e := c.resolve(kind, c.vars[0])
		if e != nil && e.Code != 3001 {
			return 0, nil, e
		}
		if e != nil || in.Live() {
			return 0, nil, unavailable()
		}
		var all []*emulator.Member
		for _, m := range membersOf(&in) {
			if m.Summary != nil {
				all = append(all, m)
			}
		}
		word, item := "participants", memberSummary
		if kind == earshot.KindSession {
			word, item = "users", userSummary
		}
		items, size, next, e := itemsOf(c, all, memberSortKey, 1, 10, item)
		if e != nil {
			return 0, nil, e
		}
		return http.StatusOK, object{"next_page_token", next, "page_size", size, word, items}, nil
	}
}

func memberSummary(m *emulator.Member) object {
	return object{"id", m.UserID, "participant_id", m.ID, "user_name", m.Name, "email", m.Email, "qos", summaryQoS(m, false)}
}

func userSummary(m *emulator.Member) object {
	return object{"id", m.ID, "name", m.Name, "user_key", m.CustomerKey, "qos", summaryQoS(m, true)}
}

// summaryQoS reads the summary notification again. Qualities, signal strength and notes are not in the REST form.
func summaryQoS(m *emulator.Member, sdk bool) []object {
	list := []object{}
	var dec zoom.Decoder
	var ev zoom.Event
	if dec.Decode(m.Summary, &ev) != nil {
		return list
	}
	for i := range ev.QoS {
		q := &ev.QoS[i]
		w := earshot.ParseWire(q.Type)
		switch {
		case w.IsStream():
			list = append(list, object{"type", q.Type, "details", streamSummary(m, w, &q.Details, sdk)})
		case w == earshot.WireCPUUsage:
			d := &q.Details
			percent := func(v zoom.Quantity) string { return whole(v.Value) + "%" }
			list = append(list, object{"type", q.Type, "details", object{
				"zoom_min_cpu_usage", percent(d.ZoomMinCPU), "zoom_avg_cpu_usage", percent(d.ZoomAvgCPU),
				"zoom_max_cpu_usage", percent(d.ZoomMaxCPU), "system_max_cpu_usage", percent(d.SystemMaxCPU),
			}})
		}
	}
	return list
}

func streamSummary(m *emulator.Member, w earshot.Wire, d *zoom.Details, sdk bool) object {
	rate, brief := "kbps", "ms"
	if sdk {
		rate, brief = " Kbps", " ms"
	}
	x := fraction(m.UUID, w.String())
	kbps := func(q zoom.Quantity) string { return decimals(q.Value+x) + rate }
	ms := func(q zoom.Quantity) string { return whole(q.Value) + " ms" }
	jitter := func(q zoom.Quantity) string { return whole(q.Value) + brief }
	loss := func(q zoom.Quantity) string { return oneDecimal(q.Value) + "%" }
	fps := func(q zoom.Quantity) string { return whole(q.Value) + " fps" }
	o := object{
		"min_bitrate", kbps(d.MinBitrate), "avg_bitrate", kbps(d.AvgBitrate), "max_bitrate", kbps(d.MaxBitrate),
		"min_latency", ms(d.MinLatency), "avg_latency", ms(d.AvgLatency), "max_latency", ms(d.MaxLatency),
		"min_jitter", jitter(d.MinJitter), "avg_jitter", jitter(d.AvgJitter), "max_jitter", jitter(d.MaxJitter),
		"min_loss", loss(d.MinLoss), "avg_loss", loss(d.AvgLoss), "max_loss", loss(d.MaxLoss),
	}
	if w.Media() == earshot.MediaAudio {
		return o
	}
	resolution := ""
	if d.Width.Present {
		resolution = pixels(int(d.Width.Value), int(d.Height.Value))
	}
	return append(o, "resolution", resolution, "min_frame_rate", fps(d.MinFrameRate), "avg_frame_rate", fps(d.AvgFrameRate), "max_frame_rate", fps(d.MaxFrameRate))
}
