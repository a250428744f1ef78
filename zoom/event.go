package zoom

// Family is what a notification is about, by its name's prefix.
type Family uint8

// The families.
const (
	FamilyOther   Family = 0 // anything else, zoomroom.* and endpoint.* included
	FamilyMeeting Family = 1
	FamilyWebinar Family = 2
	FamilySession Family = 3 // Video SDK
	FamilyPhone   Family = 4
)

// Class is what a notification says, whatever its family.
type Class uint8

// The classes. Names are matched exactly: meeting.participant_data_connection_established starts like a QSS event and is none.
const (
	ClassUnknown       Class = 0  // a name that this package does not know
	ClassQoS           Class = 1  // *.participant_qos, session.user_qos
	ClassQoSSummary    Class = 2  // *.participant_qos_summary, session.user_qos_summary
	ClassData          Class = 3  // *.participant_data, session.user_data
	ClassDataSummary   Class = 4  // *.participant_data_summary, session.user_data_summary
	ClassStarted       Class = 5  // *.started
	ClassEnded         Class = 6  // *.ended
	ClassJoined        Class = 7  // *.participant_joined, session.user_joined, and *_joined_breakout_room (Meeting.BreakoutRoomUUID is set)
	ClassLeft          Class = 8  // *.participant_left, session.user_left, and *_left_breakout_room
	ClassBind          Class = 9  // *.participant_bind: phone audio belongs to a participant
	ClassAlert         Class = 10 // *.alert, and zoomroom.alert / zoomroom.delayed_alert
	ClassPhoneQoS      Class = 11 // phone.call_qos
	ClassPhoneSummary  Class = 12 // phone.call_qos_summary
	ClassPhoneRinging  Class = 13 // phone.caller_ringing, phone.callee_ringing
	ClassPhoneConnect  Class = 14 // phone.caller_connected, phone.callee_answered
	ClassPhoneEnded    Class = 15 // phone.caller_ended, phone.callee_ended
	ClassURLValidation Class = 16 // endpoint.url_validation
	ClassNeighbour     Class = 17 // known to Zoom, of no use here (waiting room, chat, ...): no drift, nothing to fold
)

// Event is one decoded notification. A Decoder fills it and reuses its slices; its strings are copies and may be kept.
// What an event's class does not carry stays zero.
type Event struct {
	Name      string
	Family    Family
	Class     Class
	TimeMs    int64 // event_ts, milliseconds since the epoch; 0 when absent or unreadable
	AccountID string

	Meeting     Meeting
	Participant Participant
	QoS         []QoS    // ClassQoS, ClassQoSSummary
	Data        []Data   // ClassData, ClassDataSummary
	Issues      []string // ClassAlert: Zoom's words
	Call        Call
	CallQoS     []CallQoS // ClassPhoneQoS, ClassPhoneSummary
	Room        Room      // zoomroom.alert, zoomroom.delayed_alert
	PlainToken  string    // ClassURLValidation

	// Unknown lists the dotted paths of keys that this package does not know ("payload.object.participant.qos.details.mos2"),
	// of known keys whose value could not be read ("payload.object.participant.qos.details.bitrate!type"), of arrays that were
	// cut at MaxEntries ("payload.object.participant.qos!many") and of QoS types that are not documented
	// ("payload.object.participant.qos.type=hologram_input"): each once, at most MaxUnknown, without array indexes.
	// An unknown event lists none: its name says it all. A neighbour lists none either.
	Unknown []string
}

// MaxUnknown bounds Event.Unknown.
const MaxUnknown = 16

// Meeting is payload.object of a meeting, webinar or Video SDK session. QoS and data events carry only UUID.
type Meeting struct {
	UUID             string // uuid, or a session's session_id
	ID               string // the meeting number, as text even where Zoom sends an integer; for sessions the object's own id
	HostID           string
	Topic            string // or session_name
	Type             int    // Zoom's code, 0 absent
	StartMs, EndMs   int64  // start_time, end_time; 0 absent
	Timezone         string
	DurationMin      int
	BreakoutRoomUUID string
	SessionKey       string
}

// Participant is payload.object.participant, or a session's user, with one name for what Zoom calls by several.
type Participant struct {
	InMeetingID     string // user_id (qos, lifecycle), participant_id (data, summaries), user.id (sessions)
	ZoomUserID      string // participant_user_id, or id where that means the same; "" for guests
	UUID            string // participant_uuid
	Name            string
	Email           string
	RegistrantID    string
	CustomerKey     string // customer_key, or user_key (sessions)
	PhoneNumber     string
	JoinMs, LeaveMs int64  // join_time, leave_time; 0 absent
	AtMs            int64  // date_time of bind and waiting-room events
	LeaveReason     string // as sent, markup included
	ParentUserID    string // breakout rooms: the in-meeting id in the main room
	BindUserID      string // participant_bind: the in-meeting id whose audio this is
}

