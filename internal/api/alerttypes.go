package api

import (
	"time"

	"github.com/earshot/earshot"
	"github.com/earshot/earshot/internal/alert"
)

// AlertRow is one alert.
type AlertRow struct {
	ID          earshot.ID        `json:"id"`
	Rule        string            `json:"rule"`
	Kind        alert.Kind        `json:"kind"`
	Severity    alert.Severity    `json:"severity" enum:"critical,warning,info"`
	State       alert.State       `json:"state" enum:"firing,resolved"`
	Title       string            `json:"title" doc:"what, how many people, since when"`
	Evidence    string            `json:"evidence,omitempty" doc:"what speaks for it, with counts"`
	Raised      time.Time         `json:"raised" doc:"event time"`
	Began       *time.Time        `json:"began,omitempty" doc:"when the trouble did"`
	Updated     time.Time         `json:"updated"`
	Ended       *time.Time        `json:"ended,omitempty" doc:"left out while it fires"`
	Incident    earshot.ID        `json:"incident,omitempty" doc:"that it is about, or that explains it"`
	Explained   bool              `json:"explained,omitempty" doc:"a symptom of that incident: not told beside it"`
	SubjectKind alert.SubjectKind `json:"subject_kind" enum:"incident,person,meeting,series,site,data-center,client-version,everything,health,labels"`
	Subject     earshot.ID        `json:"subject,omitempty" doc:"id of the person, meeting, series, site or incident"`
	Cause       earshot.Cause     `json:"cause,omitempty"`
	Inside      *PeopleCount      `json:"inside,omitempty"`
	Elsewhere   *PeopleCount      `json:"elsewhere,omitempty"`
	Affected    int               `json:"affected,omitempty"`
	Minutes     int               `json:"minutes,omitempty" doc:"bad participant-minutes"`
	Labels      map[string]string `json:"labels" doc:"what routes and silences match"`
	SilencedBy  []string          `json:"silenced_by,omitempty" doc:"ids of silences, while it fires"`
	Inhibited   bool              `json:"inhibited,omitempty" doc:"its cause is told instead"`
	Ack         *AlertAck         `json:"ack,omitempty"`
	Told        []string          `json:"told,omitempty" doc:"the receivers that took it"`
}

// AlertAck says who has taken an alert on.
type AlertAck struct {
	At      time.Time `json:"at"`
	Who     string    `json:"who"`
	Comment string    `json:"comment,omitempty"`
}

// AlertLine is one line of an alert's timeline.
type AlertLine struct {
	At   time.Time    `json:"at"`
	What alert.Change `json:"what" enum:"raised,escalated,grew,cleared,ended,acknowledged,notified,refused"`
	Who  string       `json:"who,omitempty" doc:"the receiver, or who acknowledged"`
	Text string       `json:"text,omitempty"`
}

// AlertDetail is one alert with its timeline.
type AlertDetail struct {
	AlertRow
	Timeline []AlertLine `json:"timeline" doc:"oldest first; deliveries are of wall time, the rest of event time"`
}

// AlertsNow are the alerts that fire.
type AlertsNow struct {
	Items []AlertRow `json:"items" doc:"worst first"`
}

// AlertRule is a rule and where it comes from.
type AlertRule struct {
	alert.Rule
	Origin     string     `json:"origin" enum:"default,file,typed"`
	Who        string     `json:"who,omitempty" doc:"typed: by whom"`
	Changed    *time.Time `json:"changed,omitempty" doc:"typed: when"`
	Hides      bool       `json:"hides,omitempty" doc:"it stands in place of a default or a rule of the file, which deleting it brings back"`
	Replayable bool       `json:"replayable,omitempty" doc:"it can be tried on the past"`
	LastFired  *time.Time `json:"last_fired,omitempty" doc:"when it raised an alert last; left out: never"`
	FiredTimes int        `json:"fired_times,omitempty" doc:"how often it did in the last 30 days"`
}

// AlertRules are all rules.
type AlertRules struct {
	Items []AlertRule `json:"items"`
}

// AlertMatcher selects alerts by one label.
type AlertMatcher struct {
	Name  string `json:"name" minLength:"1" maxLength:"128"`
	Value string `json:"value" maxLength:"1000"`
	Regex bool   `json:"regex,omitempty" doc:"value is a regular expression for the whole label"`
	Not   bool   `json:"not,omitempty"`
}

