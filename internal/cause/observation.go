package cause

import "github.com/earshot/earshot"

// Observation is one segment's minute as far as causes care. (Segment, At) is its key: a later one with the same key
// replaces the earlier, because open minutes grow while reports come in.
type Observation struct {
	Segment, Person, Meeting earshot.ID
	// Guest marks a person without a lasting identifier: nothing is learnt about them.
	Guest bool
	At    earshot.Instant // the minute's start
	// First and Last are the least and greatest date_time of its reports: the window it describes reaches from one cadence
	// before First to Last.
	First, Last earshot.Instant
	// Send and Receive are the worst grades of the media streams of each direction, Unclassified where nothing flowed.
	Send, Receive earshot.Grade
	// Grade is the minute's own grade.
	Grade earshot.Grade
	// Device is the grade of the computer's slot.
	Device earshot.Grade
	Cells  Cells
	Direct Direct
}

// Cells says to which groups of people the segment belongs at the time. An empty or zero field is unknown (a hidden
// attribute), which is not the same as belonging to none.
type Cells struct {
	Site          earshot.ID
	SiteDerived   bool   // a public prefix that stands in for a site: somebody's home, mostly
	Subnet        string // the private /24 (IPv6: /64) within the site, else the public /24 or /48
	NetworkType   string // as Zoom spells it: Wired, Wifi, Cellular
	ISP           string
	DataCenter    string
	ClientVersion string // major.minor.patch, or as Zoom spells it
	VPN           string // the pool's site name; "" where the person is not behind one
	Transport     string // UDP, TCP, SSL, …
	DeviceClass   string
	Headset       string // microphone and speaker, in a form that holds nothing personal
}

// Direct is evidence about this person alone. NaN is absent.
type Direct struct {
	CPUSystemMaxPct, CPUZoomMaxPct float64
	Pressure                       float64 // 1 to 4
	RSSIAvgDBm, RSSIMinDBm         float64
	// Talking says that the audio sent was above the floor of silence; TalkKnown that audio sent was reported at all.
	Talking, TalkKnown bool
	// AudioSendKbps, VideoSendFPS and the loss and jitter of the same streams tell a broken headset or camera from a broken
	// network: capture collapses while the network is fine.
	AudioSendKbps, AudioSendLossPct, AudioSendJitterMs       float64
	VideoSendFPS, VideoSendKbps, VideoSendLossPct            float64
	SendLossPct, ReceiveLossPct, SendJitterMs, ReceiveJitter float64 // the worst of the media
	LatencyMs                                                float64 // round trip, the worst
	// LowBandwidth: Zoom itself notified of low bandwidth or an unstable connection in this minute.
	LowBandwidth bool
}
