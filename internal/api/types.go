package api

import (
	"time"

	"github.com/earshot/earshot"
)

// The JSON of the API. Times are RFC 3339 in UTC; a missing time, name or number is left out, never zero. Ids are 16
// hexadecimal digits. Grades are "good", "fair", "poor", "bad", "unclassified".

// Page is a page of a list. NextCursor is "" on the last page; pass it as ?cursor= with the other parameters unchanged.
type Page[T any] struct {
	Items      []T    `json:"items"`
	NextCursor string `json:"next_cursor"`
}

// GradeCount counts people or minutes by grade.
type GradeCount struct {
	Good         int `json:"good"`
	Fair         int `json:"fair"`
	Poor         int `json:"poor"`
	Bad          int `json:"bad"`
	Unclassified int `json:"unclassified"`
}

// GradeSum is what participant-minutes amount to: the worst grade that at least a tenth of them have or exceed.
type GradeSum struct {
	Grade   earshot.Grade `json:"grade" doc:"the worst that at least a tenth of the classified minutes have or exceed"`
	Minutes GradeCount    `json:"minutes"`
	OKPct   *float64      `json:"ok_pct,omitempty" doc:"share of the classified minutes that are good or fair"`
}

// Overall is a GradeSum with the observation that decided most of the minutes that are as bad.
type Overall struct {
	GradeSum
	Reason  *Reason `json:"reason,omitempty" doc:"with the worst value that it had"`
	Decided int     `json:"decided,omitempty" doc:"how many minutes the reason decided"`
}

// Grades is what the sealed minutes of a span amount to. From may be later than asked for where there are too many.
type Grades struct {
	From    time.Time `json:"from"`
	To      time.Time `json:"to"`
	Profile string    `json:"profile" doc:"that graded"`
	GradeSum
	Streams   []StreamGrades `json:"streams" doc:"by stream, those that ever flowed"`
	Sites     []SiteGrades   `json:"sites" doc:"most trouble first"`
	Series    []SeriesGrades `json:"series" doc:"recurring meetings, most trouble first, at most 100"`
	Agreement []Agreement    `json:"agreement" doc:"our grades beside Zoom's own"`
}

// StreamGrades is one stream of everybody.
type StreamGrades struct {
	Stream string `json:"stream" enum:"audio_send,audio_receive,video_send,video_receive,share_send,share_receive,cpu,wifi"`
	GradeSum
}

// SiteGrades is everybody at one site.
type SiteGrades struct {
	Site SiteRef `json:"site"`
	GradeSum
}

// SeriesGrades is all meetings of one series.
type SeriesGrades struct {
	Series   earshot.ID `json:"series"`
	Number   string     `json:"number,omitempty"`
	Topic    string     `json:"topic,omitempty" doc:"the newest"`
	Meetings int        `json:"meetings"`
	GradeSum
}

// Reason is the observation that decided a grade. Text says it in words: "audio received, loss 18.2 %, bad from 10 %".
type Reason struct {
	Text      string            `json:"text"`
	Wire      earshot.Wire      `json:"wire" doc:"Zoom's own name of the stream or source"`
	Media     earshot.Media     `json:"media,omitempty"`
	Direction earshot.Direction `json:"direction,omitempty"`
	Metric    earshot.Metric    `json:"metric"`
	Value     float64           `json:"value"`
	Bound     float64           `json:"bound"`
}

