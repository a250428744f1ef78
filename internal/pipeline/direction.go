package pipeline

import (
	"cmp"
	"fmt"
	"maps"
	"math"
	"slices"

	"github.com/earshot/earshot"
)

// Which way *_input of audio and video runs is not known: Zoom's documents contradict each other. The traffic tells, for two
// reasons that hold whatever people do.
//
//   - In a crowd most people are silent and many have no camera on, but everybody receives: what is idle for most people is
//     what they send.
//   - What one person sends, all others receive. So there are never fewer receivers than senders, in a meeting of any size;
//     and when a browser or a room system, whose directions are certain, sends, every client in the meeting receives.
//
// Each minute of each meeting that shows a difference moves the log-odds of its account and medium, which start at even: in
// favour of "received" they are positive. A meeting's minutes are much alike, so one meeting counts for a bounded amount
// only; the sum is bounded, too, and fades, so that the account of last year does not outweigh today's. A mind is made up, and
// changed, only when the evidence against it is strong; so a meaning that was sure takes several meetings to turn over.
//
// Until a medium of an account has told, it is assumed to be as the other medium, on which all of Zoom's documents agree with
// themselves, else as most accounts that have told, else as the reference for meetings says.
//
// All numbers are whole (thousandths of a nat), so that the same records give the same decisions on every machine.
const (
	crowd        = 5    // people, from which a meeting is one
	webinarCrowd = 3    // people, from which a webinar is one: its attendees are silent by design
	crowdWeight  = 500  // of each person who only receives, in a minute of a crowd, in thousandths of a nat
	crowdMinute  = 1000 // the most of one such minute
	crowdMost    = 6000 // of one meeting
	smallWeight  = 250  // of each such person in a smaller meeting, or in one of any size where a browser or room sends
	smallMost    = 2000 // of one small meeting
	leastPart    = 200  // thousandths of the people by whom the two must differ
	decided      = 4000 // from which a mind is made up: odds of 55 to 1
	mostLog      = 12000
	fadePercent  = 10 // each day: half in a week

	// flowingKbps is the bit rate from which something flows. It does not depend on the profile, nor do decisions.
	flowingKbps = 1
	// keptHours bounds the hours that a change of mind marks: samples are not kept much longer.
	keptHours = 32 * 24
)

// directions is what the traffic has said about *_input. It is part of the fold: deterministic, and in its snapshot.
type directions struct {
	Accounts map[earshot.ID]*accountDirections
	Meetings map[earshot.ID]meetingEvidence // what each has said so far
	Day      int64                          // of the last fading
	Common   earshot.InputMeaning           // of most media that have told

	pending map[meetingMinute]*turnout // of the minutes that are being sealed
	weighed bool                       // since the last takeWeighed
}

type accountDirections struct {
	Media [2]mediumDirection // audio, video
	Hours []earshot.Instant  // in which minutes were sealed or late, ascending
}

// mediumDirection is the state of one medium of an account.
type mediumDirection struct {
	Log     int64 // log-odds of "received", in thousandths of a nat
	Meaning earshot.InputMeaning
	Found   bool            // the mind is made up; else Meaning is assumed, see spread
	Since   earshot.Instant // the minute at which it was
	// What spoke for the log-odds; it fades with them.
	Minutes, Meetings, People, In, Out int64
}

// meetingEvidence is the sum of what a meeting has said, in thousandths of a nat.
type meetingEvidence struct{ Audio, Video int32 }

type meetingMinute struct {
	At      earshot.Instant
	Meeting earshot.ID
}

// turnout counts a meeting's people in one minute.
type turnout struct {
	account earshot.ID
	media   [2]mediumTurnout
}

type mediumTurnout struct {
	people    int // ordinary clients with anything flowing
	in, out   int // of them, with input or output flowing
	onlyIn    int // with input alone
	onlyOut   int
	knownSend bool // a browser or a room system sends
}

func newDirections() *directions {
	return &directions{Accounts: map[earshot.ID]*accountDirections{}, Meetings: map[earshot.ID]meetingEvidence{}, pending: map[meetingMinute]*turnout{}}
}

// add counts a minute that is being sealed, with its samples.
func (d *directions) add(m *openMinute, samples []earshot.Sample) {
	d.touch(m.Account, m.At.Hour())
	key := meetingMinute{m.At, m.Meeting}
	t := d.pending[key]
	if t == nil {
		t = &turnout{account: m.Account}
		d.pending[key] = t
	}
	t.count(samples)
}

