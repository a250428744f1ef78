package live

import (
	"hash/maphash"
	"log/slog"
	"math"
	"math/rand/v2"
	"slices"
	"sync"
	"time"

	"github.com/earshot/earshot"
)

// The rules of what counts as now, in event time.
const (
	// fresh is how many minutes a grade stands for a person who says nothing new: the running minute and two before it,
	// which is two missed reports at Zoom's slowest cadence of one a minute.
	fresh = 3
	// StripMinutes is the length of a meeting's strip.
	StripMinutes = 20
	// grace is how many minutes a person may be there without a report before they count as unreported.
	grace = 3
	// readable is how long a meeting that is over may still be read with [State.Meeting].
	readable = 60_000
	// held is how long it is held at least, whatever the fold says: its last minutes are sealed and stored within that.
	held = 10 * minuteMs
	// forget is how long it is held at most, should the fold never say that it is gone: more than Zoom's last retry takes.
	// Until then it may come back to life: after an outage of the way in, reports name segments that the fold does not
	// describe again.
	forget = 240 * minuteMs
	// callSilence is after how long without an event a call counts as over, for a lost end.
	callSilence = 60 * minuteMs
)

// endedKept bounds the memory of which meetings ended at which version.
const endedKept = 4096

// Options configure a State.
type Options struct {
	// History is how much of each segment's minutes is held, 30 minutes when zero. It is at least 20.
	History time.Duration
	Logger  *slog.Logger // nil discards
}

// State is what is happening now. See the package comment.
type State struct {
	history uint32 // minutes
	log     *slog.Logger
	epoch   uint64 // of this process: a cursor of another one says nothing here
	seed    maphash.Seed

	mu         sync.Mutex
	watermark  earshot.Instant
	lastEvent  earshot.Instant
	cutOff     int             // see cutOffMeetings
	cutOffAt   earshot.Instant // the newest event as of which it was counted
	seq        uint64
	receivedAt earshot.Instant
	lag        time.Duration

	meetings map[earshot.ID]*meeting
	segments map[earshot.ID]*segment
	calls    map[earshot.ID]call

	version uint64 // grows with every Apply
	touched []*meeting
	ended   []endedMeeting // by version
	floor   uint64         // versions below it have lost entries of ended
	marks   [64]mark       // by second of receipt
	swept   earshot.Instant
	next    earshot.Instant // when the first running meeting can be over, unless it is heard of again
	scratch scratch
}

type meeting struct {
	earshot.Meeting
	segments []*segment // by id
	touched  bool
	live     bool // was live when last looked at
	gone     bool // the fold has forgotten it
	view     *Meeting
	print    uint64 // hash of the view
	changed  uint64

	// run is the grade of the minutes that have left the history, and since when it has been that.
	run      earshot.Grade
	runSince earshot.Instant
	folded   uint32 // minutes before it are in run
}

type endedMeeting struct {
	version uint64
	id      earshot.ID
}

type mark struct {
	second  int64
	version uint64
}

// New returns an empty state.
func New(o Options) *State {
	if o.Logger == nil {
		o.Logger = slog.New(slog.DiscardHandler)
	}
	if o.History == 0 {
		o.History = 30 * time.Minute
	}
	return &State{
		history:  max(StripMinutes, uint32(min(o.History, 24*time.Hour)/time.Minute)),
		log:      o.Logger,
		epoch:    rand.Uint64(),
		seed:     maphash.MakeSeed(),
		meetings: make(map[earshot.ID]*meeting),
		segments: make(map[earshot.ID]*segment),
		calls:    make(map[earshot.ID]call),
		next:     math.MaxInt64,
	}
}

// Apply takes in what the fold learned. Only one goroutine may call it. It keeps nothing of u but strings.
func (s *State) Apply(u Update) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.version++
	s.watermark = max(s.watermark, u.Watermark)
	s.lastEvent = max(s.lastEvent, u.LastEvent)
	s.seq = max(s.seq, u.Seq)
	if u.ReceivedAt != 0 {
		s.receivedAt = max(s.receivedAt, u.ReceivedAt)
		s.lag = max(0, time.Since(u.ReceivedAt.Time()))
		second := int64(u.ReceivedAt) / 1000
		if m := &s.marks[uint64(second)%uint64(len(s.marks))]; m.second != second {
			*m = mark{second, s.version - 1}
		}
	}
	for i := range u.Meetings {
		s.putMeeting(&u.Meetings[i])
	}
	for i := range u.Segments {
		s.putSegment(&u.Segments[i])
	}
	for i := range u.Minutes {
		s.putMinute(&u.Minutes[i])
	}
	for i := range u.Calls {
		s.putCall(&u.Calls[i])
	}
	for i := range u.Scores {
		s.putScore(&u.Scores[i])
	}
	for _, id := range u.Gone {
		if m := s.meetings[id]; m != nil {
			m.gone = true
		}
		delete(s.calls, id)
	}
	s.sweep()
}

func (s *State) touch(m *meeting) {
	if !m.touched {
		m.touched = true
		s.touched = append(s.touched, m)
	}
}

// over returns since when the meeting has been over at event time now, 0 while it is running.
func over(m *earshot.Meeting, now earshot.Instant) earshot.Instant {
	if m.Live(now) {
		return 0
	}
	if m.End != 0 && m.End <= now {
		return m.End
	}
	return m.LastSeen + earshot.Silence
}

