package emulator

import (
	"errors"
	"fmt"
	"slices"
	"strings"
)

// Quirk is a way in which real or documented notifications differ from the usual shape. A receiver has to read all of them.
type Quirk string

// The quirks. Each is a change of the bodies after the world made them; what they mean stays the same, except where a quirk
// leaves something out.
const (
	// QuirkNestedQuality writes quality as an object in webinar.participant_qos, as its schema has it: {"quality": "good"}.
	QuirkNestedQuality Quirk = "nested-quality"
	// QuirkDeviceWIN calls Windows "WIN", as Zoom's examples do against their own list of words.
	QuirkDeviceWIN Quirk = "device-win"
	// QuirkCapitalLocation calls location "Location" in meeting.participant_data: a deprecated spelling.
	QuirkCapitalLocation Quirk = "capital-location"
	// QuirkPartialData leaves only one group of keys in real-time data events: the devices, or the network, or the place.
	QuirkPartialData Quirk = "partial-data"
	// QuirkEmptyData empties the data of one in three real-time data events.
	QuirkEmptyData Quirk = "empty-data"
	// QuirkDataObject writes data as an object instead of an array of one, as in the beta.
	QuirkDataObject Quirk = "data-object"
	// QuirkSummaryWithoutID leaves the meeting number out of all summaries.
	QuirkSummaryWithoutID Quirk = "summary-without-id"
	// QuirkIntegerID writes meeting and webinar numbers as integers everywhere.
	QuirkIntegerID Quirk = "integer-id"
	// QuirkIntegerRSSI writes the RSSI of real-time reports as integers, as older documents had it and summaries always do.
	QuirkIntegerRSSI Quirk = "integer-rssi"
	// QuirkTextRSSI writes the RSSI of summaries as text, as real-time reports do.
	QuirkTextRSSI Quirk = "text-rssi"
	// QuirkIssuesText writes the issue of an alert as text where there is only one; session.alert always does.
	QuirkIssuesText Quirk = "issues-text"
	// QuirkKeyOrder puts payload first or in the middle of the envelope, as some of Zoom's examples do.
	QuirkKeyOrder Quirk = "key-order"
	// QuirkBeta2021 gives participant_qos the shape of the beta of 2021: no participant_user_id, no email, no entries of web
	// clients, of quality, RSSI and notifications.
	QuirkBeta2021 Quirk = "beta-2021"
	// QuirkBarePhone leaves network and user_email out of phone events, as before November 2025.
	QuirkBarePhone Quirk = "bare-phone"
)

// AllQuirks lists the quirks in the order in which they are applied.
func AllQuirks() []Quirk {
	return []Quirk{
		QuirkBeta2021, QuirkNestedQuality, QuirkDeviceWIN, QuirkCapitalLocation, QuirkPartialData, QuirkEmptyData, QuirkDataObject,
		QuirkSummaryWithoutID, QuirkIntegerID, QuirkIntegerRSSI, QuirkTextRSSI, QuirkIssuesText, QuirkBarePhone, QuirkKeyOrder,
	}
}

// checkQuirks reports those that do not exist.
func checkQuirks(list []Quirk) error {
	var errs []error
	for _, q := range list {
		if !slices.Contains(AllQuirks(), q) {
			errs = append(errs, fmt.Errorf("quirk %q: want some of %q", q, AllQuirks()))
		}
	}
	return errors.Join(errs...)
}

// applyQuirks returns the body of a notification with the quirks of the list; the body itself without any. It does not touch
// what is not JSON. The same body gives the same result.
func applyQuirks(list []Quirk, name string, body []byte) []byte {
	if len(list) == 0 {
		return body
	}
	envelope, err := parseNode(body)
	if err != nil {
		return body
	}
	n := &notification{name: name, envelope: envelope, object: envelope.at("payload", "object"), chance: textHash(string(body))}
	if n.object == nil {
		return body
	}
	for _, q := range AllQuirks() {
		if slices.Contains(list, q) {
			n.bend(q)
		}
	}
	return envelope.write()
}

