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

// MinuteSum is participant-minutes by grade, and how many of them are good enough. Places and days are judged by that share against
// target_pct, and have no grade of their own.
type MinuteSum struct {
	Minutes GradeCount `json:"minutes"`
	OKPct   *float64   `json:"ok_pct,omitempty" doc:"share of the classified minutes that are good or fair"`
}

// GradeSum is what the participant-minutes of a meeting, a series, a person or a stream amount to: the worst grade that at least a
// tenth of them have or exceed.
type GradeSum struct {
	Grade earshot.Grade `json:"grade" doc:"the worst that at least a tenth of the classified minutes have or exceed"`
	MinuteSum
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
	MinuteSum
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

// RunningCalls are the phone calls of this moment.
type RunningCalls struct {
	Items   []Call     `json:"items" nullable:"false" doc:"the worst first, 500 at most; mos and grade tell of the last two minutes"`
	Total   int        `json:"total"`
	ByGrade GradeCount `json:"by_grade"`
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

// Notice is something to look at: what, and what to do about it.
type Notice struct {
	Severity string `json:"severity" enum:"info,warning,error"`
	Text     string `json:"text"`
	Hint     string `json:"hint,omitempty"`
}

// LiveStatus is the SSE event "status", once a second: the counts in the navigation and the line "Following".
type LiveStatus struct {
	Watermark       *time.Time `json:"watermark,omitempty" doc:"event time now; none before the first record"`
	LastEvent       *time.Time `json:"last_event,omitempty" doc:"what event time was when the newest event came from Zoom; a challenge is none"`
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
	Segments []SegmentRow     `json:"segments" doc:"without the stays in breakout rooms, which come in stays"`
	Minutes  []SegmentMinutes `json:"minutes"`
	Stays    []LiveStay       `json:"stays,omitempty" doc:"stays in breakout rooms that began, ended or changed"`
}

// LiveStay is a stay in a breakout room, of the main meeting's segment Of. It replaces what was known of the same join of the
// room.
type LiveStay struct {
	Of earshot.ID `json:"of" doc:"the segment of the main meeting"`
	RoomStay
}

// Session is who is logged in.
type Session struct {
	User string `json:"user"`
	Role string `json:"role"`
}