// touch notes that an hour of an account has sealed minutes.
func (d *directions) touch(account earshot.ID, hour earshot.Instant) {
	a := d.account(account)
	i, known := slices.BinarySearch(a.Hours, hour)
	if known {
		return
	}
	a.Hours = slices.Insert(a.Hours, i, hour)
	a.Hours = a.Hours[max(0, len(a.Hours)-keptHours):]
}

func (d *directions) account(id earshot.ID) *accountDirections {
	a := d.Accounts[id]
	if a == nil {
		a = &accountDirections{}
		a.Media[0].Meaning, a.Media[1].Meaning = d.Common, d.Common
		d.Accounts[id] = a
	}
	return a
}

// count adds one segment's minute.
func (t *turnout) count(samples []earshot.Sample) {
	var flows uint32
	for i := range samples {
		s := &samples[i]
		if kbps, ok := s.Get(earshot.BitrateKbps); ok && kbps >= flowingKbps && s.Wire < earshot.WireCount {
			flows |= 1 << s.Wire
		}
	}
	has := func(w earshot.Wire) bool { return flows&(1<<w) != 0 }
	for i, w := range [...]struct{ in, out, crc, rwg earshot.Wire }{
		{earshot.WireAudioInput, earshot.WireAudioOutput, earshot.WireAudioDeviceFromCRC, earshot.WireAudioDeviceFromRWG},
		{earshot.WireVideoInput, earshot.WireVideoOutput, earshot.WireVideoDeviceFromCRC, earshot.WireVideoDeviceFromRWG},
	} {
		m := &t.media[i]
		m.knownSend = m.knownSend || has(w.crc) || has(w.rwg)
		in, out := has(w.in), has(w.out)
		if !in && !out {
			continue
		}
		m.people++
		if in {
			m.in++
		}
		if out {
			m.out++
		}
		switch {
		case in && !out:
			m.onlyIn++
		case out && !in:
			m.onlyOut++
		}
	}
}

// evidence is what a minute says for "received", and the most that its meeting may say in all, in thousandths of a nat. Whoever
// has only one of the two flowing speaks for the reading by which they receive: by the other they would send, and hear nobody.
func (m *mediumTurnout) evidence(kind earshot.Kind) (weight, most int64) {
	more := int64(m.onlyIn - m.onlyOut)
	switch size := max(more, -more); {
	case size*1000 < int64(m.people)*leastPart || size == 0:
		return 0, 0
	case m.people >= crowd || kind == earshot.KindWebinar && m.people >= webinarCrowd:
		return min(max(more*crowdWeight, -crowdMinute), crowdMinute), crowdMost
	case m.people >= 2 || m.knownSend:
		return more * smallWeight, smallMost
	}
	return 0, 0 // alone: nobody to hear, or nobody heard
}

// settle weighs the minutes that were added, and returns the accounts for which a medium that is found out has another meaning now.
func (d *directions) settle(kind func(meeting earshot.ID) earshot.Kind, auto func(earshot.ID) (audio, video bool)) (turned []earshot.ID) {
	if len(d.pending) == 0 {
		return nil
	}
	keys := slices.SortedFunc(maps.Keys(d.pending), func(a, b meetingMinute) int {
		return cmp.Or(cmp.Compare(a.At, b.At), cmp.Compare(a.Meeting, b.Meeting))
	})
	for _, key := range keys {
		t := d.pending[key]
		d.fade(key.At)
		a := d.account(t.account)
		said := d.Meetings[key.Meeting]
		var find [2]bool
		find[0], find[1] = auto(t.account)
		for i, sum := range [...]*int32{&said.Audio, &said.Video} {
			if a.Media[i].weigh(&t.media[i], kind(key.Meeting), sum, key.At, find[i]) {
				turned = append(turned, t.account)
			}
		}
		if said != (meetingEvidence{}) {
			d.Meetings[key.Meeting] = said
		}
	}
	clear(d.pending)
	d.weighed = true
	turned = append(turned, d.spread(auto)...)
	slices.Sort(turned)
	return slices.Compact(turned)
}