// MeetingRow is a meeting in a list.
type MeetingRow struct {
	ID             earshot.ID    `json:"id"`
	Account        earshot.ID    `json:"account"`
	UUID           string        `json:"uuid"`
	Kind           earshot.Kind  `json:"kind"`
	Number         string        `json:"number,omitempty"`
	Series         earshot.ID    `json:"series,omitempty" doc:"the meetings that share the number"`
	Topic          string        `json:"topic,omitempty"`
	Host           string        `json:"host,omitempty" doc:"the host's name where a segment revealed it"`
	Parent         earshot.ID    `json:"parent,omitempty" doc:"the main meeting of a breakout room"`
	Live           bool          `json:"live"`
	Start          *time.Time    `json:"start,omitempty" doc:"Zoom's start; else the first event seen, with start_estimated"`
	StartEstimated bool          `json:"start_estimated,omitempty" doc:"the meeting was running before Earshot heard of it"`
	End            *time.Time    `json:"end,omitempty"`
	LastSeen       *time.Time    `json:"last_seen,omitempty"`
	People         int           `json:"people" doc:"live: present now; past: distinct people"`
	Unreported     int           `json:"unreported" doc:"people whom Zoom sends no quality reports about, external ones mostly"`
	Grade          earshot.Grade `json:"grade" doc:"live: the worst person's grade now; past: the worst that lasted"`
	Since          *time.Time    `json:"since,omitempty" doc:"live: when the present grade began"`
	Now            GradeCount    `json:"now" doc:"live: people by present grade"`
	Minutes        GradeCount    `json:"minutes" doc:"participant-minutes by grade: of the last 20 minutes while live, of all when past"`
	Affected       GradeCount    `json:"affected" doc:"distinct people by their worst minute"`
	Reason         *Reason       `json:"reason,omitempty" doc:"live: what decided the worst person's grade"`
	// Strip is the last 20 minutes of a live meeting, oldest first, the open minute last.
	Strip []StripMinute `json:"strip,omitempty"`
}

// StripMinute is one minute of a live meeting: people by grade.
type StripMinute struct {
	At time.Time `json:"at"`
	GradeCount
}

// PersonRef names a person. Name is the best known: display name, else e-mail, else "".
type PersonRef struct {
	ID       earshot.ID `json:"id,omitempty"`
	Name     string     `json:"name"`
	External bool       `json:"external,omitempty"`
}

// SiteRef names a site; Derived ones are public prefixes that nobody configured.
type SiteRef struct {
	ID      earshot.ID `json:"id,omitempty"`
	Name    string     `json:"name"`
	Derived bool       `json:"derived,omitempty"`
}

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

// Minute is one graded participant-minute.
type Minute struct {
	At time.Time `json:"at"`
	MinuteKind
}

// MinuteKind is what a minute was, whenever it was.
type MinuteKind struct {
	Grade  earshot.Grade `json:"grade"`
	Why    earshot.Why   `json:"why,omitempty"`
	Reason *Reason       `json:"reason,omitempty"`
	Open   bool          `json:"open,omitempty" doc:"not sealed: later reports may still change it"`
	Spike  bool          `json:"spike,omitempty"`
	// Slots are the grades of audio_send, audio_receive, video_send, video_receive, share_send, share_receive, cpu, wifi.
	Slots []earshot.Grade `json:"slots"`
	// Zoom's own verdicts on audio, video and sharing, where it gave any.
	Zoom  []earshot.Grade `json:"zoom,omitempty"`
	Cause *MinuteCause    `json:"cause,omitempty" doc:"of a poor or bad one"`
}

// Notification is something Zoom told without a number.
type Notification struct {
	At      time.Time  `json:"at"`
	Segment earshot.ID `json:"segment,omitempty"`
	Code    string     `json:"code"`
}

// MeetingDetail is one meeting with everything on its page but the minutes.
type MeetingDetail struct {
	MeetingRow
	AccountZoomID string         `json:"account_zoom_id,omitempty"`
	Segments      []SegmentRow   `json:"segments" doc:"worst first"`
	Breakouts     []MeetingRow   `json:"breakouts,omitempty"`
	Notifications []Notification `json:"notifications"`
	Drops         []Drop         `json:"drops" doc:"who fell out, oldest first"`
	Changes       []Change       `json:"changes" doc:"of networks and devices within a join, oldest first"`
	Agreement     []Agreement    `json:"agreement" doc:"our grades beside Zoom's own, for each medium that it judged"`
	Overall       Overall        `json:"overall" doc:"of everybody's minutes together"`
	Causes        []CauseMinutes `json:"causes" doc:"of everybody's poor and bad minutes, most minutes first"`
	Watermark     time.Time      `json:"watermark" doc:"event time now"`
}

// Drop is one fall out of a meeting.
type Drop struct {
	At          time.Time  `json:"at" doc:"the leave, else the last report"`
	Segment     earshot.ID `json:"segment" doc:"the join that ended"`
	Person      PersonRef  `json:"person"`
	Kind        string     `json:"kind" enum:"rejoined,disconnected,silent" doc:"back under a new in-meeting id within 120 s; disconnected by Zoom's own words; or reports stopped while the meeting went on and nobody left"`
	Back        earshot.ID `json:"back,omitempty" doc:"the join in which they came back"`
	AwaySeconds *float64   `json:"away_seconds,omitempty" doc:"until they were back; 0 when that was before Zoom noticed"`
}

