// Package config reads what Earshot is told: one YAML file, the environment with .env, and flags.
//
// What it promises: defaults < file < environment < flags. With no file at all everything has a default that works. Keys are
// strict: a key that does not exist is an error, not a silent default. All problems come in one error, each with the place
// it is at (file and line, variable or flag), what was found and what was expected. Secrets come from the environment or
// from files, never from the YAML file itself; they have a type that prints as "[redacted]", and no message repeats one.
//
// [Load] reads files and is called at start; a [Config] is a plain value that is not changed afterwards, so any number of
// goroutines may read it. Only the composition root and the programs import this package: everything else gets options.
//
// The tests load texts and compare problems; docs/config.example.yaml is one of them, and the reader is fuzzed.
package config

import (
	"net/netip"
	"time"

	"github.com/earshot/earshot"
	"github.com/earshot/earshot/zoom"
)

// Config is everything that can be set. Every path is absolute or relative to the working directory.
type Config struct {
	DataDir  string // where journal, stores and snapshots live
	Webhook  Webhook
	Web      Web
	Journal  Journal
	Facts    Facts
	Registry Registry
	Sites    Sites
	Input    Input
	Grades   Grades
	Alerts   Alerts
	Exports  []Export // in the order of the file
	Log      Log
	// APIToken is a bearer token for scripts (EARSHOT_API_TOKEN); empty: there is none.
	APIToken zoom.Secret

	file   string            // the YAML file, "" when there was none
	origin map[string]string // where a setting was made: "earshot.yaml:12", "PORT", "--web-listen"; absent: the default
}

// Webhook is the receiver's endpoint.
type Webhook struct {
	Listen        string // host:port
	TLS           TLS
	MaxBodyBytes  int64
	Window        time.Duration  // how far a signed timestamp may be from now, both ways
	Subscriptions []Subscription // by name
}

// TLS names a certificate; both empty is plain HTTP.
type TLS struct{ CertFile, KeyFile string }

// Subscription is one event subscription of a Zoom app: a path, and what proves that Zoom sent a request to it.
type Subscription struct {
	Name    string        // of /webhook/{name}; "" is /webhook
	Secrets []zoom.Secret // the app's secret token; several while it is being changed
	// Credentials are further proofs that the app was set up to send. All must match.
	Credentials []zoom.Credential
	// Proofs says what the credentials are, without their values: "basic", "header X-Gate".
	Proofs []string
}

// Web is the UI and the API.
type Web struct {
	Listen         string // host:port
	TLS            TLS
	PublicURL      string         // how people reach it, for links; "" is derived from the request
	TrustedProxies []netip.Prefix // whose X-Forwarded-For is believed, when guessing at passwords is slowed down
}

// Journal is the durable log of raw events.
type Journal struct {
	Retention        time.Duration // how long records stay at hand and bodies are known for duplicates
	ArchiveRetention time.Duration // how long compressed records stay behind that
	MaxBytes         int64         // both together; 0 is no limit
}

// Facts is the column store.
type Facts struct {
	MemoryLimitBytes int64
	Retention        Retention
}

// Registry is the store of identity, incidents and alerts.
type Registry struct {
	// Meetings is how long meetings, calls and people are kept after they were last seen. What is not set is at least as long as
	// anything in the facts is kept.
	Meetings  time.Duration
	Incidents time.Duration // how long incidents that are over are kept, and alerts that have ended
}

// Retention is how long rows are kept.
type Retention struct {
	Samples, Minutes, Summaries, CallSamples, Notifications, Outbox time.Duration
}

// Longest is the longest of them: rows name meetings and people, who must be known for as long.
func (r *Retention) Longest() time.Duration {
	return max(r.Samples, r.Minutes, r.Summaries, r.CallSamples, r.Notifications, r.Outbox)
}

// Sites are the files that tell places by addresses; "" is none.
type Sites struct {
	File string // sites.csv
	ASN  string // an MMDB with autonomous systems
}

// Meaning is what *_input means in audio and video reports.
type Meaning string

// The meanings.
const (
	MeaningAuto     Meaning = "auto" // found out from the traffic
	MeaningSent     Meaning = "sent"
	MeaningReceived Meaning = "received"
)

// Fixed returns the meaning that was set; false for auto.
func (m Meaning) Fixed() (earshot.InputMeaning, bool) {
	switch m {
	case MeaningSent:
		return earshot.InputSent, true
	case MeaningReceived:
		return earshot.InputReceived, true
	}
	return earshot.InputReceived, false
}

// InputMeanings are the meanings of both media.
type InputMeanings struct{ Audio, Video Meaning }

// Input says what *_input means, for all accounts and for single ones.
type Input struct {
	InputMeanings
	Accounts map[string]InputMeanings // by Zoom account id; a medium that is not set has the common meaning
}

// For returns the meanings for a Zoom account id.
func (i Input) For(zoomAccountID string) InputMeanings {
	if m, ok := i.Accounts[zoomAccountID]; ok {
		return m
	}
	return i.InputMeanings
}

// DefaultTargetPct is the target where none is set. Microsoft's for conferencing is at most 3 % poor streams at all sites
// (Teams CQD, "targets"); minutes are graded more strictly than that, by their worst stream.
const DefaultTargetPct = 95

// Alerts says whom to tell, and of what.
type Alerts struct {
	Receivers     string         // path of a file in Alertmanager's syntax; "": alerts are in the UI only
	Rules         string         // path of a file with rules; "": the defaults, and what is typed in the UI
	AllowNetworks []netip.Prefix // internal networks that messages may go to
	External      []string       // Alertmanagers elsewhere that alerts are handed over to
}

// Log says what is logged, and how.
type Log struct {
	Level  string // debug, info, warn, error
	Format string // text, json
}

// Default returns what holds when nothing is set.
func Default() *Config {
	const day = 24 * time.Hour
	return &Config{
		DataDir: "earshot-data",
		// 3000 is where the older tracker listened, so that Zoom's subscriptions need not change.
		Webhook: Webhook{Listen: ":3000", MaxBodyBytes: 1 << 20, Window: day},
		Web:     Web{Listen: ":8080"},
		Journal: Journal{Retention: 3 * day, ArchiveRetention: 30 * day},
		Facts: Facts{
			MemoryLimitBytes: 128 << 20,
			Retention: Retention{
				Samples: 30 * day, Minutes: 400 * day, Summaries: 400 * day, CallSamples: 400 * day, Notifications: 400 * day, Outbox: 7 * day,
			},
		},
		Registry: Registry{Meetings: 400 * day, Incidents: 400 * day},
		Input:    Input{InputMeanings: InputMeanings{MeaningAuto, MeaningAuto}, Accounts: map[string]InputMeanings{}},
		Grades:   Grades{Profile: "earshot", TargetPct: earshot.Some(DefaultTargetPct), Profiles: map[string]Profile{}},
		Log:      Log{Level: "info", Format: "text"},
		origin:   map[string]string{},
	}
}
