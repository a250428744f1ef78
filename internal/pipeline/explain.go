package pipeline

import (
	"cmp"
	"errors"
	"maps"
	"slices"
	"time"

	"github.com/earshot/earshot"
	"github.com/earshot/earshot/internal/cause"
	"github.com/earshot/earshot/internal/incident"
)

// How often causes are looked for. Both are counted by what the records say, so that the same records give the same looks.
const (
	// lookEvery is in event time: a verdict has to be there 30 s after the first bad report.
	lookEvery = earshot.Instant(10_000)
	// lookSpareMicros is in receive time, for each person in memory: when the past comes many times faster than it happened, one
	// look for each ten seconds of it would cost more than all the rest. A look takes about a twentieth of this; with 50,000 people
	// it is the ten seconds.
	lookSpareMicros = 200
	// settling is how long after a minute began its verdict is looked at in every look; after that in every third.
	settling = 150 * time.Second
)

// forgetPersonAfter is how long the record of a person who is not seen is kept.
const forgetPersonAfter = 14 * 24 * time.Hour

// explainer says what made minutes bad, and makes incidents of it. There is one for all accounts: those that one endpoint
// receives belong to one company and share its offices, providers and data centres, and each alone has fewer people to compare
// with. It is part of the fold.
type explainer struct {
	engine    *cause.Engine
	incidents *incident.Engine
	told      changedIncidents                      // incidents that the registry has not been told of
	fresh     changedIncidents                      // incidents that alerts have not been told of
	changed   map[earshot.MinuteKey]struct{}        // open minutes that the engine has not been told of as they are now
	said      map[earshot.MinuteKey]earshot.Verdict // about open minutes
	looked    earshot.Instant                       // event time of the last look
	received  earshot.Instant                       // and its receive time
	looks     uint64
}

func newExplainer(rules *Rules) *explainer {
	return &explainer{
		engine: cause.New(rules.Causes), incidents: incident.New(incident.Options{Key: rules.Keys.Incident}),
		changed: map[earshot.MinuteKey]struct{}{}, said: map[earshot.MinuteKey]earshot.Verdict{},
	}
}

// due reports whether it is time for a look, and notes it.
func (x *explainer) due(now, receivedAt earshot.Instant, people int) bool {
	if now < x.looked+lookEvery || receivedAt < x.received.Add(time.Duration(people*lookSpareMicros)*time.Microsecond) && receivedAt >= x.received {
		return false
	}
	x.looked, x.received = now-now%lookEvery, receivedAt
	return true
}

// explain looks for causes when it is time: it tells the engines of what changed, lets them look, makes incidents of what they
// see, and notes what they say about open minutes.
func (f *Fold) explain(receivedAt earshot.Instant) {
	x := f.explainer
	if !x.due(f.mark.Now, receivedAt, len(f.minutes.bySegment)) {
		return
	}
	keys := slices.SortedFunc(maps.Keys(x.changed), compareKeys)
	clear(x.changed)
	for _, key := range keys {
		if m := f.minutes.get(key.Segment, key.At); m != nil {
			if row, _, ok := f.grade(key.Segment, m); ok {
				f.tell(&row, m)
			}
		}
	}
	x.looks++
	x.engine.Evaluate(f.mark.Now)
	changed := x.incidents.Tick(x.engine.Picture())
	x.told.add(changed)
	x.fresh.add(changed)
	for _, key := range x.engine.Bad() {
		old := f.mark.Now > key.At.Add(settling)
		if old && x.looks%3 != 0 || f.minutes.get(key.Segment, key.At) == nil {
			continue
		}
		if v := x.engine.Explain(key); x.said[key] != v {
			x.said[key] = v
			f.news.open[key] = struct{}{}
		}
	}
}

// takeChanged returns the incidents that changed since the last call.
func (f *Fold) takeChanged() []earshot.Incident { return f.explainer.fresh.take() }

func compareKeys(a, b earshot.MinuteKey) int {
	return cmp.Or(cmp.Compare(a.At, b.At), cmp.Compare(a.Segment, b.Segment))
}

// tell puts a graded minute before the engine.
func (f *Fold) tell(row *earshot.Minute, m *openMinute) {
	o := observe(row, f.minutes.samples(row.Segment, m), f.identity.Segment(row.Segment), &f.rules, f.places)
	f.explainer.engine.Put(&o)
}

// conclude returns the last word on a minute that is being sealed.
func (f *Fold) conclude(row *earshot.Minute, m *openMinute) earshot.Verdict {
	x, key := f.explainer, row.Key()
	_, untold := x.changed[key]
	delete(x.changed, key)
	delete(x.said, key)
	if untold {
		f.tell(row, m)
	}
	if row.Grade < earshot.Poor {
		return earshot.Verdict{}
	}
	return x.engine.Explain(key)
}

// reconsider notes that what is known of a segment changed, and with it what its open minutes tell.
func (f *Fold) reconsider(segment earshot.ID) {
	for _, m := range f.minutes.bySegment[segment] {
		f.explainer.changed[earshot.MinuteKey{Segment: segment, At: m.At}] = struct{}{}
	}
}

// explainerState is the explainer in a snapshot, beside its engines.
type explainerState struct {
	Changed          []earshot.MinuteKey
	Said             []saidVerdict
	Looked, Received earshot.Instant
	Looks            uint64
}

type saidVerdict struct {
	Key     earshot.MinuteKey
	Verdict earshot.Verdict
}

// state copies the explainer's own state. The registry must have been told of all incidents.
func (x *explainer) state() *explainerState {
	s := &explainerState{Looked: x.looked, Received: x.received, Looks: x.looks, Changed: slices.SortedFunc(maps.Keys(x.changed), compareKeys)}
	for key, v := range x.said {
		s.Said = append(s.Said, saidVerdict{key, v})
	}
	return s
}

// load replaces the state; after an error it is partly that of the snapshot.
func (x *explainer) load(s *explainerState, causes, incidents []byte) error {
	if s == nil {
		return errors.New("there are none")
	}
	x.looked, x.received, x.looks = s.Looked, s.Received, s.Looks
	for _, key := range s.Changed {
		x.changed[key] = struct{}{}
	}
	for _, v := range s.Said {
		x.said[v.Key] = v.Verdict
	}
	if err := x.engine.Restore(causes); err != nil {
		return err
	}
	return x.incidents.Restore(incidents)
}