// Change is something about a participant's network or device that became another during a join.
type Change struct {
	At      time.Time  `json:"at" doc:"when Zoom first told of it"`
	Segment earshot.ID `json:"segment"`
	What    string     `json:"what" enum:"network,connection,address,data-center,microphone,speaker,camera,client-version"`
	From    string     `json:"from,omitempty" doc:"left out for addresses"`
	To      string     `json:"to,omitempty" doc:"left out for addresses"`
}

// SegmentMinutes is one row of the heat strip.
type SegmentMinutes struct {
	Segment earshot.ID `json:"segment"`
	Minutes []Minute   `json:"minutes"`
}

// MeetingMinutes is the heat strip: every segment's minutes between From and To.
type MeetingMinutes struct {
	From time.Time        `json:"from"`
	To   time.Time        `json:"to"`
	Rows []SegmentMinutes `json:"rows"`
}

// MinuteColumns is MeetingMinutes for a page that draws all of it: a fifth of the size or less, for most minutes are like others.
type MinuteColumns struct {
	From  time.Time    `json:"from"`
	To    time.Time    `json:"to"`
	At    []time.Time  `json:"at" doc:"the columns: every minute in which anybody has a row, oldest first"`
	Kinds []MinuteKind `json:"kinds" doc:"every sort of minute that occurs, each once"`
	Rows  []MinuteRuns `json:"rows" doc:"in the order of get-meeting-minutes"`
}

