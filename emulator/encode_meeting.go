package emulator

import (
	"strconv"

	"github.com/earshot/earshot"
)

// instanceHead is what lifecycle events say about a meeting, webinar or session.
type instanceHead struct {
	kind        earshot.Kind
	account     string
	uuid        string
	number      int64
	hostID      string
	topic       string
	typ         int
	start       earshot.Instant
	timezone    string
	durationMin int
	sessionKey  string
	breakout    string // uuid of the breakout room, or ""
}

// participantHead is who an event is about. Guests have no userID and no email.
type participantHead struct {
	id, parentID, uuid, name, userID, email, registrant, customerKey, phone string
	host                                                                    bool // sessions: is_original_host
}

// prefix is the family's part of an event name.
func (h *instanceHead) prefix() string { return h.kind.String() + "." }

// member is the word for somebody in an event name.
func (h *instanceHead) member() string {
	if h.kind == earshot.KindSession {
		return "user_"
	}
	return "participant_"
}

// lifecycle writes payload.object of a lifecycle event.
func (e *encoder) lifecycle(h *instanceHead) {
	if h.kind == earshot.KindSession {
		e.text("id", h.uuid)
		e.text("session_id", h.uuid)
		e.text("session_name", h.topic)
		e.text("session_key", h.sessionKey)
		return
	}
	e.text("id", strconv.FormatInt(h.number, 10))
	e.instance(h)
}

func (e *encoder) instance(h *instanceHead) {
	e.text("uuid", h.uuid)
	e.text("host_id", h.hostID)
	e.text("topic", h.topic)
	e.integer("type", int64(h.typ))
	e.at("start_time", h.start)
	e.text("timezone", h.timezone)
	e.integer("duration", int64(h.durationMin))
	e.optional("breakout_room_uuid", h.breakout)
}

func (e *encoder) started(h *instanceHead, ts earshot.Instant) []byte {
	e.begin(h.prefix()+"started", ts, h.account)
	e.lifecycle(h)
	if h.kind == earshot.KindSession {
		e.at("start_time", h.start)
	}
	return e.end()
}

func (e *encoder) ended(h *instanceHead, ts, end earshot.Instant) []byte {
	e.begin(h.prefix()+"ended", ts, h.account)
	e.lifecycle(h)
	if h.kind == earshot.KindSession {
		e.at("start_time", h.start)
	}
	e.at("end_time", end)
	if h.kind == earshot.KindWebinar {
		e.boolean("practice_session", false)
	}
	return e.end()
}

func (e *encoder) alert(h *instanceHead, ts earshot.Instant, issues []string) []byte {
	e.begin(h.prefix()+"alert", ts, h.account)
	if h.kind == earshot.KindSession {
		e.lifecycle(h)
		e.text("issues", issues[0]) // a string here, an array elsewhere
		return e.end()
	}
	if h.kind == earshot.KindMeeting {
		e.integer("id", h.number) // an integer here, text elsewhere
	} else {
		e.text("id", strconv.FormatInt(h.number, 10))
	}
	e.instance(h)
	e.array("issues")
	for _, issue := range issues {
		e.w.Str(issue)
	}
	e.w.ArrEnd()
	return e.end()
}

// joined writes *_joined or *_joined_breakout_room.
func (e *encoder) joined(h *instanceHead, p *participantHead, ts, at earshot.Instant) []byte {
	e.begin(h.prefix()+h.member()+"joined"+h.roomSuffix(), ts, h.account)
	e.lifecycle(h)
	e.who(h, p, func() { e.at("join_time", at) })
	return e.end()
}

// left writes *_left or *_left_breakout_room.
func (e *encoder) left(h *instanceHead, p *participantHead, ts, at earshot.Instant, reason string) []byte {
	e.begin(h.prefix()+h.member()+"left"+h.roomSuffix(), ts, h.account)
	e.lifecycle(h)
	e.who(h, p, func() {
		e.at("leave_time", at)
		e.text("leave_reason", p.name+" left the "+h.kind.String()+".<br>Reason: "+reason)
	})
	return e.end()
}

func (h *instanceHead) roomSuffix() string {
	if h.breakout != "" {
		return "_breakout_room"
	}
	return ""
}

// who writes the participant of a lifecycle event; when writes what the event adds.
func (e *encoder) who(h *instanceHead, p *participantHead, when func()) {
	if h.kind == earshot.KindSession {
		e.object("user")
		e.text("id", p.id)
		e.text("name", p.name)
		when()
		e.text("user_key", p.customerKey)
		e.text("participant_uuid", p.uuid)
		e.w.ObjEnd()
		return
	}
	e.object("participant")
	e.text("user_id", p.id)
	e.text("user_name", p.name)
	e.text("id", p.userID)
	e.text("participant_uuid", p.uuid)
	when()
	e.text("email", p.email)
	e.optional("registrant_id", p.registrant)
	e.text("participant_user_id", p.userID)
	e.optional("customer_key", p.customerKey)
	e.optional("parent_user_id", p.parentID)
	e.optional("phone_number", p.phone)
	e.w.ObjEnd()
}

// bind says that the audio of p comes over the telephone leg.
func (e *encoder) bind(h *instanceHead, p, leg *participantHead, ts, at earshot.Instant) []byte {
	e.begin(h.prefix()+"participant_bind", ts, h.account)
	e.lifecycle(h)
	e.object("participant")
	e.text("user_id", p.id)
	e.text("user_name", p.name)
	e.text("id", p.userID)
	e.text("participant_uuid", p.uuid)
	e.text("email", p.email)
	e.optional("registrant_id", p.registrant)
	e.text("participant_user_id", p.userID)
	e.text("bind_user_id", leg.id)
	e.text("bind_participant_uuid", leg.uuid)
	e.at("date_time", at)
	e.w.ObjEnd()
	return e.end()
}