// notification is a body taken apart.
type notification struct {
	name             string
	envelope, object *node
	chance           uint64 // made from the body
}

// person is the participant of meetings and webinars, or the user of sessions.
func (n *notification) person() *node {
	if p := n.object.get("participant"); p != nil {
		return p
	}
	return n.object.get("user")
}

// qos calls f for every entry of a qos array: its type and its details.
func (n *notification) qos(f func(kind string, details *node)) {
	if p := n.person(); p != nil {
		for _, e := range p.get("qos").items() {
			if kind, details := e.get("type"), e.get("details"); kind != nil && details != nil {
				f(kind.text(), details)
			}
		}
	}
}

func (n *notification) summary() bool { return strings.HasSuffix(n.name, "_summary") }

func (n *notification) bend(q Quirk) {
	switch q {
	case QuirkNestedQuality:
		if n.name == "webinar.participant_qos" {
			n.qos(func(_ string, d *node) { d.nest("quality") })
		}
	case QuirkDeviceWIN, QuirkCapitalLocation, QuirkPartialData, QuirkEmptyData, QuirkDataObject:
		n.bendData(q)
	case QuirkSummaryWithoutID:
		if n.summary() {
			n.object.drop("id")
		}
	case QuirkIntegerID:
		if !strings.HasPrefix(n.name, "session.") {
			n.object.get("id").unquote()
		}
	case QuirkIntegerRSSI, QuirkTextRSSI:
		n.qos(func(_ string, d *node) {
			for _, key := range []string{"min_rssi", "avg_rssi", "max_rssi"} {
				if q == QuirkIntegerRSSI && !n.summary() {
					d.get(key).unquote()
				} else if q == QuirkTextRSSI && n.summary() {
					d.get(key).quote()
				}
			}
		})
	case QuirkIssuesText:
		if list := n.object.get("issues").items(); len(list) == 1 {
			n.object.set("issues", list[0])
		}
	case QuirkBeta2021:
		n.beta()
	case QuirkBarePhone:
		n.barePhone()
	case QuirkKeyOrder:
		n.envelope.rotate(1 + int(n.chance%2))
	}
}

// dataGroups are the keys that change together.
var dataGroups = [][]string{
	{"microphone", "speaker", "camera"},
	{"device", "location", "Location", "network_type"},
	{"network_type", "data_center", "connection_type", "destination_ip_domain", "destination_ip_port"},
}

func (n *notification) bendData(q Quirk) {
	person := n.person()
	data := person.get("data")
	if data == nil {
		return
	}
	realTime := !n.summary()
	switch q {
	case QuirkEmptyData:
		if realTime && n.chance%3 == 0 {
			data.clear()
		}
		return
	case QuirkDataObject:
		if list := data.items(); len(list) == 1 {
			person.set("data", list[0])
		}
		return
	}
	for _, e := range data.items() {
		switch {
		case q == QuirkDeviceWIN && e.get("device").text() == "Windows":
			e.set("device", textNode("WIN"))
		case q == QuirkCapitalLocation && n.name == "meeting.participant_data":
			e.rename("location", "Location")
		case q == QuirkPartialData && realTime:
			e.keep(dataGroups[n.chance%uint64(len(dataGroups))])
		}
	}
}

// beta leaves out what the beta of 2021 did not know.
func (n *notification) beta() {
	if n.name != "meeting.participant_qos" && n.name != "webinar.participant_qos" {
		return
	}
	p := n.person()
	p.drop("participant_user_id")
	p.drop("email")
	p.get("qos").filter(func(e *node) bool {
		kind := e.get("type").text()
		return !strings.Contains(kind, "_rwg") && !strings.HasSuffix(kind, "_quality") && kind != "wifi_rssi" && kind != "notification"
	})
}

func (n *notification) barePhone() {
	sides := n.object.get("call_qos")
	if sides == nil {
		return
	}
	for _, side := range sides.oneOrItems() {
		side.drop("user_email")
		for _, e := range side.get("qos").oneOrItems() {
			if d := e.get("details"); d != nil {
				d.drop("network")
			}
		}
	}
}