// MinuteRuns is one segment's minutes.
type MinuteRuns struct {
	Segment earshot.ID `json:"segment"`
	First   int        `json:"first" doc:"the column of its first minute"`
	Runs    []int      `json:"runs" doc:"in pairs, from the first column on: an index into kinds, -1 where there is no minute; and for how many columns"`
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

// Person is a human across joins.
type Person struct {
	ID         earshot.ID        `json:"id"`
	Account    earshot.ID        `json:"account"`
	Name       string            `json:"name"`
	Email      string            `json:"email,omitempty"`
	ZoomUserID string            `json:"zoom_user_id,omitempty"`
	KnownBy    earshot.PersonKey `json:"known_by"`
}

// PersonSegment is one join in a person's history.
type PersonSegment struct {
	SegmentRow
	MeetingRow MeetingRow `json:"meeting_row"`
}

// WeekMinutes is a week of somebody's minutes.
type WeekMinutes struct {
	From    time.Time  `json:"from"`
	Minutes GradeCount `json:"minutes"`
}

// NamedMinutes is the minutes at one site, over one network or with one device.
type NamedMinutes struct {
	Name    string     `json:"name" doc:"empty where Zoom does not tell"`
	Minutes GradeCount `json:"minutes"`
}

// PersonDetail is a person with the newest joins first.
type PersonDetail struct {
	Person
	Minutes  GradeCount      `json:"minutes" doc:"of the last 30 days"`
	Weeks    []WeekMinutes   `json:"weeks" doc:"the last eight weeks with a minute, oldest first; weeks begin on Monday, UTC"`
	Sites    []NamedMinutes  `json:"sites" doc:"of the last 30 days, as the next ones; most minutes first"`
	Networks []NamedMinutes  `json:"networks"`
	Devices  []NamedMinutes  `json:"devices" doc:"device and client version"`
	Causes   []CauseMinutes  `json:"causes" doc:"of poor and bad minutes; people is the number of meetings"`
	Overall  Overall         `json:"overall" doc:"of the same minutes"`
	Segments []PersonSegment `json:"segments"`
}

// CallParty is one side of a phone call.
type CallParty struct {
	Name      string     `json:"name,omitempty"`
	Person    earshot.ID `json:"person,omitempty"`
	Number    string     `json:"number,omitempty"`
	Extension string     `json:"extension,omitempty"`
	Device    string     `json:"device,omitempty"`
	Network   string     `json:"network,omitempty"`
}

// Call is a Zoom Phone call.
type Call struct {
	ID        earshot.ID    `json:"id"`
	ZoomID    string        `json:"zoom_id"`
	Start     *time.Time    `json:"start,omitempty"`
	Connected *time.Time    `json:"connected,omitempty"`
	End       *time.Time    `json:"end,omitempty"`
	Caller    CallParty     `json:"caller"`
	Callee    CallParty     `json:"callee"`
	MOS       *float64      `json:"mos,omitempty" doc:"least of the delivered scores"`
	Grade     earshot.Grade `json:"grade" doc:"Zoom's rule: MOS from 3.5 is good, below is bad"`
}

// CallSeries is one side and direction of a call over time, as in StreamSeries.
type CallSeries struct {
	Side      earshot.CallSide      `json:"side"`
	Direction earshot.Direction     `json:"direction"`
	At        []int64               `json:"at"`
	Metrics   map[string][]*float64 `json:"metrics" doc:"bitrate_kbps, loss_avg_pct, loss_max_pct, jitter_ms, network_delay_ms, mos"`
}

// CallDetail is a call with its series.
type CallDetail struct {
	Call
	Series []CallSeries `json:"series"`
}

// SearchHit is one answer of the search box.
type SearchHit struct {
	Type   string     `json:"type" enum:"meeting,person,call,site"`
	ID     earshot.ID `json:"id"`
	Title  string     `json:"title"`
	Detail string     `json:"detail,omitempty"`
	Live   bool       `json:"live,omitempty"`
}

// Ingest is the state of the way in, from Zoom's request to the applied row.
type Ingest struct {
	// Receiver is false while the receiver does not answer; its figures are then the last known.
	Receiver        bool                 `json:"receiver"`
	ReceiverError   string               `json:"receiver_error,omitempty"`
	Received        uint64               `json:"received"`
	Accepted        uint64               `json:"accepted"`
	Duplicate       uint64               `json:"duplicate"`
	BadSignature    uint64               `json:"bad_signature"`
	BadTimestamp    uint64               `json:"bad_timestamp"`
	TooLarge        uint64               `json:"too_large"`
	Shed            uint64               `json:"shed" doc:"answered 503: Zoom will try again"`
	Aborted         uint64               `json:"aborted" doc:"the connection ended before the body did"`
	Challenges      uint64               `json:"challenges"`
	Quarantined     uint64               `json:"quarantined" doc:"requests now waiting to be verified again"`
	LastEvent       *time.Time           `json:"last_event,omitempty"`
	LastChallenge   *time.Time           `json:"last_challenge,omitempty"`
	Subscriptions   []SubscriptionIngest `json:"subscriptions"`
	EventsPerSecond float64              `json:"events_per_second" doc:"over the last minute"`
	AckP50Ms        float64              `json:"ack_p50_ms"`
	AckP99Ms        float64              `json:"ack_p99_ms"`

	Journal JournalIngest `json:"journal"`
	Applied AppliedIngest `json:"applied"`
	// LagP50Ms and LagP99Ms run from the receipt of an event to its row, over the last minute.
	LagP50Ms float64       `json:"lag_p50_ms"`
	LagP99Ms float64       `json:"lag_p99_ms"`
	Events   []EventIngest `json:"events" doc:"by event name, most frequent first"`
	Drift    []DriftIngest `json:"drift" doc:"names on the wire that Earshot does not know"`
	Facts    FactsIngest   `json:"facts"`
	// Input says, for each account and for audio and video, which way Zoom's *_input is taken to run.
	Input   []InputReading `json:"input"`
	Notices []Notice       `json:"notices" doc:"what somebody should look at, worst first"`
}

// InputReading is how *_input of one medium of one account is read, and why.
type InputReading struct {
	Account       earshot.ID    `json:"account"`
	AccountZoomID string        `json:"account_zoom_id,omitempty"`
	Media         earshot.Media `json:"media"`
	Means         string        `json:"means" enum:"sent,received" doc:"what *_input is, seen from the participant"`
	How           string        `json:"how" enum:"set,assumed,found" doc:"set by the configuration; assumed while the traffic has not told; found from the traffic"`
	Sure          float64       `json:"sure" doc:"the probability by the traffic alone, 0 to 1; 0.5 without evidence"`
	Since         *time.Time    `json:"since,omitempty" doc:"when it was found"`
	Text          string        `json:"text" doc:"the evidence in words"`
}

// SubscriptionIngest is the state of one /webhook/{name}.
type SubscriptionIngest struct {
	Name      string     `json:"name" doc:"empty for /webhook itself"`
	Secrets   int        `json:"secrets"`
	Accepted  uint64     `json:"accepted"`
	Refused   uint64     `json:"refused"`
	LastEvent *time.Time `json:"last_event,omitempty"`
	// LastChallenge is when Zoom last checked that this path is ours; it does so every 72 hours.
	LastChallenge *time.Time `json:"last_challenge,omitempty"`
}

// JournalIngest is the journal's size and reach.
type JournalIngest struct {
	ID           string     `json:"id"`
	First        uint64     `json:"first"`
	Tail         uint64     `json:"tail"`
	Oldest       *time.Time `json:"oldest,omitempty"`
	Bytes        int64      `json:"bytes"`
	ArchiveBytes int64      `json:"archive_bytes"`
	Damaged      uint64     `json:"damaged" doc:"archive segments moved aside"`
}

// AppliedIngest is how far the monitor is.
type AppliedIngest struct {
	Seq        uint64      `json:"seq" doc:"folded"`
	Facts      uint64      `json:"facts"`
	Registry   uint64      `json:"registry"`
	Snapshot   uint64      `json:"snapshot"`
	Backlog    uint64      `json:"backlog" doc:"records not yet folded"`
	Watermark  *time.Time  `json:"watermark,omitempty" doc:"event time now"`
	Rebuilding *Rebuilding `json:"rebuilding,omitempty"`
	DirtyHours int         `json:"dirty_hours" doc:"hours waiting to be computed again"`
}

// Rebuilding is the progress of filling a store that was lost.
type Rebuilding struct {
	Seq uint64 `json:"seq"`
	To  uint64 `json:"to"`
}

// EventIngest counts one event name.
type EventIngest struct {
	Name  string     `json:"name"`
	Count uint64     `json:"count"`
	Last  *time.Time `json:"last,omitempty"`
}

// DriftIngest is one unknown event or key.
type DriftIngest struct {
	Event string    `json:"event"`
	Key   string    `json:"key,omitempty"`
	Count uint64    `json:"count"`
	First time.Time `json:"first"`
	Last  time.Time `json:"last"`
}

// FactsIngest is the column store's size and health.
type FactsIngest struct {
	Rows      map[string]int64 `json:"rows"`
	FileBytes int64            `json:"file_bytes"`
	WALBytes  int64            `json:"wal_bytes"`
	Recovered string           `json:"recovered,omitempty" doc:"what was wrong when a damaged store was moved aside"`
}

// Notice is something to look at: what, and what to do about it.
type Notice struct {
	Severity string `json:"severity" enum:"info,warning,error"`
	Text     string `json:"text"`
	Hint     string `json:"hint,omitempty"`
}

// LiveStatus is the SSE event "status", once a second: the counts in the navigation and the line "Following".
type LiveStatus struct {
	Watermark       time.Time  `json:"watermark"`
	Meetings        int        `json:"meetings"`
	People          int        `json:"people"`
	Calls           int        `json:"calls"`
	ByGrade         GradeCount `json:"by_grade" doc:"people"`
	MeetingsByGrade GradeCount `json:"meetings_by_grade"`
	External        int        `json:"external" doc:"people without reports"`
	LagMs           float64    `json:"lag_ms" doc:"of the newest applied event"`
	Receiver        bool       `json:"receiver"`
}

// LiveMeetings is the SSE event "meetings": rows that changed or began, and ids that ended, at most once a second.
type LiveMeetings struct {
	Rows  []MeetingRow `json:"rows"`
	Ended []earshot.ID `json:"ended,omitempty"`
}

// LiveMeeting is the SSE event "meeting", sent on /api/v1/events?meeting=ID: segments and minutes that changed.
type LiveMeeting struct {
	Meeting  earshot.ID       `json:"meeting"`
	Segments []SegmentRow     `json:"segments"`
	Minutes  []SegmentMinutes `json:"minutes"`
}

// Session is who is logged in.
type Session struct {
	User string `json:"user"`
	Role string `json:"role"`
}