// AlertSilence is a silence.
type AlertSilence struct {
	ID       string         `json:"id"`
	State    string         `json:"state" enum:"active,pending,expired"`
	Matchers []AlertMatcher `json:"matchers"`
	Starts   time.Time      `json:"starts"`
	Ends     time.Time      `json:"ends"`
	By       string         `json:"by"`
	Comment  string         `json:"comment"`
}

// AlertSilences are all silences.
type AlertSilences struct {
	Items []AlertSilence `json:"items" doc:"active ones first"`
}

// NewAlertSilence asks for a silence.
type NewAlertSilence struct {
	ID              string         `json:"id,omitempty" doc:"of one that is to be changed"`
	Matchers        []AlertMatcher `json:"matchers" minItems:"1" maxItems:"20"`
	Starts          *time.Time     `json:"starts,omitempty" doc:"left out: now"`
	DurationMinutes int            `json:"duration_minutes" minimum:"1" maximum:"525600"`
	Comment         string         `json:"comment" minLength:"1" maxLength:"1000"`
}

// AlertSilenceMade names a silence that was made.
type AlertSilenceMade struct {
	ID string `json:"id"`
}

// AlertReceiver is where alerts go.
type AlertReceiver struct {
	Name         string                 `json:"name"`
	Integrations []AlertReceiverAnswers `json:"integrations" doc:"those that were used since the start"`
}

// AlertReceiverAnswers is how one integration of a receiver does.
type AlertReceiverAnswers struct {
	Name         string     `json:"name" doc:"such as slack[0]"`
	LastOK       *time.Time `json:"last_ok,omitempty"`
	FailingSince *time.Time `json:"failing_since,omitempty"`
	Failures     int        `json:"failures,omitempty" doc:"since then"`
	Error        string     `json:"error,omitempty" doc:"the last one"`
}

// AlertReceivers are all receivers.
type AlertReceivers struct {
	Items []AlertReceiver `json:"items"`
}

// AlertAnswers is what a receiver said to a sample.
type AlertAnswers struct {
	Items []AlertAnswer `json:"items"`
}

// AlertAnswer is what one integration said.
type AlertAnswer struct {
	Integration string  `json:"integration"`
	OK          bool    `json:"ok"`
	Error       string  `json:"error,omitempty"`
	TookMs      float64 `json:"took_ms"`
}

// BackTestRequest asks what rules would have done.
type BackTestRequest struct {
	Rules []alert.Rule `json:"rules" minItems:"1" maxItems:"2" doc:"two are compared side by side"`
	Days  int          `json:"days" minimum:"1" maximum:"90"`
}

// BackTests are what rules would have done, in the order in which they were asked about.
type BackTests struct {
	Items []BackTest `json:"items"`
}

// BackTest is what one rule would have done.
type BackTest struct {
	Rule     string           `json:"rule"`
	From     time.Time        `json:"from"`
	To       time.Time        `json:"to"`
	Fired    int              `json:"fired"`
	Sentence string           `json:"sentence" doc:"would have fired 14 times in the last 30 days, 11 in Lyon"`
	BySite   []BackTestSite   `json:"by_site" doc:"most first"`
	ByDay    []BackTestDay    `json:"by_day" doc:"without days on which it would not have fired"`
	Firings  []BackTestFiring `json:"firings" doc:"the newest 200, newest first"`
	Caveats  []string         `json:"caveats" doc:"where the past knows less than the rule would have"`
	TookMs   float64          `json:"took_ms"`
}

// BackTestSite is how often at one site.
type BackTestSite struct {
	Site  string `json:"site" doc:"empty: at no site"`
	Fired int    `json:"fired"`
}

// BackTestDay is how often on one day (UTC).
type BackTestDay struct {
	Day   time.Time `json:"day"`
	Fired int       `json:"fired"`
}

// BackTestFiring is one alert that would have been raised.
type BackTestFiring struct {
	Title    string         `json:"title"`
	Severity alert.Severity `json:"severity"`
	From     time.Time      `json:"from"`
	To       *time.Time     `json:"to,omitempty"`
	Affected int            `json:"affected,omitempty"`
	Value    float64        `json:"value,omitempty"`
	Incident earshot.ID     `json:"incident,omitempty"`
}

// AlertComment is what somebody says who acknowledges.
type AlertComment struct {
	Comment string `json:"comment,omitempty" maxLength:"1000"`
}

// Done says that something was done.
type Done struct {
	OK bool `json:"ok"`
}
