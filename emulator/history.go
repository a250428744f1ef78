package emulator

import (
	"cmp"
	"slices"
	"sync"
	"time"

	"github.com/earshot/earshot"
	"github.com/earshot/earshot/zoom"
)

// defaultHistoryMinutes is about 250 MB, a day of 350 people who are in calls all the time, or a working day of 1,000.
const defaultHistoryMinutes = 500_000

// HistoryOptions bound a [History].
type HistoryOptions struct {
	// Minutes is how many reports about participants are kept (default 500,000, some 500 bytes each). When there are more,
	// the meetings and calls that ended first are forgotten; what is live stays.
	Minutes int
}

// History remembers what happened in a world, so that it can be asked for afterwards: it is what Zoom's REST side knows. It
// is fed with [History.Observe] and shares nothing with the world afterwards.
//
// What it says about quality comes from the same notifications that are sent, so REST and webhooks agree; who is in which
// meeting it sees in the world itself, because a world has been running before its first notification.
//
// A History may be used by many goroutines. What its methods return belongs to the caller, except for the slices of reports
// and bodies within, which nobody may change.
type History struct {
	mu        sync.RWMutex
	o         HistoryOptions
	dec       zoom.Decoder
	ev        zoom.Event
	begin     time.Time
	now       time.Time
	instances map[string]*Instance
	members   map[memberKey]*Member
	rooms     map[string]string // breakout uuid to instance uuid
	latest    map[int64]string  // meeting number to its latest instance
	ended     []string          // instances, in order of ending
	calls     map[string]*PhoneCall
	callsDone []string
	people    map[string]Colleague
	reports   int
	accounts  []string // its own first, then the sub-accounts
	damaged   int
}

type memberKey struct{ instance, id string }

// Instance is one meeting, webinar or Video SDK session.
type Instance struct {
	Kind                 earshot.Kind
	AccountID            string
	UUID                 string // session_id of a session
	Number               int64  // 0 for sessions
	Host                 Colleague
	Topic                string // session_name
	SessionKey, Timezone string
	Start                time.Time
	End                  time.Time // zero while it is live
	Members              []*Member // in order of joining: somebody who came back is there twice
}

// Live reports whether the instance goes on.
func (in *Instance) Live() bool { return in.End.IsZero() }

// Member is one join of one person (or telephone): a rejoiner has several.
type Member struct {
	ID           string // in-meeting id, decimal
	ParentID     string // in a breakout room: the id in the main room
	BreakoutUUID string
	UUID         string // participant_uuid
	Name         string
	UserID       string // "" for guests
	Email        string // "" for guests
	RegistrantID string
	CustomerKey  string
	PhoneNumber  string
	Host         bool
	Joined       time.Time
	Left         time.Time // zero while present, and until Zoom notices
	LeaveReason  string    // as the webhook says it, markup included
	Data         zoom.Data // the latest of every field; empty for who is not reported
	Reports      []MinuteReport
	Summary      []byte // the body of the *_qos_summary notification, nil before
	Shares       []Share

	Video, Share, Room bool // sent video, sent a screen, is a room system

	scoreSum [3]float64
	scoreN   [3]int
}

// Score returns the average of Zoom's scores for audio (0), video (1) or sharing (2) and whether there is one.
func (m *Member) Score(medium int) (score float64, ok bool) {
	if m.scoreN[medium] == 0 {
		return 0, false
	}
	return m.scoreSum[medium] / float64(m.scoreN[medium]), true
}

// Share is a span during which somebody shared a screen; End is zero while it goes on.
type Share struct{ Start, End time.Time }

// MinuteReport is what one *_qos notification said. Streams that were idle are missing from it.
type MinuteReport struct {
	At      time.Time
	Streams []StreamReport
	CPU     *CPUReport // nil: not told
	RSSI    *[3]int    // min, avg, max in dBm; nil: no Wi-Fi, or not told
	Scores  [3]float32 // audio, video, share, 1 to 5; 0 is none
}

// StreamReport is one stream in one report. Numbers are as the notification has them: whole kbps and ms, tenths of a percent.
type StreamReport struct {
	Wire                           earshot.Wire
	Kbps, LatencyMs, JitterMs, FPS float32
	AvgLossPercent, MaxLossPercent float32
	Width, Height                  int
}

// CPUReport is the processor's load in percent, and for browsers Zoom's pressure levels (min, avg, max; 0 is none).
type CPUReport struct {
	ZoomMin, ZoomAvg, ZoomMax, SystemMax float32
	Pressure                             [3]zoom.Level
}

// Colleague is a user of the account with what Zoom Phone and the Dashboard know about them.
type Colleague struct {
	UserID, Name, Email, Phone, Extension, Site, ISP string
	PublicIP, PrivateIP, Device, Version             string
	Microphone, Speaker                              string
}

// PhoneCall is one Zoom Phone call.
type PhoneCall struct {
	ID                       string
	AccountID                string
	Ringing, Answered, Ended time.Time // zero: not (yet)
	Caller, Callee           zoom.CallParty
	QoS                      []zoom.CallQoS // in order of arrival
}

// NewHistory makes an empty history.
func NewHistory(o HistoryOptions) *History {
	setDefault(&o.Minutes, defaultHistoryMinutes)
	return &History{
		o: o, instances: map[string]*Instance{}, members: map[memberKey]*Member{}, rooms: map[string]string{}, latest: map[int64]string{},
		calls: map[string]*PhoneCall{}, people: map[string]Colleague{},
	}
}

