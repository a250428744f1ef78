package emulator

import (
	"encoding/json"
	"fmt"
	"io"
	"math"
	"slices"
	"time"

	"github.com/earshot/earshot"
)

// TruthMinute is one participant-minute that troubles made worse, found by counterfactual: the same minute with the same
// random numbers, with and without each trouble. A minute is affected when the grade of at least one of its streams, or of
// the CPU, is worse than it would have been without any trouble; minutes that Zoom did not report are left out.
type TruthMinute struct {
	Type    string      `json:"type"` // "minute"
	Minute  time.Time   `json:"minute"`
	Reports time.Time   `json:"date_time"` // of the report about it
	Meeting string      `json:"meeting"`   // uuid as in the report: a breakout room has its own
	UserID  string      `json:"user_id"`   // in-meeting id
	Grade   string      `json:"grade"`     // of what is seen and heard; the CPU has none
	Without string      `json:"without"`   // grade without any trouble
	Slots   []TruthSlot `json:"slots,omitempty"`
	// Causes come worst first. Their shares and Ordinary, what would have been wrong anyhow, sum up to 1.
	Causes   []TruthCause `json:"causes"`
	Ordinary float64      `json:"ordinary"`
	// Dropped: the minute in which somebody fell out of the meeting; there is no report about it.
	Dropped bool `json:"dropped,omitempty"`
}

// TruthSlot is a stream, or the CPU, that was worse than without any trouble.
type TruthSlot struct {
	Slot         string  `json:"slot"` // "audio_receive", "cpu"
	Metric       string  `json:"metric"`
	Value        float64 `json:"value"`
	ValueWithout float64 `json:"value_without"` // of the same metric; 0 where there would have been no stream
	Grade        string  `json:"grade"`
	GradeWithout string  `json:"grade_without"`
}

// TruthCause is one trouble's part in a minute. A trouble that is both on the victim's own path and on a sender's has a
// cause for each.
type TruthCause struct {
	Fault int     `json:"fault"` // TruthFault.Fault
	Kind  string  `json:"kind"`
	Cause string  `json:"cause"` // device, wifi, local-network, isp, zoom-edge, vpn, client-version; or remote
	Share float64 `json:"share"`
	// Offenders are the in-meeting ids of those on whose path it is, where Cause is remote.
	Offenders []string `json:"offenders,omitempty"`
}

// TruthFault is a trouble that at least one reported minute felt. It is told when the trouble and the last minute that felt
// it are over.
type TruthFault struct {
	Type      string        `json:"type"`  // "fault"
	Fault     int           `json:"fault"` // a number in the order of beginnings
	Kind      string        `json:"kind"`
	Cause     string        `json:"cause"`
	Target    string        `json:"target"`
	Direction string        `json:"direction,omitempty"` // "up", "down", none for both
	Strength  float64       `json:"strength"`
	Origin    string        `json:"origin"` // "scenario", "chance", "hand"
	Start     time.Time     `json:"start"`
	End       time.Time     `json:"end"`
	FirstFelt time.Time     `json:"first_felt"` // minute
	LastFelt  time.Time     `json:"last_felt"`
	Minutes   int           `json:"minutes"` // affected participant-minutes
	Victims   []TruthVictim `json:"victims"`
}

// TruthVictim is one participant who felt a fault, on their own path or because others sent badly.
type TruthVictim struct {
	Meeting string `json:"meeting"`
	UserID  string `json:"user_id"`
	Minutes int    `json:"minutes"`
	Remote  bool   `json:"remote,omitempty"` // only because of others
}

// Truth is what has become known of the truth.
type Truth struct {
	Minutes []TruthMinute
	Faults  []TruthFault
}

// leastShare is how much of a minute a trouble must have caused to have been felt in it.
const leastShare = .05

// truthKeeper collects the truth of a world.
type truthKeeper struct {
	out     Truth
	open    []*truthFault
	records map[*activeTrouble]*truthFault
}

// truthFault is a trouble's record while it can still grow.
type truthFault struct {
	TruthFault
	trouble *activeTrouble
	index   map[[2]string]int
}

// Truth returns what has become known since the last call, minutes and faults each in the order in which they were judged.
// It is empty unless Options.Truth is set (io.Discard will do). A fault is told some minutes after its end: see EndTruth.
func (w *World) Truth() Truth {
	if w.truth == nil {
		return Truth{}
	}
	w.truth.close(w, false)
	out := w.truth.out
	w.truth.out = Truth{}
	return out
}

// EndTruth returns what Truth would, and the faults that are still going on, as if they ended now.
func (w *World) EndTruth() Truth {
	if w.truth == nil {
		return Truth{}
	}
	w.truth.close(w, true)
	return w.Truth()
}

// WriteTo writes the truth as lines of JSON: the same truth gives the same bytes.
func (t Truth) WriteTo(out io.Writer) (int64, error) {
	var n int64
	put := func(v any) error {
		line, err := json.Marshal(v)
		if err != nil {
			return fmt.Errorf("encode truth: %w", err)
		}
		k, err := out.Write(append(line, '\n'))
		n += int64(k)
		if err != nil {
			return fmt.Errorf("write truth: %w", err)
		}
		return nil
	}
	for i := range t.Minutes {
		if err := put(&t.Minutes[i]); err != nil {
			return n, err
		}
	}
	for i := range t.Faults {
		if err := put(&t.Faults[i]); err != nil {
			return n, err
		}
	}
	return n, nil
}

