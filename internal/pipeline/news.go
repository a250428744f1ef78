package pipeline

import (
	"cmp"
	"slices"
	"time"

	"github.com/earshot/earshot"
	"github.com/earshot/earshot/internal/identity"
	"github.com/earshot/earshot/internal/live"
	"github.com/earshot/earshot/zoom"
)

// keepEnded is how long a meeting that is over stays in memory: Zoom's last retry comes 85 minutes after the first try.
const keepEnded = 3 * time.Hour

// evictEvery is how far event time moves between two evictions, in milliseconds.
const evictEvery = earshot.Instant(60_000)

// mostSealedKept bounds the room for sealed minutes that is kept from one update to the next.
const mostSealedKept = 1024

// news is what the live view has not been told yet.
type news struct {
	meetings map[earshot.ID]struct{}
	segments map[earshot.ID]struct{}
	calls    map[earshot.ID]struct{}
	open     map[earshot.MinuteKey]struct{} // open minutes whose samples changed
	sealed   []earshot.Minute
	scores   []live.CallScore
	gone     []earshot.ID
}

// noteScore remembers what a call's report tells of how it sounds now.
func (f *Fold) noteScore(s *earshot.CallSample) {
	if s.MOS.Present && s.MOS.Value > 0 {
		f.news.scores = append(f.news.scores, live.CallScore{Call: s.Call, Side: s.Side, Direction: s.Direction, At: s.At, MOS: s.MOS.Value})
	}
}

func newNews() news {
	return news{
		meetings: map[earshot.ID]struct{}{}, segments: map[earshot.ID]struct{}{}, calls: map[earshot.ID]struct{}{},
		open: map[earshot.MinuteKey]struct{}{},
	}
}

// noteLive remembers what an event was about. A mere report changes nothing of a segment that the live view shows, except
// that it has one; its minute tells the rest.
func (f *Fold) noteLive(ev *zoom.Event, res *identity.Result) {
	if res.Meeting != 0 {
		f.news.meetings[res.Meeting] = struct{}{}
	}
	for _, id := range res.Meetings {
		f.news.meetings[id] = struct{}{}
	}
	for _, id := range res.Segments {
		f.news.segments[id] = struct{}{}
	}
	if res.Call != 0 {
		f.news.calls[res.Call] = struct{}{}
	}
	if res.Segment == 0 {
		return
	}
	if ev.Class == zoom.ClassQoS {
		if seg := f.identity.Segment(res.Segment); seg != nil && seg.FirstReport != seg.LastReport {
			return
		}
	}
	f.news.segments[res.Segment] = struct{}{}
}

// LiveUpdate returns what the live view must learn since the last call. Its slices are ordered by id, so that the same
// records give the same update.
func (f *Fold) LiveUpdate(receivedAt earshot.Instant) live.Update {
	u := live.Update{Watermark: f.mark.Now, LastEvent: f.lastEvent(), Seq: f.seq, ReceivedAt: receivedAt, Scores: f.news.scores, Gone: f.news.gone}
	for id := range f.news.meetings {
		if m := f.identity.Meeting(id); m != nil {
			u.Meetings = append(u.Meetings, *m)
		}
	}
	for id := range f.news.segments {
		if seg := f.identity.Segment(id); seg != nil {
			u.Segments = append(u.Segments, f.liveSegment(seg))
		}
	}
	for id := range f.news.calls {
		if c := f.identity.Call(id); c != nil {
			u.Calls = append(u.Calls, *c)
		}
	}
	u.Minutes = make([]live.Minute, 0, len(f.news.sealed)+len(f.news.open))
	for _, m := range f.news.sealed {
		u.Minutes = append(u.Minutes, live.Minute{Minute: m})
	}
	sealed := len(u.Minutes)
	for key := range f.news.open {
		if m := f.minutes.get(key.Segment, key.At); m != nil {
			if row, _, ok := f.grade(key.Segment, m); ok {
				u.Minutes = append(u.Minutes, live.Minute{Minute: row, Open: true})
			}
		}
	}
	slices.SortFunc(u.Meetings, func(a, b earshot.Meeting) int { return cmp.Compare(a.ID, b.ID) })
	slices.SortFunc(u.Segments, func(a, b live.Segment) int { return cmp.Compare(a.ID, b.ID) })
	slices.SortFunc(u.Calls, func(a, b earshot.Call) int { return cmp.Compare(a.ID, b.ID) })
	slices.SortFunc(u.Minutes[sealed:], func(a, b live.Minute) int {
		return cmp.Or(cmp.Compare(a.At, b.At), cmp.Compare(a.Segment, b.Segment))
	})
	clear(f.news.meetings)
	clear(f.news.segments)
	clear(f.news.calls)
	clear(f.news.open)
	f.news.scores = nil
	if f.news.gone = nil; len(f.news.sealed) > mostSealedKept {
		f.news.sealed = nil
	}
	f.news.sealed = f.news.sealed[:0]
	return u
}

// liveSegment adds the words that a list shows beside a segment.
func (f *Fold) liveSegment(seg *earshot.Segment) live.Segment {
	s := live.Segment{Segment: *seg}
	s.Devices = nil
	at := seg.LastReport
	if at == 0 {
		at = f.mark.Now
	}
	if d := seg.Device(at); d != nil {
		s.Device = d.Device
	}
	s.Dimensions = f.places.dimensions(seg, at)
	if p := f.places.site(s.Site); p != nil {
		s.SiteName, s.SiteDerived = p.Name, p.Derived
	}
	if p := f.identity.Person(seg.Person); p != nil {
		s.PersonName, s.ZoomUserID = p.Name, p.ZoomUserID
		if s.PersonName == "" {
			s.PersonName = p.Email
		}
	}
	if seg.Name != "" {
		s.PersonName = seg.Name
	}
	return s
}

// evict puts out of memory what is long over.
func (f *Fold) evict() {
	meetings, segments, calls := f.identity.Evict(f.mark.Now, keepEnded)
	for _, id := range segments {
		delete(f.low, id)
	}
	f.directions.forget(meetings)
	f.explainer.engine.Forget(f.mark.Now.Add(-forgetPersonAfter))
	f.news.gone = append(append(f.news.gone, meetings...), calls...)
}

// lastEvent returns what event time was at the newest event of Zoom's, 0 before the first. A challenge is none: it comes of an
// address that is saved, whether or not anything is sent there.
func (f *Fold) lastEvent() earshot.Instant {
	var received earshot.Instant
	for name, c := range f.counts {
		if name != zoom.EventURLValidation {
			received = max(received, c.Last)
		}
	}
	if received == 0 || f.mark.Now == 0 {
		return 0
	}
	return f.mark.Now - max(0, f.mark.LastReceived-received)
}
