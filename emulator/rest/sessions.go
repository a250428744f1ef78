package rest

import (
	"net/http"

	"github.com/earshot/earshot"
	"github.com/earshot/earshot/emulator"
)

// sessions answers GET /videosdk/sessions.
func sessions(c *call) (int, any, *apiError) {
	typ, e := c.word("type", "past", "live")
	if e != nil {
		return 0, nil, e
	}
	from, to, e := c.recent(false)
	if e != nil {
		return 0, nil, e
	}
	name, key := c.q.Get("session_name"), c.q.Get("session_key")
	all := c.s.o.History.Select(earshot.KindSession, func(in *emulator.Instance) bool {
		there := in.Live()
		if typ == "past" {
			there = !in.Live() && !in.Start.Before(from) && in.Start.Before(to)
		}
		return c.ours(in.AccountID) && there && (name == "" || in.Topic == name) && (key == "" || in.SessionKey == key)
	})
	items, size, next, e := c.instancePage(all, c.sessionItem)
	if e != nil {
		return 0, nil, e
	}
	return http.StatusOK, object{
		"from", c.q.Get("from"), "to", c.q.Get("to"), "page_size", size, "next_page_token", next, "sessions", items,
	}, nil
}

func (c *call) sessionItem(in *emulator.Instance) object {
	t := traitsOf(in)
	return object{
		"id", in.UUID, "session_name", in.Topic, "start_time", stamp(in.Start), "end_time", when(!in.Live(), stamp(in.End)),
		"duration", duration(c.length(in)), "user_count", participants(in), "has_voip", t.voip, "has_video", t.video,
		"has_screen_share", t.share, "has_recording", false, "has_pstn", t.pstn, "session_key", in.SessionKey, "has_session_summary", false,
		"audio_quality", instanceQuality(in, 0), "video_quality", instanceQuality(in, 1), "screen_share_quality", instanceQuality(in, 2),
	}
}

// session answers GET /videosdk/sessions/{sessionId} with what the list has.
func session(c *call) (int, any, *apiError) {
	in, _, e := c.typed(earshot.KindSession, "past", "live")
	if e != nil {
		return 0, nil, e
	}
	return http.StatusOK, c.sessionItem(&in), nil
}

// sessionUsers answers GET /videosdk/sessions/{sessionId}/users.
func sessionUsers(c *call) (int, any, *apiError) {
	return sessionPage(c, 30, 300, func(m *emulator.Member) object {
		d, x := m.Data, extras(m)
		return object{
			"id", m.ID, "name", m.Name, "device", deviceOf(m), "ip_address", d.SignalingIP, "location", d.Location, "network_type", d.NetworkType,
			"microphone", d.Microphone, "speaker", d.Speaker, "camera", d.Camera, "data_center", d.DataCenter, "connection_type", d.ConnectionType,
			"join_time", stamp(m.Joined), "leave_time", when(!m.Left.IsZero(), stamp(m.Left)), "user_key", m.CustomerKey,
			"audio_call", audioCall(m), "participant_uuid", m.UUID, "client", d.Client, "os", x.os, "os_version", x.osVersion,
			"browser_name", x.browser, "browser_version", x.browserVersion, "audio_quality", memberQuality(m, 0),
			"video_quality", memberQuality(m, 1), "screen_share_quality", memberQuality(m, 2), "is_original_host", m.Host,
		}
	})
}

// sessionUsersQoS answers GET /videosdk/sessions/{sessionId}/users/qos.
func sessionUsersQoS(c *call) (int, any, *apiError) {
	return sessionPage(c, 1, 10, c.sessionUser)
}

// sessionUserQoS answers GET /videosdk/sessions/{sessionId}/users/{userId}/qos.
func sessionUserQoS(c *call) (int, any, *apiError) {
	in, _, e := c.typed(earshot.KindSession, "past", "live")
	if e != nil {
		return 0, nil, e
	}
	m := find1(&in, c.vars[1])
	if m == nil {
		return 0, nil, missing("User")
	}
	return http.StatusOK, c.sessionUser(m), nil
}

func (c *call) sessionUser(m *emulator.Member) object {
	d, x := m.Data, extras(m)
	return object{
		"id", m.ID, "name", m.Name, "device", deviceOf(m), "client", d.Client, "os", x.os, "os_version", x.osVersion,
		"browser_name", x.browser, "browser_version", x.browserVersion, "ip_address", d.SignalingIP, "location", d.Location,
		"network_type", d.NetworkType, "microphone", d.Microphone, "speaker", d.Speaker, "camera", d.Camera, "data_center", d.DataCenter,
		"connection_type", d.ConnectionType, "join_time", stamp(m.Joined), "leave_time", when(!m.Left.IsZero(), stamp(m.Left)),
		"user_key", m.CustomerKey, "is_original_host", m.Host, "user_qos", c.userQoS(m, false),
	}
}

// sessionPage answers with a page of a session's users.
func sessionPage(c *call, normal, most int, item func(*emulator.Member) object) (int, any, *apiError) {
	in, _, e := c.typed(earshot.KindSession, "past", "live")
	if e != nil {
		return 0, nil, e
	}
	items, size, next, e := itemsOf(c, membersOf(&in), memberSortKey, normal, most, item)
	if e != nil {
		return 0, nil, e
	}
	return http.StatusOK, object{"page_size", size, "next_page_token", next, "users", items}, nil
}