// ends returns the first moment at which a running meeting is over if nothing more is heard of it.
func ends(m *earshot.Meeting) earshot.Instant {
	silent := m.LastSeen + earshot.Silence + 1
	if m.End != 0 {
		return min(m.End, silent)
	}
	return silent
}

func (s *State) putMeeting(v *earshot.Meeting) {
	m := s.meetings[v.ID]
	if m == nil {
		if since := over(v, s.watermark); since != 0 && s.watermark-since > forget {
			return // long over: the stores have it
		}
		m = &meeting{}
		s.meetings[v.ID] = m
	}
	m.Meeting, m.gone = *v, false
	if over(v, s.watermark) == 0 {
		s.next = min(s.next, ends(v))
	}
	s.touch(m)
}

func (s *State) putSegment(v *Segment) {
	m := s.meetings[v.Meeting]
	if m == nil {
		return
	}
	g := s.segments[v.ID]
	switch {
	case g == nil:
		g = &segment{Segment: *v, changed: s.version}
		s.segments[v.ID] = g
		m.insert(g)
	case sameRow(&g.Segment, v):
		g.Segment = *v
	default:
		g.Segment = *v
		g.changed = s.version
	}
	if g.changed == s.version || g.search == "" {
		g.search = g.names()
	}
	g.Devices = nil // the registry has them; they would be most of the memory
	s.touch(m)
}

func (m *meeting) insert(g *segment) {
	i, found := slices.BinarySearchFunc(m.segments, g.ID, func(a *segment, id earshot.ID) int {
		switch {
		case a.ID < id:
			return -1
		case a.ID > id:
			return 1
		}
		return 0
	})
	if !found {
		m.segments = slices.Insert(m.segments, i, g)
	}
}

func (s *State) putMinute(v *Minute) {
	g := s.segments[v.Segment]
	if g == nil || v.At <= 0 {
		return
	}
	c := compact(v)
	if c.at+s.history+fresh < s.minute() {
		return
	}
	c.changed = s.version
	if g.put(c, v.Verdict) {
		g.changed = s.version
		if m := s.meetings[g.Meeting]; m != nil {
			s.touch(m)
		}
	}
}

// minute is the running minute of event time.
func (s *State) minute() uint32 { return uint32(max(0, s.watermark.Minute()) / minuteMs) }

// sweep does what time alone brings: meetings fall silent, grades grow stale, minutes leave the history. It looks at every
// meeting when one of them may be over, and into every meeting at each new minute.
func (s *State) sweep() {
	now := s.watermark
	newMinute := now.Minute() != s.swept.Minute()
	if !newMinute && now < s.next {
		return
	}
	s.swept, s.next = now, math.MaxInt64
	if newMinute && s.lastEvent != s.cutOffAt {
		// It stays what it is now while nothing more comes: the meetings themselves are forgotten in time.
		s.cutOff, s.cutOffAt = s.cutOffMeetings(), s.lastEvent
	}
	for id, m := range s.meetings {
		since := over(&m.Meeting, now)
		age := now - since
		if since == 0 {
			s.next, age = min(s.next, ends(&m.Meeting)), 0
		}
		if age > forget || (m.gone && age > held) {
			s.drop(id, m)
			continue
		}
		if (newMinute && age <= held) || (since == 0) != m.live {
			s.touch(m)
		}
		if newMinute {
			s.fold(m)
		}
	}
	if newMinute {
		for id, c := range s.calls {
			if !callLive(&c.Call, now) {
				delete(s.calls, id)
			}
		}
	}
}

func (s *State) drop(id earshot.ID, m *meeting) {
	if m.live {
		m.live = false
		s.end(id)
	}
	for _, g := range m.segments {
		delete(s.segments, g.ID)
	}
	delete(s.meetings, id)
}

func (s *State) end(id earshot.ID) {
	s.ended = append(s.ended, endedMeeting{s.version, id})
	if len(s.ended) > endedKept {
		cut := len(s.ended) / 2
		s.floor = s.ended[cut-1].version
		s.ended = slices.Delete(s.ended, 0, cut)
	}
}

// fold takes the minutes that leave the history into the run, then drops them.
func (s *State) fold(m *meeting) {
	now := s.minute()
	if now < s.history {
		return
	}
	cut := now - s.history + 1
	first := m.folded
	for _, g := range m.segments {
		if len(g.minutes) > 0 && (first == 0 || (m.folded == 0 && g.minutes[0].at < first)) {
			first = g.minutes[0].at
		}
	}
	if first == 0 {
		return
	}
	if cut > s.history+first {
		first = cut - s.history // a long silence: nothing in between
	}
	for at := first; at < cut; at++ {
		worst := earshot.Unclassified
		for _, g := range m.segments {
			if c := g.newest(at-(fresh-1), at); c != nil {
				worst = earshot.Worse(worst, earshot.Grade(c.grade))
			}
		}
		if worst != m.run || m.runSince == 0 {
			m.run, m.runSince = worst, earshot.Instant(at)*minuteMs
		}
	}
	m.folded = max(m.folded, cut)
	for _, g := range m.segments {
		g.prune(cut - min(cut, fresh-1))
	}
}
