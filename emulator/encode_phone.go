package emulator

import (
	"strconv"

	"github.com/earshot/earshot"
)

// callHead is what lifecycle events say about a Zoom Phone call.
type callHead struct {
	account                  string
	id                       string
	caller, callee           partyHead
	ringing, answered, ended earshot.Instant
}

// partyHead is one side of a call. A number outside has no user.
type partyHead struct {
	userID, email, extensionID, phone, timezone, deviceType, deviceID string
	extension                                                         int
}

// call writes a phone lifecycle event: caller_ringing, caller_connected, callee_answered, caller_ended and so on. The party
// whose name the event carries is told in full, the other in outline.
func (e *encoder) call(name string, h *callHead, ts earshot.Instant) []byte {
	e.begin("phone."+name, ts, h.account)
	e.text("call_id", h.id)
	calleeFull := name[:6] == "callee"
	e.party("callee", &h.callee, calleeFull)
	e.party("caller", &h.caller, !calleeFull)
	e.at("ringing_start_time", h.ringing)
	switch name {
	case "caller_connected":
		e.at("connected_start_time", h.answered)
	case "callee_answered", "caller_ended", "callee_ended":
		e.at("answer_start_time", h.answered)
	}
	e.at("call_end_time", h.ended)
	return e.end()
}

func (e *encoder) party(key string, p *partyHead, full bool) {
	e.object(key)
	if full && p.userID != "" {
		e.text("extension_id", p.extensionID)
	}
	if p.extension != 0 {
		e.text("extension_type", "user")
		e.integer("extension_number", int64(p.extension)) // an integer here, text elsewhere
	}
	e.text("phone_number", p.phone)
	if full && p.userID != "" {
		e.text("user_id", p.userID)
		e.text("timezone", p.timezone)
		e.text("device_type", p.deviceType)
		e.text("device_id", p.deviceID)
	}
	connection := "voip"
	if p.userID == "" {
		connection = "pstn_off_net"
	}
	e.text("connection_type", connection)
	e.w.ObjEnd()
}

// callReading is one side and direction of a call at one moment.
type callReading struct {
	at                                                   earshot.Instant
	sending                                              bool
	kbps, lossAvgPct, lossMaxPct, jitterMs, delayMs, mos float64
	network                                              string
}

func (e *encoder) callQoS(h *callHead, side string, p *partyHead, r *callReading, ts earshot.Instant) []byte {
	e.begin("phone.call_qos", ts, h.account)
	e.text("call_id", h.id)
	e.at("call_start_time", h.ringing)
	e.at("call_end_time", h.ended)
	e.object("call_qos")
	e.text("type", side)
	e.text("id", p.userID)
	e.optional("user_email", p.email)
	e.w.FieldStart("qos")
	e.callEntry(r)
	e.w.ObjEnd()
	return e.end()
}

// callSide is one side of a call's summary.
type callSide struct {
	name     string
	party    *partyHead
	readings []callReading
}

func (e *encoder) callQoSSummary(h *callHead, sides []callSide, ts earshot.Instant) []byte {
	e.begin("phone.call_qos_summary", ts, h.account)
	e.text("call_id", h.id)
	e.at("call_start_time", h.ringing)
	e.at("call_end_time", h.ended)
	e.array("call_qos")
	for _, s := range sides {
		e.w.ObjStart()
		e.text("type", s.name)
		e.text("user_id", s.party.userID) // id in the real-time event
		e.optional("user_email", s.party.email)
		e.array("qos")
		for i := range s.readings {
			e.callEntry(&s.readings[i])
		}
		e.w.ArrEnd()
		e.w.ObjEnd()
	}
	e.w.ArrEnd()
	return e.end()
}

// callEntry writes strings without units, as Zoom does for phone calls alone.
func (e *encoder) callEntry(r *callReading) {
	e.w.ObjStart()
	e.at("date_time", r.at)
	direction := "receiving"
	if r.sending {
		direction = "sending"
	}
	e.text("type", direction)
	e.object("details")
	e.text("bitrate", strconv.Itoa(int(r.kbps)))
	e.share("avg_loss", r.lossAvgPct, "")
	e.share("max_loss", r.lossMaxPct, "")
	e.text("jitter", strconv.Itoa(int(r.jitterMs)))
	e.text("network_delay", strconv.Itoa(int(r.delayMs)))
	e.share("mos", r.mos, "")
	e.optional("network", r.network)
	e.w.ObjEnd()
	e.w.ObjEnd()
}