// Now is the simulated time of the last observation, zero before the first.
func (h *History) Now() time.Time {
	h.mu.RLock()
	defer h.mu.RUnlock()
	return h.now
}

// AccountID is the account whose meetings these are (its sub-accounts' are among them), "" before the first observation.
func (h *History) AccountID() string {
	h.mu.RLock()
	defer h.mu.RUnlock()
	if len(h.accounts) == 0 {
		return ""
	}
	return h.accounts[0]
}

// Accounts are the account and its sub-accounts, none before the first observation.
func (h *History) Accounts() []string {
	h.mu.RLock()
	defer h.mu.RUnlock()
	return slices.Clone(h.accounts)
}

// InstanceKey names an instance in the order in which lists have them: by start, then UUID.
type InstanceKey struct {
	Start time.Time
	UUID  string
}

// List returns the instances of a kind in order of start: those going on, or those that have ended and started between from
// and to (from inclusive, to exclusive).
func (h *History) List(kind earshot.Kind, live bool, from, to time.Time) []InstanceKey {
	return h.Select(kind, func(in *Instance) bool {
		return in.Live() == live && (live || !in.Start.Before(from) && in.Start.Before(to))
	})
}

// Select returns the instances of a kind that suits says yes to, in order of start. suits is called while the history waits: it
// must be quick, change nothing, keep nothing and call no method of the history.
func (h *History) Select(kind earshot.Kind, suits func(*Instance) bool) []InstanceKey {
	h.mu.RLock()
	defer h.mu.RUnlock()
	var keys []InstanceKey
	for _, in := range h.instances {
		if in.Kind == kind && suits(in) {
			keys = append(keys, InstanceKey{in.Start, in.UUID})
		}
	}
	slices.SortFunc(keys, func(a, b InstanceKey) int {
		return cmp.Or(a.Start.Compare(b.Start), cmp.Compare(a.UUID, b.UUID))
	})
	return keys
}

// Instance returns a copy of the instance with that UUID.
func (h *History) Instance(uuid string) (Instance, bool) {
	h.mu.RLock()
	defer h.mu.RUnlock()
	in, ok := h.instances[uuid]
	if !ok {
		return Instance{}, false
	}
	return in.copy(), true
}

// Latest returns a copy of the latest instance with a meeting number.
func (h *History) Latest(number int64) (Instance, bool) {
	h.mu.RLock()
	defer h.mu.RUnlock()
	in, ok := h.instances[h.latest[number]]
	if !ok {
		return Instance{}, false
	}
	return in.copy(), true
}

func (in *Instance) copy() Instance {
	c := *in
	c.Members = make([]*Member, len(in.Members))
	for i, m := range in.Members {
		x := *m
		x.Shares = slices.Clone(m.Shares) // the last one is still written to
		c.Members[i] = &x
	}
	return c
}

// Calls returns copies of the phone calls that began to ring between from (inclusive) and to (exclusive), in that order.
func (h *History) Calls(from, to time.Time) []PhoneCall {
	h.mu.RLock()
	defer h.mu.RUnlock()
	var list []PhoneCall
	for _, c := range h.calls {
		if !c.Ringing.Before(from) && c.Ringing.Before(to) {
			list = append(list, *c)
		}
	}
	slices.SortFunc(list, func(a, b PhoneCall) int { return cmp.Or(a.Ringing.Compare(b.Ringing), cmp.Compare(a.ID, b.ID)) })
	return list
}

// Call returns a copy of one phone call.
func (h *History) Call(id string) (PhoneCall, bool) {
	h.mu.RLock()
	defer h.mu.RUnlock()
	c, ok := h.calls[id]
	if !ok {
		return PhoneCall{}, false
	}
	return *c, true
}

// Colleague returns a user of the account.
func (h *History) Colleague(userID string) (Colleague, bool) {
	h.mu.RLock()
	defer h.mu.RUnlock()
	c, ok := h.people[userID]
	return c, ok
}

// forget drops what ended first until the bound holds.
func (h *History) forget() {
	for h.reports > h.o.Minutes && len(h.ended) > 0 {
		uuid := h.ended[0]
		h.ended = h.ended[1:]
		in := h.instances[uuid]
		if in == nil {
			continue
		}
		for _, m := range in.Members {
			h.reports -= m.weight()
			delete(h.members, memberKey{uuid, m.ID})
			delete(h.rooms, m.BreakoutUUID)
		}
		delete(h.instances, uuid)
		if h.latest[in.Number] == uuid {
			delete(h.latest, in.Number)
		}
	}
	for len(h.callsDone) > h.o.Minutes/50 {
		delete(h.calls, h.callsDone[0])
		h.callsDone = h.callsDone[1:]
	}
}

// summaryWeight is what the body of a summary counts, in reports.
const summaryWeight = 4

func (m *Member) weight() int {
	n := len(m.Reports)
	if m.Summary != nil {
		n += summaryWeight
	}
	return n
}

// AccountID is the Zoom account of the emulator's world, which depends on the seed alone. Its sub-accounts are others.
func (e *Emulator) AccountID() string { return newPopulation(e.o.Seed, 2, &Life{}).accounts[0].id }
