package pipeline

import (
	"cmp"
	"time"

	"github.com/earshot/earshot"
	"github.com/earshot/earshot/internal/cause"
	"github.com/earshot/earshot/internal/facts"
	"github.com/earshot/earshot/internal/grade"
	"github.com/earshot/earshot/internal/identity"
	"github.com/earshot/earshot/internal/journal"
	"github.com/earshot/earshot/internal/site"
	"github.com/earshot/earshot/zoom"
)

// Rules are what the fold needs to know beside the records. They may change between two runs of the program, never during
// one, except Sites, which the owner may replace at any time (the hours it changes are marked dirty by the owner).
type Rules struct {
	Keys    identity.Keys
	Profile *grade.Profile
	Sites   func() *site.Table
	// Input returns which way *_input of audio and of video runs in an account.
	Input func(account earshot.ID) (audio, video earshot.InputMeaning)
	// Auto says which of them the fold finds out from the traffic, beginning with InputReceived; Input then does not count
	// for them. nil: none. Both must answer quickly: they are asked for each minute.
	Auto func(account earshot.ID) (audio, video bool)
	// Causes are the numbers by which causes are found; the zero value means [cause.DefaultParams].
	Causes cause.Params
}

// Fold is the reducer over the journal. It does no I/O. It is not safe for concurrent use.
type Fold struct {
	rules   Rules
	decoder zoom.Decoder
	event   zoom.Event

	identity *identity.State
	minutes  *openMinutes
	mark     watermark
	drift    *driftCounts
	counts   map[string]*EventCount
	seq      uint64

	directions *directions
	explainer  *explainer

	places  *places
	low     map[earshot.ID]lowMinute
	out     Output
	marked  map[earshot.DirtyHour]struct{} // those of out.Dirty
	taken   int                            // samples in the last Take
	ended   int                            // minutes in the last Take
	news    news
	evicted earshot.Instant // watermark of the last eviction
	sealing earshot.Instant // watermark of the last sealing
}

// EventCount counts the events of one name.
type EventCount struct {
	Count uint64
	Last  earshot.Instant // receive time
}

// Output is what the fold emitted since the last Take, in order.
type Output struct {
	Samples       []facts.Sample
	Minutes       []earshot.Minute // sealed
	Summaries     []earshot.Summary
	Notifications []earshot.Notification
	CallSamples   []earshot.CallSample
	Dirty         []earshot.DirtyHour
}

// NewFold returns a fold that has seen nothing.
func NewFold(rules Rules) *Fold {
	f := &Fold{
		rules: rules, directions: newDirections(), identity: identity.NewState(rules.Keys), minutes: newOpenMinutes(), drift: newDriftCounts(),
		counts: map[string]*EventCount{}, places: newPlaces(rules.Sites), low: map[earshot.ID]lowMinute{},
		marked: map[earshot.DirtyHour]struct{}{}, news: newNews(),
	}
	f.rules.Input = f.withFound(rules.Input)
	if f.rules.Causes == (cause.Params{}) {
		f.rules.Causes = cause.DefaultParams()
	}
	f.explainer = newExplainer(&f.rules)
	return f
}

// Seq returns the sequence of the last record folded.
func (f *Fold) Seq() uint64 { return f.seq }

// Watermark returns event time now, 0 before there is any.
func (f *Fold) Watermark() earshot.Instant { return f.mark.Now }

// Apply folds one record. Nothing in a record makes it fail: what cannot be read is counted as drift.
func (f *Fold) Apply(r *journal.Record) {
	f.seq = r.Seq
	if r.Kind != journal.KindEvent {
		f.mark.heartbeat(r.ReceivedAt)
		f.advance(r.ReceivedAt)
		return
	}
	ev := &f.event
	if err := f.decoder.Decode(r.Body, ev); err != nil {
		f.drift.note(ev.Name, "!json", r.ReceivedAt)
		f.mark.event(0, r.ReceivedAt)
		return
	}
	f.count(ev.Name, r.ReceivedAt)
	if ev.Class == zoom.ClassUnknown {
		f.drift.note(ev.Name, "", r.ReceivedAt)
	}
	for _, key := range ev.Unknown {
		f.drift.note(ev.Name, key, r.ReceivedAt)
	}
	f.fold(ev, f.timeOf(ev, r.ReceivedAt), r.ReceivedAt)
	f.advance(r.ReceivedAt)
}

