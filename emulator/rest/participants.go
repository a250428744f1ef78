package rest

import (
	"net/http"
	"slices"
	"strconv"
	"strings"

	"github.com/earshot/earshot"
	"github.com/earshot/earshot/emulator"
)

// membersOf are the participants that a list has, in order of joining: of a live meeting who is there, of a past one every join.
func membersOf(in *emulator.Instance) []*emulator.Member {
	var list []*emulator.Member
	for _, m := range in.Members {
		if !in.Live() || m.Left.IsZero() {
			list = append(list, m)
		}
	}
	slices.SortFunc(list, func(a, b *emulator.Member) int { return strings.Compare(memberSortKey(a), memberSortKey(b)) })
	return list
}

func memberSortKey(m *emulator.Member) string { return sortKey(m.Joined, m.ID) }

// numberKey is what the meeting's number is called.
func numberKey(kind earshot.Kind) string { return kind.String() + "_number" }

func numberOf(in *emulator.Instance) string { return strconv.FormatInt(in.Number, 10) }

// participantList answers GET …/participants.
func participantList(kind earshot.Kind) handler {
	return func(c *call) (int, any, *apiError) {
		in, _, e := c.typed(kind, typesOf(kind)...)
		if e != nil {
			return 0, nil, e
		}
		all := membersOf(&in)
		items, size, next, e := itemsOf(c, all, memberSortKey, 30, 300, func(m *emulator.Member) object { return c.participant(&in, m) })
		if e != nil {
			return 0, nil, e
		}
		return http.StatusOK, object{
			"next_page_token", next, "page_count", pages(len(all), size), "page_size", size, "total_records", len(all),
			numberKey(kind), numberOf(&in), "participants", items,
		}, nil
	}
}

// participant is one element of participants. Zoom hides devices and names of computers of people outside the account.
func (c *call) participant(in *emulator.Instance, m *emulator.Member) object {
	meeting := in.Kind == earshot.KindMeeting
	d, x := m.Data, extras(m)
	registrant := strings.Contains(c.q.Get("include_fields"), "registrant_id")
	return object{
		"audio_quality", memberQuality(m, 0), "camera", when(meeting, d.Camera), "connection_type", d.ConnectionType,
		"video_connection_type", d.ConnectionType, "as_connection_type", d.ConnectionType, "customer_key", m.CustomerKey,
		"data_center", d.DataCenter, "device", deviceOf(m), "domain", d.Domain, "email", m.Email, "full_data_center", x.fullCentre,
		"harddisk_id", d.DiskID, "id", m.UserID, "in_room_participants", when(meeting, 0), "internal_ip_addresses", x.internal,
		"ip_address", d.SignalingIP, "join_time", stamp(m.Joined), "leave_reason", when(!m.Left.IsZero(), leaveReason(in, m)),
		"leave_time", when(!m.Left.IsZero(), stamp(m.Left)), "location", d.Location, "mac_addr", restMAC(d.MAC), "microphone", d.Microphone,
		"network_type", d.NetworkType, "participant_user_id", m.UserID, "pc_name", d.PCName, "recording", false,
		"registrant_id", when(registrant, m.RegistrantID), "role", role(in, m), "screen_share_quality", memberQuality(m, 2),
		"share_application", false, "share_desktop", m.Share, "share_whiteboard", false, "speaker", d.Speaker,
		"status", when(meeting, "in_meeting"), "user_id", m.ID, "participant_uuid", m.UUID, "user_name", m.Name, "version", d.Version,
		"video_quality", memberQuality(m, 1), "bo_mtg_id", m.BreakoutUUID, "audio_call", audioCall(m), "os", x.os, "os_version", x.osVersion,
		"browser_name", x.browser, "browser_version", x.browserVersion, "device_name", "", "groupId", when(meeting, groupID(in)),
		"has_archiving", false, "optional_archiving", "no optional archiving", "client", d.Client,
		"total_jointime_cost", when(meeting, joinCost(m.UUID)), "aic_disclaimer", when(meeting, "no disclaimer"),
		"zoom_thin_client_plugin_version", "",
	}
}

// memberExtras are what the Dashboard derives from a participant's data.
type memberExtras struct {
	fullCentre, os, osVersion, browser, browserVersion string
	internal                                           []string
}

