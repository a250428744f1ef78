package earshot

// Kind is what sort of meeting it is.
type Kind uint8

// The kinds. The numbers are stored; never renumber.
const (
	KindUnknown Kind = 0
	KindMeeting Kind = 1
	KindWebinar Kind = 2
	KindSession Kind = 3 // Video SDK
)

var kindNames = [...]string{"", "meeting", "webinar", "session"}

// String returns the kind's word, "" for unknown.
func (k Kind) String() string { return nameOf(kindNames[:], uint8(k)) }

// MarshalText implements encoding.TextMarshaler.
func (k Kind) MarshalText() ([]byte, error) { return []byte(k.String()), nil }

// Account is a Zoom account. A master account's endpoint receives several.
type Account struct {
	ID     ID
	ZoomID string
}

// Series is the recurring number that several meetings share.
type Series struct {
	ID      ID
	Account ID
	Number  string // text: webhooks spell it as a string or as an integer
	Topic   string // the newest meeting's
}

// Meeting is one instance, keyed by its uuid (a Video SDK session by its session_id). QoS events name only the uuid; the
// other fields stay empty until an event brings them.
type Meeting struct {
	ID      ID
	Account ID
	UUID    string
	Kind    Kind
	Series  ID // 0 until the number is known
	Number  string
	Topic   string
	HostID  string // Zoom user id
	// Parent is the meeting that this breakout room belongs to; 0 for an ordinary meeting.
	Parent ID
	// Start and End are Zoom's words; 0 when no event said so. FirstSeen and LastSeen are the least and greatest event
	// time of anything received about the meeting: what began before Earshot did has a FirstSeen and no Start.
	Start, End          Instant
	FirstSeen, LastSeen Instant
}

// Silence is how long a meeting may say nothing before it counts as over: four missed reports, and a margin.
const Silence = 5 * 60_000 // milliseconds, as Instants are

// Live reports whether the meeting was running at event time now. Meetings that fall silent are closed here, at reading
// time, not by a timer: nothing has to fire for a meeting to be over.
func (m *Meeting) Live(now Instant) bool {
	if m.End != 0 && m.End <= now {
		return false
	}
	return now-m.LastSeen <= Silence
}

// Person is a human across joins. Its key is the best identifier seen: Zoom user id, else registrant, customer key,
// e-mail, else name and device.
type Person struct {
	ID      ID
	Account ID
	// KeyKind says which identifier the ID was made from.
	KeyKind     PersonKey
	ZoomUserID  string
	Registrant  string
	CustomerKey string
	Email       string
	Name        string // the newest display name
}

// PersonKey is the sort of identifier that a person is known by, best first.
type PersonKey uint8

// The identifiers. The numbers are stored; never renumber.
const (
	PersonByNothing     PersonKey = 0 // a segment that says nothing about who it is: a person of its own
	PersonByZoomUser    PersonKey = 1
	PersonByRegistrant  PersonKey = 2
	PersonByCustomerKey PersonKey = 3
	PersonByEmail       PersonKey = 4
	PersonByNameDevice  PersonKey = 5
)

var personKeyNames = [...]string{"nothing", "zoom-user", "registrant", "customer-key", "email", "name-device"}

// String returns the identifier's word.
func (k PersonKey) String() string { return nameOf(personKeyNames[:], uint8(k)) }

// MarshalText implements encoding.TextMarshaler.
func (k PersonKey) MarshalText() ([]byte, error) { return []byte(k.String()), nil }

// Segment is one join of one person, keyed by (meeting uuid, in-meeting id). A rejoin is a new segment.
type Segment struct {
	ID          ID
	Meeting     ID
	Account     ID
	Person      ID
	InMeetingID string // user_id of qos and lifecycle events, participant_id of data and summary events
	Name        string // the display name in this meeting
	Join, Leave Instant
	LeaveReason string // Zoom's words, markup removed
	// Parent is the segment of the main room that this breakout room segment continues; Bound is the segment whose audio
	// this one carries over the telephone (participant_bind). 0: none.
	Parent, Bound ID
	// External people may come without identifiers, or only as lifecycle events without any QoS.
	External bool
	// FirstReport and LastReport are the least and greatest date_time of the segment's QoS samples, 0 when Zoom sent none.
	FirstReport, LastReport Instant
	// Devices is what *_data events said, oldest first; each holds the whole effective state from its time on.
	Devices []DeviceSnapshot
}