// spread assumes, for media that have not told, what those say that have. It returns the accounts in which that changed.
func (d *directions) spread(auto func(earshot.ID) (audio, video bool)) (turned []earshot.ID) {
	votes := 0
	for _, a := range d.Accounts {
		for i := range a.Media {
			switch m := &a.Media[i]; {
			case !m.Found:
			case m.Meaning == earshot.InputSent:
				votes--
			default:
				votes++
			}
		}
	}
	d.Common = earshot.InputReceived
	if votes < 0 {
		d.Common = earshot.InputSent
	}
	for id, a := range d.Accounts {
		var find [2]bool
		find[0], find[1] = auto(id)
		for i := range a.Media {
			m, other := &a.Media[i], &a.Media[1-i]
			if m.Found {
				continue
			}
			assumed := d.Common
			if other.Found {
				assumed = other.Meaning
			}
			if assumed != m.Meaning && find[i] {
				turned = append(turned, id)
			}
			m.Meaning = assumed
		}
	}
	return turned
}

// weigh takes one minute of a meeting, of which sum has been said, and reports whether the meaning changed.
func (m *mediumDirection) weigh(t *mediumTurnout, kind earshot.Kind, sum *int32, at earshot.Instant, find bool) bool {
	weight, most := t.evidence(kind)
	if weight == 0 {
		return false
	}
	before := int64(*sum)
	after := min(max(before+weight, min(-most, before)), max(most, before)) // a bound that shrank takes nothing back
	if after == before {
		return false
	}
	if before == 0 {
		m.Meetings++
	}
	*sum = int32(after)
	m.Log = min(max(m.Log+after-before, -mostLog), mostLog)
	m.Minutes++
	m.People, m.In, m.Out = m.People+int64(t.people), m.In+int64(t.in), m.Out+int64(t.out)
	if !find {
		return false
	}
	says := earshot.InputReceived
	if m.Log < 0 {
		says = earshot.InputSent
	}
	if max(m.Log, -m.Log) < decided || m.Found && says == m.Meaning {
		return false
	}
	changed := says != m.Meaning
	m.Found, m.Meaning, m.Since = true, says, at
	return changed
}

// fade lets evidence lose weight with the days of event time.
func (d *directions) fade(at earshot.Instant) {
	day := int64(at) / 86_400_000
	if d.Day == 0 {
		d.Day = day
	}
	for ; d.Day < day; d.Day++ {
		for _, a := range d.Accounts {
			for i := range a.Media {
				m := &a.Media[i]
				for _, n := range []*int64{&m.Log, &m.Minutes, &m.Meetings, &m.People, &m.In, &m.Out} {
					*n -= *n * fadePercent / 100
				}
			}
		}
		if d.Day < day-100 {
			d.Day = day - 100 // nothing is left after that
		}
	}
}

// forget drops what meetings have said that are out of memory.
func (d *directions) forget(meetings []earshot.ID) {
	for _, id := range meetings {
		delete(d.Meetings, id)
	}
}

// clone copies the state for a snapshot.
func (d *directions) clone() *directions {
	out := newDirections()
	out.Day, out.Common, out.Meetings = d.Day, d.Common, maps.Clone(d.Meetings)
	for id, a := range d.Accounts {
		out.Accounts[id] = &accountDirections{Media: a.Media, Hours: slices.Clone(a.Hours)}
	}
	return out
}

// Reading is how *_input of one medium of one account is read, and why.
type Reading struct {
	Account earshot.ID
	Media   earshot.Media
	Meaning earshot.InputMeaning
	How     ReadingHow
	// Sure is the probability of the meaning by the evidence alone, 0 to 1: one half where there is none.
	Sure  float64
	Since earshot.Instant // when it was found; 0 for set and assumed ones
	Text  string          // the evidence in words
}

// ReadingHow says how a reading came about.
type ReadingHow string

// The ways.
const (
	ReadingSet     ReadingHow = "set"     // by the configuration
	ReadingAssumed ReadingHow = "assumed" // there is not enough evidence: as for the other medium, or for other accounts, else as Zoom's reference for meetings says
	ReadingFound   ReadingHow = "found"   // from the traffic
)

// Contradicted reports whether the evidence is strong that the reading is wrong: a setting to look at.
func (r *Reading) Contradicted() bool { return r.How == ReadingSet && r.Sure < 0.02 }