// QoS is one entry of a qos array.
type QoS struct {
	TimeMs  int64  // date_time; 0 in summaries, which have none, and when unreadable
	Type    string // "audio_input", as sent
	Details Details
}

// Details is the bag of one QoS entry. Real-time entries fill the first block (and CPU, quality, RSSI); summaries fill the
// Min, Avg and Max fields instead. Any key is accepted in any type of entry, because Zoom's own examples mix them.
type Details struct {
	Bitrate   Quantity // kbps
	Latency   Quantity // ms, round-trip-like
	Jitter    Quantity // ms
	AvgLoss   Quantity // percent; in summaries too
	MaxLoss   Quantity // percent; in summaries too
	MinLoss   Quantity // percent; summaries only
	FrameRate Quantity // frames a second
	Width     Quantity // pixels, from "1280*720"
	Height    Quantity

	MinBitrate, AvgBitrate, MaxBitrate       Quantity // kbps
	MinLatency, AvgLatency, MaxLatency       Quantity // ms
	MinJitter, AvgJitter, MaxJitter          Quantity // ms
	MinFrameRate, AvgFrameRate, MaxFrameRate Quantity // frames a second

	ZoomMinCPU, ZoomAvgCPU, ZoomMaxCPU    Quantity // percent
	SystemMaxCPU                          Quantity // percent
	MinPressure, AvgPressure, MaxPressure Level    // system_*_cpu_pressure_level: normal, fair, serious, critical

	Quality                   Level    // good, fair, poor, bad
	QualityScore              Quantity // 1 to 5
	MinRSSI, AvgRSSI, MaxRSSI Quantity // dBm
	Notification              string   // network_notification, Zoom's words
}

// Level is a word on one of Zoom's four-step ladders, 1 (good, normal) to 4 (bad, critical); 0 is absent or unknown.
type Level uint8

// Data is one entry of a data array: a participant's computer and network. In real-time events an entry holds only what changed.
type Data struct {
	Device, DeviceDetail, Client, Version             string
	Location, NetworkType, ConnectionType, DataCenter string
	Microphone, Speaker, Camera                       string
	PCName, Domain, MAC, DiskID                       string
	SignalingIP                                       string // signaling_ip_address: the public address
	SignalingInternalIP, SignalingInternalPort        string
	AudioInternalIP, AudioInternalPort                string
	VideoInternalIP, VideoInternalPort                string
	ShareInternalIP, ShareInternalPort                string // as_internal_ip_*
	DestinationDomain, DestinationPort                string
}

// Room is payload.object of a Zoom Rooms alert; what happened is in Event.Issues.
type Room struct {
	ID, Name, Email string
	AlertType       int   // Zoom's code: 1 controller disconnected, 4 high CPU, 5 low bandwidth, 8 audio quality, ...
	AlertKind       int   // 1 triggered, 2 cleared, 3 observed, 4 other
	Component       int   // 1 computer, 2 controller, 3 scheduling display, 4 microphone, 5 camera, 6 speaker, 0 other
	AlertMs         int64 // alert_time; 0 absent
}

// Call is payload.object of a phone notification.
type Call struct {
	ID                                     string // call_id: about 19 digits, text
	StartMs, RingingMs, ConnectedMs, EndMs int64  // 0 absent
	Caller, Callee                         CallParty
}

// CallParty is one side of a call in a phone lifecycle event.
type CallParty struct {
	ZoomUserID, ExtensionID, ExtensionType, ExtensionNumber     string // the number is text even where Zoom sends an integer
	PhoneNumber, DeviceType, DeviceID, ConnectionType, Timezone string
}

// CallQoS is one report about one side and direction of a call.
type CallQoS struct {
	Side                                                 string // "caller" or "callee"
	UserID                                               string // id (real time) or user_id (summary): user, call queue, auto receptionist or shared line group
	Email                                                string
	TimeMs                                               int64    // date_time
	Direction                                            string   // "sending" or "receiving"
	Network                                              string   // "LAN", "WiFi", "VPN", ""
	Bitrate, AvgLoss, MaxLoss, Jitter, NetworkDelay, MOS Quantity // kbps, %, %, ms, ms, 1 to 5
}
