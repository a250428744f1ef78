package emulator

import (
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/url"
	"time"

	"github.com/earshot/earshot/zoom"
)

// Dialect says what the *_input types of audio and video mean, on which Zoom's documents contradict each other.
type Dialect string

// The dialects. Sharing is the same in both: as_input is what the participant sends.
const (
	InputReceived Dialect = "received" // the QSS reference for meetings: input is what the client receives
	InputSent     Dialect = "sent"     // the Dashboard reference: input is what the participant sends
)

// Options says what world to make and where to send it. The zero value of every field but Target and Secret has a
// default; these two are needed by [Emulator.Run] alone.
type Options struct {
	// Target is the webhook URL: http or https, any path.
	Target string
	// Secret signs every request. It never appears in logs or errors.
	Secret zoom.Secret
	// Subscriptions are further ones beside Target, which is the short form for one that gets everything. Those without a secret
	// take Secret.
	Subscriptions []Subscription
	// Quirks bend the bodies on their way out: what Zoom's documents and examples have differently. [World] knows nothing of them.
	Quirks []Quirk

	// People is how many people the account has (default 200, 2 to 200,000). About half of them are in a meeting at any
	// moment: meetings get larger or smaller accordingly. Guests from outside, room systems and telephones come on top.
	People int
	// Meetings is about how many meetings run at once, from the first second (default People/10).
	Meetings int
	// Seed chooses the world. The same Seed, From, Empty, People, Meetings, Cadence, Dialect, Troubles, Calm and Life give the
	// same bodies in the same order, byte for byte, on the same processor architecture.
	Seed uint64
	// From is the simulated time of the beginning. The zero time is two minutes before now, truncated to the minute; Run
	// then sends what lies between From and now at once, so that a receiver has something to show immediately.
	From time.Time
	// CatchUp makes Run send what lies between From and now at once, as it does for the zero From: the past is there, and
	// time goes on from now. Without it, simulated time is at From when Run begins.
	CatchUp bool
	// Empty begins with nobody in a meeting: the first meetings start within a minute and a half, and everything is told from its
	// beginning. Without it meetings are under way at From, as they are for a subscriber who comes later, who never hears what
	// computers and addresses those have who are in them.
	Empty bool
	// Cadence is how often Zoom reports about a participant (default 60 s, 10 s to 5 min; older accounts have 10 to 15 s).
	Cadence time.Duration
	// Dialect is the meaning of input and output (default InputReceived).
	Dialect Dialect
	// Troubles is what goes wrong when. nil is DefaultTroubles; an empty slice is nothing.
	Troubles []Trouble
	// Schedule is how busy the company is when; the zero Schedule is the same all day.
	Schedule Schedule
	// Span ends Run at that simulated time after From; 0 is not at all.
	Span time.Duration
	// Calm switches the random troubles off, leaving Troubles and the ordinary noise of lines and radio.
	Calm bool
	// Life is how untidy the work of everybody is; the zero Life is tidy.
	Life Life

	// Truth receives lines of JSON about who felt which trouble when: see TruthMinute and TruthFault. nil keeps no truth;
	// the events are the same with and without.
	Truth io.Writer
	// Delivery is what goes wrong between Zoom and the receiver when; nil is nothing.
	Delivery []DeliveryFault

	// Speed is simulated seconds per second of wall time (default 1). Retries follow it; the 3 s deadline does not.
	Speed float64
	// Duration is how much wall time Run sends for; 0 is until its context ends.
	Duration time.Duration
	// MaxInFlight bounds concurrent requests (default 256). Events that find no room wait in order.
	MaxInFlight int
	// ChallengeWait is how much wall time the target has to pass its first challenge (default 30 s). Zoom saves no
	// subscription before that, so Run sends nothing and then fails.
	ChallengeWait time.Duration
	// Progress is how often Run logs its counters, in wall time (default 10 s; negative is never).
	Progress time.Duration
	// History remembers what [Emulator.Run] sends, to be asked for over REST (package emulator/rest). nil remembers nothing.
	History *History
	// Ledger receives one JSON line for every answer, or missing answer: see Entry. nil keeps none.
	Ledger io.Writer
	// Transport sends the requests; nil is a transport of its own with enough idle connections.
	Transport http.RoundTripper
	// Logger is for progress and problems; nil discards.
	Logger *slog.Logger
}

// withDefaults fills what is zero and reports everything that is wrong, together.
func (o Options) withDefaults(now time.Time) (Options, error) {
	setDefault(&o.People, 200)
	setDefault(&o.Meetings, max(1, o.People/10))
	setDefault(&o.Cadence, time.Minute)
	setDefault(&o.Dialect, InputReceived)
	setDefault(&o.Speed, 1)
	setDefault(&o.MaxInFlight, 256)
	setDefault(&o.ChallengeWait, 30*time.Second)
	setDefault(&o.Progress, 10*time.Second)
	if o.From.IsZero() {
		o.From = now.Add(-2 * time.Minute).Truncate(time.Minute)
	}
	o.Schedule = o.Schedule.withDefaults()
	o.From = o.From.UTC().Truncate(time.Millisecond)
	if o.Troubles == nil {
		o.Troubles = DefaultTroubles()
	}
	if o.Logger == nil {
		o.Logger = slog.New(slog.DiscardHandler)
	}
	return o, o.check()
}

func (o Options) check() error {
	var errs []error
	wrong := func(format string, args ...any) { errs = append(errs, fmt.Errorf(format, args...)) }
	if o.People < 2 || o.People > 200_000 {
		wrong("people %d: want 2 to 200000", o.People)
	}
	if o.Meetings < 1 || o.Meetings > o.People {
		wrong("meetings %d: want 1 to the number of people (%d)", o.Meetings, o.People)
	}
	if o.Cadence < 10*time.Second || o.Cadence > 5*time.Minute {
		wrong("cadence %v: want 10s to 5m", o.Cadence)
	}
	if o.Dialect != InputReceived && o.Dialect != InputSent {
		wrong("dialect %q: want %q or %q", o.Dialect, InputReceived, InputSent)
	}
	errs = append(errs, o.Schedule.check(), o.Life.check())
	if o.Span < 0 {
		wrong("span %v: want more than 0, or 0 for no end", o.Span)
	}
	if !(o.Speed > 0 && o.Speed <= 100_000) {
		wrong("speed %v: want more than 0, at most 100000", o.Speed)
	}
	if o.MaxInFlight < 1 {
		wrong("max in flight %d: want at least 1", o.MaxInFlight)
	}
	if o.Target != "" {
		if u, err := url.Parse(o.Target); err != nil || u.Host == "" || (u.Scheme != "http" && u.Scheme != "https") {
			wrong("target: want an http or https URL such as http://127.0.0.1:3000/webhook")
		}
	}
	for _, t := range o.Troubles {
		if err := t.check(); err != nil {
			errs = append(errs, err)
		}
	}
	errs = append(errs, checkQuirks(o.Quirks), o.checkSubscriptions())
	for _, f := range o.Delivery {
		if err := f.check(); err != nil {
			errs = append(errs, err)
		}
	}
	if errors.Join(errs...) == nil { // a world of wrong options cannot be searched
		errs = o.checkTargets()
	}
	return errors.Join(errs...)
}

func setDefault[T comparable](v *T, d T) {
	var zero T
	if *v == zero {
		*v = d
	}
}