func extras(m *emulator.Member) memberExtras {
	x := memberExtras{internal: []string{}}
	if m.Data.DataCenter != "" {
		x.fullCentre = m.Data.DataCenter + ";"
	}
	if m.Data.SignalingInternalIP != "" {
		x.internal = []string{m.Data.SignalingInternalIP}
	}
	switch m.Data.Device {
	case "Windows", "WIN":
		x.os, x.osVersion = "Windows", "11"
	case "Mac":
		x.os, x.osVersion = "macOS", "15.1"
	case "iOS":
		x.os, x.osVersion = "iOS", "18.1"
	case "Android":
		x.os, x.osVersion = "Android", "15"
	}
	if name, version, ok := strings.Cut(m.Data.DeviceDetail, " "); ok {
		x.browser, x.browserVersion = strings.TrimPrefix(name, "Google"), version
	}
	return x
}

func deviceOf(m *emulator.Member) string {
	if m.PhoneNumber != "" {
		return "Phone"
	}
	return m.Data.Device
}

func role(in *emulator.Instance, m *emulator.Member) string {
	if m.Host || m.UserID != "" && m.UserID == in.Host.UserID {
		return "host"
	}
	return "attendee"
}

// leaveReason turns the webhook's sentence ("Ann left the meeting.<br>Reason: Host ended the meeting.") into the Dashboard's.
func leaveReason(in *emulator.Instance, m *emulator.Member) string {
	_, reason, ok := strings.Cut(m.LeaveReason, "Reason: ")
	if !ok || strings.HasPrefix(reason, "left ") {
		return m.Name + " left the " + in.Kind.String() + "."
	}
	if in.Kind == earshot.KindWebinar {
		return strings.ReplaceAll(reason, "meeting", "webinar")
	}
	return reason
}

func audioCall(m *emulator.Member) []object {
	if m.PhoneNumber == "" {
		return []object{}
	}
	return []object{{"call_number", strings.TrimPrefix(m.PhoneNumber, "+"), "call_type", "call-in", "zoom_number", "493055500000"}}
}

func groupID(in *emulator.Instance) string { return opaqueID("group", in.AccountID) }

// sharingList answers GET …/participants/sharing: those who shared a screen.
func sharingList(kind earshot.Kind) handler {
	return func(c *call) (int, any, *apiError) {
		in, _, e := c.typed(kind, "live", "past")
		if e != nil {
			return 0, nil, e
		}
		all := slices.DeleteFunc(membersOf(&in), func(m *emulator.Member) bool { return len(m.Shares) == 0 })
		items, size, next, e := itemsOf(c, all, memberSortKey, 30, 300, sharing)
		if e != nil {
			return 0, nil, e
		}
		return http.StatusOK, object{
			"next_page_token", next, "page_count", pages(len(all), size), "page_size", size, "total_records", len(all), "participants", items,
		}, nil
	}
}

func sharing(m *emulator.Member) object {
	details := make([]object, 0, len(m.Shares))
	for _, s := range m.Shares {
		details = append(details, object{"content", "desktop", "end_time", stamp(s.End), "start_time", stamp(s.Start)})
	}
	return object{"details", details, "id", m.UserID, "user_id", m.ID, "user_name", m.Name}
}

// satisfactionList answers GET …/participants/satisfaction. One in eight colleagues answers when a meeting ends, and says what
// the scores say.
func satisfactionList(kind earshot.Kind) handler {
	return func(c *call) (int, any, *apiError) {
		in, _, e := c.typed(kind, "live", "past")
		if e != nil {
			return 0, nil, e
		}
		var all []*emulator.Member
		for _, m := range membersOf(&in) {
			if m.Email != "" && !m.Left.IsZero() && fraction("satisfaction", m.UUID) < .125 {
				all = append(all, m)
			}
		}
		items, size, next, e := itemsOf(c, all, memberSortKey, 30, 300, satisfaction)
		if e != nil {
			return 0, nil, e
		}
		return http.StatusOK, object{"next_page_token", next, "page_size", size, "participants", items}, nil
	}
}

func satisfaction(m *emulator.Member) object {
	verdict, comment := "GOOD", ""
	for i, words := range []string{"Audio broke up.", "Video froze.", "The shared screen was blurred."} {
		if score, ok := m.Score(i); ok && score < 3 {
			verdict, comment = "NOT GOOD", words
		}
	}
	return object{"date_time", stamp(m.Left), "email", m.Email, "quality", verdict, "user_id", m.UserID, "comment", comment}
}
