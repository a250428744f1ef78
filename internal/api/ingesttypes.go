package api

import (
	"time"

	"github.com/earshot/earshot"
)

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
