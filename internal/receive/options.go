package receive

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"time"

	"github.com/earshot/earshot/internal/journal"
	"github.com/earshot/earshot/zoom"
)

// Limits of the endpoint.
const (
	// DefaultMaxBodyBytes is far beyond what Zoom sends (a QoS event has under 3 kB); a body cannot be verified without reading it.
	DefaultMaxBodyBytes = 1 << 20
	// DefaultWindow is how far a signed timestamp may be off. Zoom does not say whether a retry, up to 85 minutes later, is
	// signed anew; replays are harmless, since bodies are known for as long as the journal holds them.
	DefaultWindow = 24 * time.Hour
	// DefaultDeadline is when a slow journal is answered with 503: before Zoom's 3 seconds are over.
	DefaultDeadline = 2500 * time.Millisecond
	// DefaultMaxInFlightBytes bounds the memory of bodies being read and stored.
	DefaultMaxInFlightBytes = 64 << 20
)

// Journal is what the endpoint needs of the journal; *journal.Journal has it.
type Journal interface {
	Append(ctx context.Context, r journal.Record) (journal.AppendResult, error)
	Quarantine(q journal.QuarantinedRequest) error
}

// Subscription is one event subscription of a Zoom app: a path and what proves that Zoom sent the request.
type Subscription struct {
	Name    string        // the {subscription} of /webhook/{subscription}; "" is /webhook
	Secrets []zoom.Secret // the app's secret token; two while it is being changed
	// Checks are further proofs that the app was set up to send: a legacy verification token, Basic, Bearer or a header of
	// its own. Each must return nil; an error says in words what is missing, without the value.
	Checks []func(http.Header) error
}

// Options configure a Handler. Journal is required; without any secret every request is answered 503.
type Options struct {
	Subscriptions    []Subscription
	Journal          Journal
	MaxBodyBytes     int64
	MaxInFlightBytes int64
	Window           time.Duration
	Deadline         time.Duration
}

func (o *Options) setDefaults() {
	if o.MaxBodyBytes == 0 {
		o.MaxBodyBytes = DefaultMaxBodyBytes
	}
	if o.MaxInFlightBytes == 0 {
		o.MaxInFlightBytes = DefaultMaxInFlightBytes
	}
	if o.Window == 0 {
		o.Window = DefaultWindow
	}
	if o.Deadline == 0 {
		o.Deadline = DefaultDeadline
	}
}

func (o *Options) validate() error {
	if o.Journal == nil {
		return errors.New("receive: BUG: no journal")
	}
	seen := map[string]bool{}
	for _, s := range o.Subscriptions {
		if seen[s.Name] {
			return fmt.Errorf("receive: subscription %q is configured twice", s.Name)
		}
		seen[s.Name] = true
	}
	return nil
}
