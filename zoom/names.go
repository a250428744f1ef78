package zoom

import (
	"maps"
	"slices"
	"strings"
)

// The names of the events that this package reads: the QoS and data events of Zoom's Quality of Service Subscription
// (https://developers.zoom.us/docs/api/qss/events/), and the life cycle, alert and phone events that give them a context.
const (
	EventMeetingQoS         = "meeting.participant_qos"
	EventMeetingQoSSummary  = "meeting.participant_qos_summary"
	EventMeetingData        = "meeting.participant_data"
	EventMeetingDataSummary = "meeting.participant_data_summary"
	EventWebinarQoS         = "webinar.participant_qos"
	EventWebinarQoSSummary  = "webinar.participant_qos_summary"
	EventWebinarData        = "webinar.participant_data"
	EventWebinarDataSummary = "webinar.participant_data_summary"
	EventSessionQoS         = "session.user_qos"
	EventSessionQoSSummary  = "session.user_qos_summary"
	EventSessionData        = "session.user_data"
	EventSessionDataSummary = "session.user_data_summary"
	EventPhoneQoS           = "phone.call_qos"
	EventPhoneQoSSummary    = "phone.call_qos_summary"

	EventMeetingStarted        = "meeting.started"
	EventMeetingEnded          = "meeting.ended"
	EventMeetingJoined         = "meeting.participant_joined"
	EventMeetingLeft           = "meeting.participant_left"
	EventMeetingJoinedBreakout = "meeting.participant_joined_breakout_room"
	EventMeetingLeftBreakout   = "meeting.participant_left_breakout_room"
	EventMeetingBind           = "meeting.participant_bind"
	EventMeetingAlert          = "meeting.alert"
	EventWebinarStarted        = "webinar.started"
	EventWebinarEnded          = "webinar.ended"
	EventWebinarJoined         = "webinar.participant_joined"
	EventWebinarLeft           = "webinar.participant_left"
	EventWebinarBind           = "webinar.participant_bind"
	EventWebinarAlert          = "webinar.alert"
	EventSessionStarted        = "session.started"
	EventSessionEnded          = "session.ended"
	EventSessionJoined         = "session.user_joined"
	EventSessionLeft           = "session.user_left"
	EventSessionAlert          = "session.alert"
	EventRoomAlert             = "zoomroom.alert"
	EventRoomDelayedAlert      = "zoomroom.delayed_alert"

	EventPhoneCallerRinging   = "phone.caller_ringing"
	EventPhoneCallerConnected = "phone.caller_connected"
	EventPhoneCallerEnded     = "phone.caller_ended"
	EventPhoneCalleeRinging   = "phone.callee_ringing"
	EventPhoneCalleeAnswered  = "phone.callee_answered"
	EventPhoneCalleeEnded     = "phone.callee_ended"

	EventURLValidation = "endpoint.url_validation"
)

// Classify returns what a notification of this name is about and what it says. Names are matched exactly; a name that is
// not in the table is ClassUnknown, of the family that its prefix names.
func Classify(name string) (Family, Class) {
	if e, ok := events[name]; ok {
		return e.family, e.class
	}
	return familyOf(name), ClassUnknown
}

// QSSEvents returns the names of the 14 events of the Quality of Service Subscription, in the order of Zoom's reference.
func QSSEvents() []string {
	return []string{
		EventMeetingQoS, EventMeetingQoSSummary, EventMeetingData, EventMeetingDataSummary,
		EventWebinarQoS, EventWebinarQoSSummary, EventWebinarData, EventWebinarDataSummary,
		EventPhoneQoS, EventPhoneQoSSummary,
		EventSessionQoS, EventSessionQoSSummary, EventSessionData, EventSessionDataSummary,
	}
}

// EventNames returns the names of all events that this package knows, neighbours included, in order.
func EventNames() []string { return slices.Sorted(maps.Keys(events)) }

// eventInfo is one row of the table of names. It repeats the name so that decoding an event's name allocates nothing.
type eventInfo struct {
	name   string
	family Family
	class  Class
}

// events is read-only after package initialisation.
var events = eventTable()

func eventTable() map[string]eventInfo {
	classes := map[Class][]string{
		ClassQoS:         {EventMeetingQoS, EventWebinarQoS, EventSessionQoS},
		ClassQoSSummary:  {EventMeetingQoSSummary, EventWebinarQoSSummary, EventSessionQoSSummary},
		ClassData:        {EventMeetingData, EventWebinarData, EventSessionData},
		ClassDataSummary: {EventMeetingDataSummary, EventWebinarDataSummary, EventSessionDataSummary},
		ClassStarted:     {EventMeetingStarted, EventWebinarStarted, EventSessionStarted},
		ClassEnded:       {EventMeetingEnded, EventWebinarEnded, EventSessionEnded},
		ClassJoined:      {EventMeetingJoined, EventMeetingJoinedBreakout, EventWebinarJoined, EventSessionJoined},
		ClassLeft:        {EventMeetingLeft, EventMeetingLeftBreakout, EventWebinarLeft, EventSessionLeft},
		ClassBind:        {EventMeetingBind, EventWebinarBind},
		ClassAlert: {EventMeetingAlert, EventWebinarAlert, EventSessionAlert, EventRoomAlert,
			EventRoomDelayedAlert},
		ClassPhoneQoS:      {EventPhoneQoS},
		ClassPhoneSummary:  {EventPhoneQoSSummary},
		ClassPhoneRinging:  {EventPhoneCallerRinging, EventPhoneCalleeRinging},
		ClassPhoneConnect:  {EventPhoneCallerConnected, EventPhoneCalleeAnswered},
		ClassPhoneEnded:    {EventPhoneCallerEnded, EventPhoneCalleeEnded},
		ClassURLValidation: {EventURLValidation},
		ClassNeighbour:     neighbours,
	}
	table := make(map[string]eventInfo, 256)
	for class, names := range classes {
		for _, name := range names {
			table[name] = eventInfo{name, familyOf(name), class}
		}
	}
	return table
}

func familyOf(name string) Family {
	prefix, _, _ := strings.Cut(name, ".")
	switch prefix {
	case "meeting":
		return FamilyMeeting
	case "webinar":
		return FamilyWebinar
	case "session":
		return FamilySession
	case "phone":
		return FamilyPhone
	}
	return FamilyOther
}