// fold applies a decoded event to identity and emits its rows.
func (f *Fold) fold(ev *zoom.Event, at, receivedAt earshot.Instant) {
	res := f.identity.Apply(ev, receivedAt)
	for _, m := range res.Moved {
		f.moved(res.Account, m)
	}
	f.noteLive(ev, &res)
	switch ev.Class {
	case zoom.ClassQoS:
		f.qos(ev, &res, at, receivedAt)
	case zoom.ClassQoSSummary:
		for i := range ev.QoS {
			f.out.Summaries = append(f.out.Summaries, summary(&ev.QoS[i], res.Account, res.Segment, at))
		}
	case zoom.ClassAlert:
		for _, issue := range ev.Issues {
			f.notify(res, at, issue)
		}
	case zoom.ClassPhoneQoS, zoom.ClassPhoneSummary:
		for i := range ev.CallQoS {
			q := &ev.CallQoS[i]
			s := callSample(q, res.Call, res.Account, cmp.Or(identity.ReportTime(ev, q.TimeMs), at))
			f.out.CallSamples = append(f.out.CallSamples, s)
			if ev.Class == zoom.ClassPhoneQoS {
				f.noteScore(&s)
			}
		}
	}
}

// qos emits the samples of a real-time event and puts them into their minutes.
func (f *Fold) qos(ev *zoom.Event, res *identity.Result, at, receivedAt earshot.Instant) {
	if res.Segment == 0 {
		f.drift.note(ev.Name, "!no participant", receivedAt)
		return
	}
	seg := f.identity.Segment(res.Segment)
	if seg.Meeting != 0 {
		res.Meeting = seg.Meeting // a breakout room's, where the event names the main meeting
	}
	var place placed
	for i := range ev.QoS {
		q := &ev.QoS[i]
		when := identity.ReportTime(ev, q.TimeMs)
		if when <= 0 {
			when = at
		}
		if q.Details.Notification != "" {
			f.notify(*res, when, q.Details.Notification)
		}
		wire := earshot.ParseWire(q.Type)
		if wire == earshot.WireOther {
			f.drift.note(ev.Name, "!type "+clip(q.Type), receivedAt)
			continue
		}
		s := earshot.Sample{Segment: res.Segment, At: when, Wire: wire, Values: SampleValues(&q.Details)}
		if place.at != when {
			place = placed{when, f.places.dimensions(seg, when), -1}
		}
		f.sample(&s, res, &place)
	}
}

// placed holds what one event's samples share, which nearly always have one time.
type placed struct {
	at         earshot.Instant
	dimensions earshot.Dimensions
	noted      earshot.Instant // the minute that is noted as changed, -1 for none
}

// sample stores one sample in its minute, or beside its sealed minute, and emits its row unless it is a mere repetition.
func (f *Fold) sample(s *earshot.Sample, res *identity.Result, place *placed) {
	minute := s.At.Minute()
	if SealedAt(minute) <= f.mark.Now {
		f.emit(s, res, &place.dimensions)
		f.dirty(res.Account, minute)
		return
	}
	m := f.minutes.open(res.Segment, res.Meeting, res.Account, minute)
	changed, merged := m.put(s)
	if !changed {
		return
	}
	f.emit(s, res, &place.dimensions)
	if merged {
		f.dirty(res.Account, minute)
	}
	if place.noted != minute {
		place.noted = minute
		key := earshot.MinuteKey{Segment: s.Segment, At: minute}
		f.news.open[key] = struct{}{}
		f.explainer.changed[key] = struct{}{}
	}
}

func (f *Fold) emit(s *earshot.Sample, res *identity.Result, dims *earshot.Dimensions) {
	if f.out.Samples == nil && f.taken >= 1000 {
		f.out.Samples = make([]facts.Sample, 0, f.taken+f.taken/8) // under load there will be as many again
	}
	f.out.Samples = append(f.out.Samples, facts.Sample{
		Sample: *s, Account: res.Account, Meeting: res.Meeting, Dimensions: *dims,
	})
}

func (f *Fold) notify(res identity.Result, at earshot.Instant, code string) {
	if res.Meeting == 0 {
		return
	}
	f.out.Notifications = append(f.out.Notifications, earshot.Notification{
		Account: res.Account, Meeting: res.Meeting, Segment: res.Segment, At: at, Code: clip(code),
	})
}

// moved marks the hours of a span whose minutes are sealed; what is still open takes the new facts when it is sealed. The span is
// bounded by what [Fold.timeOf] believes.
func (f *Fold) moved(account earshot.ID, m identity.Moved) {
	f.news.segments[m.Segment] = struct{}{}
	f.reconsider(m.Segment)
	for hour := m.From.Hour(); hour <= m.To; hour += 3_600_000 {
		if SealedAt(max(hour, m.From.Minute())) <= f.mark.Now {
			f.dirty(account, hour)
		}
	}
}

// dirty marks the hour of t, once in a run of rows.
func (f *Fold) dirty(account earshot.ID, t earshot.Instant) {
	h := earshot.DirtyHour{Account: account, Hour: t.Hour()}
	if _, marked := f.marked[h]; !marked {
		f.marked[h] = struct{}{}
		f.out.Dirty = append(f.out.Dirty, h)
		f.directions.touch(account, h.Hour)
	}
}

