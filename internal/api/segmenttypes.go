package api

import (
	"time"

	"github.com/earshot/earshot"
)

// SegmentRow is one join of one person in a meeting.
type SegmentRow struct {
	ID            earshot.ID    `json:"id"`
	Meeting       earshot.ID    `json:"meeting"`
	Person        PersonRef     `json:"person"`
	InMeetingID   string        `json:"in_meeting_id"`
	Join          *time.Time    `json:"join,omitempty"`
	Leave         *time.Time    `json:"leave,omitempty"`
	LeaveReason   string        `json:"leave_reason,omitempty"`
	Present       bool          `json:"present" doc:"in the meeting at event time now"`
	Reported      bool          `json:"reported" doc:"false: Zoom sent no quality report; the person is shown as missing, not left out"`
	Parent        earshot.ID    `json:"parent,omitempty"`
	Rooms         []RoomStay    `json:"rooms,omitempty" doc:"stays in breakout rooms during this join, oldest first: Zoom reports them under the room. Told on the page of the main meeting"`
	Site          *SiteRef      `json:"site,omitempty"`
	Network       string        `json:"network,omitempty"`
	Device        string        `json:"device,omitempty"`
	ClientVersion string        `json:"client_version,omitempty"`
	DataCenter    string        `json:"data_center,omitempty"`
	Grade         earshot.Grade `json:"grade" doc:"of the newest minute while present, else the worst"`
	Why           earshot.Why   `json:"why,omitempty"`
	Reason        *Reason       `json:"reason,omitempty"`
	Minutes       GradeCount    `json:"minutes"`
	// State is what is shown as now without flicker: it falls at once and recovers after the profile's clear_after of flowing.
	State      *earshot.Grade `json:"state,omitempty" doc:"while present: falls at once, recovers when it was better for three minutes (clear_after) in which something flowed; absent while nothing is known"`
	StateSince *time.Time     `json:"state_since,omitempty"`
}

// RoomStay is a time that somebody spent in a breakout room.
type RoomStay struct {
	Segment earshot.ID `json:"segment" doc:"the join of the room"`
	Meeting earshot.ID `json:"meeting" doc:"the room"`
	From    time.Time  `json:"from" doc:"the join, else the first report"`
	To      *time.Time `json:"to,omitempty" doc:"the leave; absent while they are in it, or when Zoom never told of it"`
}

// Device is what a participant's computer and network looked like from At on.
type Device struct {
	earshot.DeviceSnapshot
	At   time.Time `json:"at"`
	Site *SiteRef  `json:"site,omitempty"`
	ISP  string    `json:"isp,omitempty"`
}

// SegmentDetail is one segment with the facts around it.
type SegmentDetail struct {
	SegmentRow
	MeetingRow MeetingRow      `json:"meeting_row"`
	Devices    []Device        `json:"devices" doc:"oldest first"`
	Summaries  []StreamSummary `json:"summaries" doc:"Zoom's own, sent when the person left"`
	Rejoins    []SegmentRow    `json:"rejoins,omitempty" doc:"the same person's other segments of this meeting"`
	Drops      []Drop          `json:"drops" doc:"this person's falls out of this meeting, oldest first"`
	Overall    Overall         `json:"overall" doc:"of all its minutes; three in a row make it as bad, too"`
	Verdicts   []Verdict       `json:"verdicts" doc:"what made its poor and bad minutes so, oldest first"`
	Trust      *Trust          `json:"trust,omitempty" doc:"how far the minutes can be trusted; absent where Zoom reports nothing"`
}

// Trust compares what came of a segment with what should have come, with Zoom's own summary and with Zoom's own verdicts.
type Trust struct {
	ExpectedMinutes int           `json:"expected_minutes" doc:"whole minutes that the segment lasted"`
	ReportedMinutes int           `json:"reported_minutes" doc:"of which there is a report"`
	MissingPct      float64       `json:"missing_pct"`
	Streams         []TrustStream `json:"streams" doc:"our figures beside those of Zoom's summary, which comes when the person leaves"`
	Agreement       []Agreement   `json:"agreement"`
}

// TrustStream holds our figures of one metric of one stream beside Zoom's.
type TrustStream struct {
	Wire      earshot.Wire      `json:"wire"`
	Media     earshot.Media     `json:"media,omitempty"`
	Direction earshot.Direction `json:"direction,omitempty"`
	Metric    earshot.Metric    `json:"metric"`
	Ours      Spread            `json:"ours"`
	Zoom      Spread            `json:"zoom"`
	Agrees    bool              `json:"agrees" doc:"the averages are close, and no report lies outside Zoom's extremes"`
}