// judge compares a participant's minute, about which a report is being sent, with what it would have been.
func (w *World) judge(m *meeting, s *segment, at earshot.Instant) {
	h := s.hind
	if h == nil {
		return
	}
	minute := at - at%60_000
	if next := at + earshot.Instant(w.perStep)*w.step; next < minute+60_000 {
		return // another report is about the same minute
	}
	defer h.forget()
	if at < w.from {
		return // nobody has subscribed yet
	}
	real, none := h.real.find(s), h.none.acc.find(s)
	var worse []int
	for i := range real {
		if real[i].rule != nil && real[i].grade() > max(none[i].grade(), earshot.Good) {
			worse = append(worse, i)
		}
	}
	if len(worse) == 0 {
		return
	}
	felt := worse
	if first := earshot.StreamSlot(worse[0]); first < earshot.SlotCPU { // what is seen and heard decides whose fault it is
		felt = slices.DeleteFunc(slices.Clone(worse), func(i int) bool { return i >= int(earshot.SlotCPU) })
	}
	t := TruthMinute{
		Type: "minute", Minute: minute.Time(), Reports: (at - at%1000).Time(), Meeting: m.head.qosUUID(), UserID: s.who.id,
		Grade: real.grade().String(), Without: max(none.grade(), earshot.Good).String(),
	}
	for _, i := range worse {
		t.Slots = append(t.Slots, slotTruth(earshot.StreamSlot(i), &real[i], &none[i]))
	}
	h.shares(&t, m, s, felt, &real, &none)
	if len(t.Causes) == 0 {
		return
	}
	w.truth.add(h, &t)
}

func slotTruth(slot earshot.StreamSlot, real, none *finding) TruthSlot {
	return TruthSlot{
		Slot: slot.String(), Metric: real.rule.metric, Value: rounded(real.value), ValueWithout: rounded(none.of(real.rule)),
		Grade: real.grade().String(), GradeWithout: max(none.grade(), earshot.Good).String(),
	}
}

func rounded(x float64) float64 { return math.Round(x*1000) / 1000 }

// shares divides a minute's burden among its troubles: each has the mean of what its absence saves and of what it does alone
// (Shapley's value for up to two troubles), scaled so that all of them together make up the difference.
func (h *hindsight) shares(t *TruthMinute, m *meeting, s *segment, worse []int, real, none *findings) {
	all, without := real.burden(worse), none.burden(worse)
	own := h.own.acc.find(s)
	ownPart := clamp((own.burden(worse)-without)/(all-without), 0, 1)
	parts := make([]float64, len(h.ifs))
	var sum float64
	for i := range h.ifs {
		left, alone := h.ifs[i].without.acc.find(s), h.ifs[i].only.acc.find(s)
		parts[i] = max(0, (all-left.burden(worse))+(alone.burden(worse)-without))
		sum += parts[i]
	}
	t.Ordinary = rounded(without / all)
	for i := range h.ifs {
		x := h.ifs[i].trouble
		if sum == 0 {
			break
		}
		share := parts[i] / sum * (all - without) / all
		mine := 0.0
		if x.crosses(s) {
			mine = share * ownPart
		}
		t.blame(x, x.Kind.cause(), mine, nil)
		if share-mine >= leastShare {
			t.blame(x, "remote", share-mine, m.crossedBy(x, s))
		}
	}
	slices.SortStableFunc(t.Causes, func(a, b TruthCause) int {
		switch {
		case a.Share > b.Share:
			return -1
		case a.Share < b.Share:
			return 1
		}
		return a.Fault - b.Fault
	})
}

func (t *TruthMinute) blame(x *activeTrouble, cause string, share float64, offenders []string) {
	if share >= leastShare {
		t.Causes = append(t.Causes, TruthCause{Fault: x.number, Kind: string(x.Kind), Cause: cause, Share: rounded(share), Offenders: offenders})
	}
}

// crossedBy returns the in-meeting ids of those others on whose path a trouble is.
func (m *meeting) crossedBy(t *activeTrouble, but *segment) (ids []string) {
	for _, s := range m.segs {
		if s != but && s.here && t.crosses(s) {
			ids = append(ids, s.who.id)
		}
	}
	return ids
}

// cause is the word for what a kind of trouble is, for those on whose own path it is.
func (k TroubleKind) cause() string {
	switch k {
	case WeakWiFi, BusyAir:
		return "wifi"
	case BusyCPU, BadHeadset, BadCamera:
		return "device"
	case FullLink, BlockedUDP:
		return "local-network"
	case SlowCentre:
		return "zoom-edge"
	case BusyVPN, VPNDetour:
		return "vpn"
	case BadVersion:
		return "client-version"
	}
	return "isp" // ISPLoss; BadUplink and LostNetwork: one person's line
}