// readings returns what is held of every account, by account and medium.
func (f *Fold) readings() []Reading {
	var out []Reading
	ids := slices.Sorted(maps.Keys(f.directions.Accounts))
	for _, id := range ids {
		audio, video := f.rules.Input(id)
		findAudio, findVideo := f.auto(id)
		a := f.directions.Accounts[id]
		out = append(out,
			a.reading(id, earshot.MediaAudio, audio, findAudio),
			a.reading(id, earshot.MediaVideo, video, findVideo))
	}
	return out
}

func (a *accountDirections) reading(account earshot.ID, media earshot.Media, meaning earshot.InputMeaning, find bool) Reading {
	m, other := &a.Media[media-earshot.MediaAudio], &a.Media[earshot.MediaVideo-media]
	log := float64(m.Log) / 1000
	if meaning == earshot.InputSent {
		log = -log
	}
	r := Reading{Account: account, Media: media, Meaning: meaning, How: ReadingSet, Sure: 1 / (1 + math.Exp(-log)), Text: m.text()}
	switch {
	case find && m.Found:
		r.How, r.Since = ReadingFound, m.Since
	case find:
		r.How = ReadingAssumed
		switch {
		case other.Found:
			r.Text += fmt.Sprintf(" Until there is more, it is read as %s of the same account, which has told.", earshot.MediaAudio+earshot.MediaVideo-media)
		case meaning == earshot.InputSent:
			r.Text += " Until there is more, it is read as in most other accounts."
		}
	}
	return r
}

// text says what the evidence is.
func (m *mediumDirection) text() string {
	if m.People == 0 {
		return "No meeting has told yet: it takes one in which some only receive."
	}
	idle, other := "output", "input"
	if m.In < m.Out {
		idle, other = other, idle
	}
	return fmt.Sprintf("In %d %s of %d %s, input flowed for %d %% of the people and output for %d %%. Everybody receives and few send, so %s is what they send and %s what they receive.",
		m.Minutes, plural(m.Minutes, "minute"), max(m.Meetings, 1), plural(m.Meetings, "meeting"), percent(m.In, m.People), percent(m.Out, m.People), idle, other)
}

func percent(n, of int64) int64 { return (200*n + of) / (2 * of) }

func plural(n int64, word string) string {
	if n <= 1 {
		return word
	}
	return word + "s"
}

// auto says which media of an account are found out from the traffic.
func (f *Fold) auto(account earshot.ID) (audio, video bool) {
	if f.rules.Auto == nil {
		return false, false
	}
	return f.rules.Auto(account)
}

// takeWeighed reports whether minutes were weighed since it was last called.
func (f *Fold) takeWeighed() bool {
	weighed := f.directions.weighed
	f.directions.weighed = false
	return weighed
}

// withFound returns an Input that answers with what the traffic said for media that are found out.
func (f *Fold) withFound(set func(earshot.ID) (audio, video earshot.InputMeaning)) func(earshot.ID) (audio, video earshot.InputMeaning) {
	return func(account earshot.ID) (audio, video earshot.InputMeaning) {
		audio, video = set(account)
		foundAudio, foundVideo := f.directions.Common, f.directions.Common
		if a := f.directions.Accounts[account]; a != nil {
			foundAudio, foundVideo = a.Media[0].Meaning, a.Media[1].Meaning
		}
		findAudio, findVideo := f.auto(account)
		if findAudio {
			audio = foundAudio
		}
		if findVideo {
			video = foundVideo
		}
		return audio, video
	}
}

// findDirections weighs the minutes that were just sealed. Where it changes a meaning, what was graded before is graded again:
// sealed minutes with their hours, open ones at once.
func (f *Fold) findDirections() {
	kind := func(id earshot.ID) earshot.Kind {
		if m := f.identity.Meeting(id); m != nil {
			return m.Kind
		}
		return earshot.KindUnknown
	}
	for _, account := range f.directions.settle(kind, f.auto) {
		for _, hour := range f.directions.account(account).Hours {
			f.dirty(account, hour)
		}
		for segment, list := range f.minutes.bySegment {
			for _, m := range list {
				if m.Account == account {
					key := earshot.MinuteKey{Segment: segment, At: m.At}
					f.news.open[key] = struct{}{}
					f.explainer.changed[key] = struct{}{}
				}
			}
		}
	}
}