// qosEvent writes *_qos. Only the uuid tells which meeting it belongs to.
func (e *encoder) qosEvent(h *instanceHead, p *participantHead, ts earshot.Instant, r *report) []byte {
	e.begin(h.prefix()+h.member()+"qos", ts, h.account)
	if h.kind == earshot.KindSession {
		e.sessionUser(h, p)
	} else {
		e.text("uuid", h.qosUUID())
		e.object("participant")
		e.text("user_id", p.id)
		e.text("participant_user_id", p.userID)
		e.text("email", p.email)
	}
	e.qos(r)
	e.w.ObjEnd()
	return e.end()
}

// qosUUID is the uuid under which QSS reports: a breakout room has its own.
func (h *instanceHead) qosUUID() string {
	if h.breakout != "" {
		return h.breakout
	}
	return h.uuid
}

func (e *encoder) sessionUser(h *instanceHead, p *participantHead) {
	e.text("session_id", h.uuid)
	e.text("session_name", h.topic)
	e.text("session_key", h.sessionKey)
	e.object("user")
	e.text("id", p.id)
	e.text("name", p.name)
	e.text("user_key", p.customerKey)
	e.boolean("is_original_host", p.host)
}

// qosSummaryEvent writes *_qos_summary.
func (e *encoder) qosSummaryEvent(h *instanceHead, p *participantHead, ts earshot.Instant, s *summary) []byte {
	e.begin(h.prefix()+h.member()+"qos_summary", ts, h.account)
	if h.kind == earshot.KindSession {
		e.sessionUser(h, p)
	} else {
		e.text("uuid", h.qosUUID())
		if p.userID != "" { // Zoom's example for guests has no meeting number
			e.text("id", strconv.FormatInt(h.number, 10))
		}
		e.object("participant")
		e.text("participant_id", p.id)
		e.text("user_name", p.name)
		e.text("id", p.userID)
		e.text("email", p.email)
	}
	e.qosSummary(s)
	e.w.ObjEnd()
	return e.end()
}

// dataEntry is one element of a data array, in Zoom's order. Real-time events leave out what did not change; an entry
// with full set writes empty fields too.
type dataEntry struct {
	full                                                           bool
	device, location, networkType, microphone, speaker, camera     string
	dataCentre, connectionType, pcName, domain, mac, disk, version string
	public, internal                                               string
	signalPort, audioPort, videoPort, sharePort                    string
	destination, destinationPort                                   string
	detail, client                                                 string // summaries of meetings and sessions only
}

// dataEvent writes *_data; with no entry, the array is empty, which happens in life.
func (e *encoder) dataEvent(h *instanceHead, p *participantHead, ts earshot.Instant, d *dataEntry) []byte {
	e.begin(h.prefix()+h.member()+"data", ts, h.account)
	e.dataHead(h, p, false)
	e.array("data")
	if d != nil {
		e.data(d, false)
	}
	e.w.ArrEnd()
	e.w.ObjEnd()
	return e.end()
}

// dataSummaryEvent writes *_data_summary.
func (e *encoder) dataSummaryEvent(h *instanceHead, p *participantHead, ts earshot.Instant, d *dataEntry) []byte {
	e.begin(h.prefix()+h.member()+"data_summary", ts, h.account)
	e.dataHead(h, p, true)
	e.array("data")
	e.data(d, h.kind != earshot.KindWebinar)
	e.w.ArrEnd()
	e.w.ObjEnd()
	return e.end()
}

func (e *encoder) dataHead(h *instanceHead, p *participantHead, summary bool) {
	if h.kind == earshot.KindSession {
		e.sessionUser(h, p)
		return
	}
	e.text("uuid", h.qosUUID())
	if summary && h.kind == earshot.KindMeeting {
		e.text("id", strconv.FormatInt(h.number, 10))
	}
	e.object("participant")
	e.text("participant_id", p.id)
	e.text("participant_user_id", p.userID)
	e.text("email", p.email)
}

func (e *encoder) data(d *dataEntry, detail bool) {
	put := e.optional
	if d.full {
		put = e.text
	}
	e.w.ObjStart()
	put("device", d.device)
	put("location", d.location)
	put("network_type", d.networkType)
	put("microphone", d.microphone)
	put("speaker", d.speaker)
	put("camera", d.camera)
	put("data_center", d.dataCentre)
	put("connection_type", d.connectionType)
	put("pc_name", d.pcName)
	put("domain", d.domain)
	put("mac_addr", d.mac)
	put("harddisk_id", d.disk)
	put("version", d.version)
	put("signaling_ip_address", d.public)
	put("signaling_internal_ip_address", d.internal)
	put("signaling_internal_ip_port", d.signalPort)
	put("audio_internal_ip_address", d.internal)
	put("audio_internal_ip_port", d.audioPort)
	put("video_internal_ip_address", d.internal)
	put("video_internal_ip_port", d.videoPort)
	put("as_internal_ip_address", d.internal)
	put("as_internal_ip_port", d.sharePort)
	put("destination_ip_domain", d.destination)
	put("destination_ip_port", d.destinationPort)
	if detail {
		put("device_detail", d.detail)
		put("client", d.client)
	}
	e.w.ObjEnd()
}