// Device returns the state in effect at time t (the first snapshot for times before it), or nil when none is known.
func (s *Segment) Device(t Instant) *DeviceSnapshot {
	if len(s.Devices) == 0 {
		return nil
	}
	i := len(s.Devices) - 1
	for i > 0 && s.Devices[i].At > t {
		i--
	}
	return &s.Devices[i]
}

// DeviceSnapshot is what a participant's computer and network looked like from At on. Empty fields are unknown. It is
// personal data: it lives in the registry, never in facts, logs or metrics.
type DeviceSnapshot struct {
	At             Instant `json:"at"`
	Device         string  `json:"device,omitempty"`
	DeviceDetail   string  `json:"device_detail,omitempty"`
	Client         string  `json:"client,omitempty"`
	ClientVersion  string  `json:"client_version,omitempty"`
	NetworkType    string  `json:"network_type,omitempty"`
	ConnectionType string  `json:"connection_type,omitempty"`
	DataCenter     string  `json:"data_center,omitempty"`
	Location       string  `json:"location,omitempty"`
	Microphone     string  `json:"microphone,omitempty"`
	Speaker        string  `json:"speaker,omitempty"`
	Camera         string  `json:"camera,omitempty"`
	PCName         string  `json:"pc_name,omitempty"`
	Domain         string  `json:"domain,omitempty"`
	MAC            string  `json:"mac,omitempty"`
	DiskID         string  `json:"disk_id,omitempty"`
	PublicIP       string  `json:"public_ip,omitempty"`
	InternalIP     string  `json:"internal_ip,omitempty"` // signalling's, else audio's, video's, sharing's
	Destination    string  `json:"destination,omitempty"` // Zoom's end, with port
}

// Call is a Zoom Phone call.
type Call struct {
	ID                    ID
	Account               ID
	ZoomID                string // about 19 decimal digits: text, never a number
	Start, Connected, End Instant
	FirstSeen, LastSeen   Instant
	Caller, Callee        CallParty
}

// CallParty is one side of a call. Empty fields are unknown.
type CallParty struct {
	Person         ID     // 0 when the side is no known user
	ZoomID         string // user, call queue, auto receptionist or shared line group
	Email          string
	Number         string
	Extension      string
	Device         string
	ConnectionType string
	Network        string // "LAN", "WiFi", "VPN", from call_qos
}

// CallSide says whose report a call sample is.
type CallSide uint8

// The sides. The numbers are stored; never renumber.
const (
	SideUnknown CallSide = 0
	SideCaller  CallSide = 1
	SideCallee  CallSide = 2
)

var callSideNames = [...]string{"", "caller", "callee"}

// String returns the side's word.
func (s CallSide) String() string { return nameOf(callSideNames[:], uint8(s)) }

// MarshalText implements encoding.TextMarshaler.
func (s CallSide) MarshalText() ([]byte, error) { return []byte(s.String()), nil }

// CallSample is one report about one side and direction of a phone call. (Call, Side, Direction, At) is its key; a second
// one with the same key is merged field by field, the greater number winning. A sample of *_summary has the same key as
// its real-time twin.
type CallSample struct {
	Call                                                               ID
	Account                                                            ID
	At                                                                 Instant
	Side                                                               CallSide
	Direction                                                          Direction // "sending" is Send, "receiving" Receive
	BitrateKbps, LossAvgPct, LossMaxPct, JitterMs, NetworkDelayMs, MOS Opt
}

// Site is a place: address ranges and what is known about them.
type Site struct {
	ID       ID
	Name     string
	Ranges   []string // CIDR
	Zone     string   // IANA time zone, "" unknown
	ISP      string
	LinkMbps float64 // 0 unknown
	VPN      bool
	Tags     []string
	// Derived marks a site that nobody configured: the public prefix (or its ASN) stands in.
	Derived bool
}

// DirtyHour says that something already sealed must be computed again: the hour's minutes of one account.
type DirtyHour struct {
	Account ID
	Hour    Instant
}

// Drift is a name on the wire that Earshot does not know: schema drift. The raw event is kept in the journal.
type Drift struct {
	Event       string // the event's name, "" when the body is no JSON object with one
	Key         string // dotted path of the unknown key, "" when the event itself is unknown, "!json" when the body did not parse
	Count       uint64
	First, Last Instant // receive times
}

// Position is a place in a journal. Sequences start at 1; 0 is before the first record.
type Position struct {
	Journal string `json:"journal"` // the journal's own id: a new one after it was lost and begun again
	Seq     uint64 `json:"seq"`
}