// Spread is what is known of a metric over a segment.
type Spread struct {
	Min *float64 `json:"min,omitempty"`
	Avg *float64 `json:"avg,omitempty"`
	Max *float64 `json:"max,omitempty"`
}

// Agreement compares our grades of a medium with Zoom's own, over the minutes that have both.
type Agreement struct {
	Media    earshot.Media `json:"media"`
	Compared int           `json:"compared" doc:"minutes with both verdicts"`
	Same     int           `json:"same"`
	Harsher  int           `json:"harsher" doc:"ours is worse"`
	Milder   int           `json:"milder" doc:"Zoom's is worse"`
	Apart    int           `json:"apart" doc:"two grades or more apart"`
	Kappa    *float64      `json:"kappa,omitempty" doc:"Cohen's kappa, linear weights: 1 the same, 0 as by chance; absent where it means nothing"`
}

// StreamSummary is Zoom's own summary of one stream of a segment.
type StreamSummary struct {
	Wire      earshot.Wire       `json:"wire"`
	Media     earshot.Media      `json:"media,omitempty"`
	Direction earshot.Direction  `json:"direction,omitempty"`
	Values    map[string]float64 `json:"values" doc:"min_, avg_ and max_ of bitrate_kbps, latency_ms, jitter_ms, loss_pct, frame_rate_fps, and the rest by metric name"`
}

// StreamSeries is one stream, the CPU or the radio over time, column by column. At holds milliseconds since the epoch; the
// other columns are as long, with null where a report did not say. Metrics that never occur are left out.
type StreamSeries struct {
	Wire      earshot.Wire          `json:"wire"`
	Media     earshot.Media         `json:"media,omitempty"`
	Direction earshot.Direction     `json:"direction,omitempty"`
	Peer      earshot.Peer          `json:"peer,omitempty"`
	At        []int64               `json:"at"`
	Metrics   map[string][]*float64 `json:"metrics" doc:"by metric name: bitrate_kbps, latency_ms, jitter_ms, loss_avg_pct, loss_max_pct, width_px, height_px, frame_rate_fps, cpu_..., rssi_..._dbm, quality, quality_score; for audio also estimated_mos, which is no figure of Zoom's"`
}

// Band is where a grade begins for a metric of a medium, for drawing thresholds behind charts.
type Band struct {
	Media   earshot.Media  `json:"media,omitempty"`
	Metric  earshot.Metric `json:"metric"`
	Fair    *float64       `json:"fair,omitempty"`
	Poor    *float64       `json:"poor,omitempty"`
	Bad     *float64       `json:"bad,omitempty"`
	Falling bool           `json:"falling,omitempty" doc:"true where less is worse: frame rate, signal strength"`
	// Direction narrows the rule to one way; left out, it holds for both.
	Direction earshot.Direction `json:"direction,omitempty"`
	Strict    bool              `json:"strict,omitempty" doc:"a value on the bound still has the better grade"`
	Source    string            `json:"source,omitempty" doc:"where the bounds come from"`
}

// SegmentSeries is everything the participant page draws between From and To.
type SegmentSeries struct {
	From           time.Time      `json:"from"`
	To             time.Time      `json:"to"`
	Streams        []StreamSeries `json:"streams"`
	Minutes        []Minute       `json:"minutes"`
	Notifications  []Notification `json:"notifications"`
	Bands          []Band         `json:"bands"`
	InputMeans     string         `json:"input_means" doc:"sent or received: how *_input of audio was read"`
	InputVideo     string         `json:"input_video" doc:"the same for video"`
	CadenceSeconds int            `json:"cadence_seconds" doc:"the usual distance of two reports here; a longer one is a gap"`
}

// Peers is what was usual for the other people of a participant's meeting, minute by minute between From and To.
type Peers struct {
	From    time.Time    `json:"from"`
	To      time.Time    `json:"to"`
	People  int          `json:"people" doc:"how many others were reported in that time"`
	Least   int          `json:"least" doc:"a minute that fewer others reported has no median"`
	Streams []PeerSeries `json:"streams" doc:"in Zoom's order of types; those that nobody reported are left out"`
}

// PeerSeries is what was usual of one wire type: medians over people of each one's mean in the minute.
type PeerSeries struct {
	Wire      earshot.Wire          `json:"wire"`
	Media     earshot.Media         `json:"media,omitempty"`
	Direction earshot.Direction     `json:"direction,omitempty"`
	Peer      earshot.Peer          `json:"peer,omitempty"`
	At        []int64               `json:"at" doc:"starts of the minutes in which anybody reported"`
	People    []int                 `json:"people" doc:"how many others reported in the minute"`
	Metrics   map[string][]*float64 `json:"metrics" doc:"by metric name; null where fewer than least reported it"`
}