// advance seals what the watermark has passed, and from time to time puts out of memory what is long over.
func (f *Fold) advance(receivedAt earshot.Instant) {
	if f.mark.Now <= f.sealing {
		return
	}
	f.sealing = f.mark.Now
	f.minutes.seal(f.mark.Now, func(id earshot.ID, m *openMinute) {
		delete(f.news.open, earshot.MinuteKey{Segment: id, At: m.At})
		row, low, ok := f.grade(id, m)
		if !ok {
			return
		}
		f.directions.add(m, f.minutes.samples(id, m))
		if low != 0 {
			f.low[id] = lowMinute{m.At, low}
		} else {
			delete(f.low, id)
		}
		row.Verdict = f.conclude(&row, m)
		if f.out.Minutes == nil && f.ended >= 1000 {
			f.out.Minutes = make([]earshot.Minute, 0, f.ended+f.ended/8)
		}
		f.out.Minutes = append(f.out.Minutes, row)
		f.news.sealed = append(f.news.sealed, row)
	})
	f.findDirections()
	f.explain(receivedAt)
	if f.mark.Now-f.evicted >= evictEvery {
		f.evicted = f.mark.Now
		f.evict()
	}
}

// lowMinute is a sealed minute of a segment in which some slots reached a lasting rule's bound.
type lowMinute struct {
	At  earshot.Instant
	Low grade.SlotSet
}

// grade grades an open minute of a segment that is still known.
func (f *Fold) grade(id earshot.ID, m *openMinute) (row earshot.Minute, low grade.SlotSet, ok bool) {
	seg := f.identity.Segment(id)
	if seg == nil {
		return earshot.Minute{}, 0, false
	}
	if seg.Meeting != 0 {
		m.Meeting = seg.Meeting
	}
	kind := earshot.KindUnknown
	if meeting := f.identity.Meeting(m.Meeting); meeting != nil {
		kind = meeting.Kind
	}
	var prev grade.SlotSet
	before := m.At.Add(-time.Minute)
	if open := f.minutes.get(id, before); open != nil {
		prev = f.minutes.low(id, open, f.rules.Profile, gradeContext(&f.rules, seg, m.Account, 0))
	} else if l := f.low[id]; l.At == before {
		prev = l.Low
	}
	v := f.minutes.grade(id, m, f.rules.Profile, gradeContext(&f.rules, seg, m.Account, prev))
	row, low = minuteRow(f.places, seg, kind, m, v), v.Low
	if row.Grade >= earshot.Poor {
		row.Verdict = f.explainer.said[row.Key()]
	}
	return row, low, true
}

// gradeContext gathers what the samples of a minute do not say.
func gradeContext(rules *Rules, seg *earshot.Segment, account earshot.ID, prev grade.SlotSet) grade.Context {
	audio, video := rules.Input(account)
	return grade.Context{
		FirstReport: seg.FirstReport, LastReport: seg.LastReport, Join: seg.Join, Leave: seg.Leave,
		AudioInput: audio, VideoInput: video, PrevLow: prev,
	}
}

// minuteRow builds the row of one minute: the verdict, and the facts that it copies.
func minuteRow(places *places, seg *earshot.Segment, kind earshot.Kind, m *openMinute, v *grade.Verdict) earshot.Minute {
	return earshot.Minute{
		Segment: seg.ID, Meeting: m.Meeting, Person: seg.Person, Account: m.Account, At: m.At, Kind: kind,
		Dimensions: places.dimensions(seg, m.At),
		Grade:      v.Grade, Why: v.Why, Reason: v.Reason, Slots: v.Slots, Spike: v.Spike, Reports: v.Reports,
		ZoomAudio: v.ZoomAudio, ZoomVideo: v.ZoomVideo, ZoomShare: v.ZoomShare,
	}
}

func (f *Fold) count(name string, at earshot.Instant) {
	c := f.counts[name]
	if c == nil {
		if len(f.counts) >= maxEventNames {
			return // drift counts the rest
		}
		c = &EventCount{}
		f.counts[name] = c
	}
	c.Count++
	c.Last = max(c.Last, at)
}

// Take returns the rows emitted since the last call and begins a new run of rows.
func (f *Fold) Take() Output {
	out := f.out
	f.out = Output{}
	clear(f.marked)
	f.taken, f.ended = len(out.Samples), len(out.Minutes)
	return out
}

// reuse hands over the memory of samples that nobody needs any more, for the next run of rows. What is much larger than the
// last run needed is left to the collector.
func (f *Fold) reuse(rows []facts.Sample) {
	if f.out.Samples == nil && cap(rows) <= 2*f.taken+1000 {
		f.out.Samples = rows[:0]
	}
}
