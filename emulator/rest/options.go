package rest

import (
	"errors"
	"fmt"
	"log/slog"
	"time"

	"github.com/earshot/earshot/emulator"
	"github.com/earshot/earshot/zoom"
)

// App is a Zoom app that may ask for tokens.
type App struct {
	// ID is the app's id, as in /marketplace/apps/{appId}/webhook_logs; empty is ClientID.
	ID           string
	ClientID     string
	ClientSecret zoom.Secret
	// Scopes are what its tokens may do, classic or granular; nil is everything that this package knows.
	Scopes []string
}

// Options configure a [Server].
type Options struct {
	// History is what happened. Required; it may still be empty.
	History *emulator.History
	// AccountID must be given with account_credentials; "" is the world's own account.
	AccountID string
	// Apps are who may ask. At least one is needed.
	Apps []App
	// Plan decides rate limits and whether there is a Dashboard (default PlanBusiness).
	Plan Plan
	// PhonePlan decides the rate limits of /phone (default PhoneBusiness).
	PhonePlan PhonePlan
	// Unlimited switches the rate limiter off; its headers remain.
	Unlimited bool
	// NoQSS makes the qos_summary methods answer that nobody subscribed to the summary events.
	NoQSS bool
	// QueryByEndTime allows query_date_type=end_time, which Zoom grants to some accounts.
	QueryByEndTime bool
	// SwapInput exchanges *_input and *_output of audio and video in Dashboard answers. Zoom's documents disagree on whether
	// the two sides mean the same; the default is that they do.
	SwapInput bool
	// APIURL is the api_url of token answers (default https://api.zoom.us).
	APIURL string
	// Clock is wall time for tokens, pages and limits; nil is time.Now.
	Clock func() time.Time
	// SimulatedClock uses the history's clock instead of Clock.
	SimulatedClock bool
	// Deliveries are the attempts that webhook_logs tells about; nil is none.
	Deliveries DeliveryLog
	// Subscriptions are what the event-subscription API acts on; nil keeps a list that nothing is sent to.
	Subscriptions Subscriptions
	// Logger is told of unknown routes and parameters; nil discards.
	Logger *slog.Logger
}

func (o Options) withDefaults() (Options, error) {
	var errs []error
	if o.History == nil {
		errs = append(errs, errors.New("a history is needed: what should be told?"))
	}
	if len(o.Apps) == 0 {
		errs = append(errs, errors.New("at least one app with a client id and a client secret is needed"))
	}
	seen := map[string]bool{}
	for i, a := range o.Apps {
		if a.ClientID == "" || a.ClientSecret == "" || seen[a.ClientID] {
			errs = append(errs, fmt.Errorf("app %d: want a client id of its own and a client secret", i+1))
		}
		seen[a.ClientID] = true
	}
	if o.Plan == "" {
		o.Plan = PlanBusiness
	}
	if _, ok := planLimits[o.Plan]; !ok {
		errs = append(errs, fmt.Errorf("plan %q: want %q, %q or %q", o.Plan, PlanFree, PlanPro, PlanBusiness))
	}
	if o.PhonePlan == "" {
		o.PhonePlan = PhoneBusiness
	}
	if _, ok := phoneLimits[o.PhonePlan]; !ok {
		errs = append(errs, fmt.Errorf("phone plan %q: want %q or %q", o.PhonePlan, PhonePro, PhoneBusiness))
	}
	if o.APIURL == "" {
		o.APIURL = "https://api.zoom.us"
	}
	if o.Clock == nil {
		o.Clock = time.Now
	}
	if o.Subscriptions == nil {
		o.Subscriptions = NewSubscriptionList()
	}
	if o.Logger == nil {
		o.Logger = slog.New(slog.DiscardHandler)
	}
	return o, errors.Join(errs...)
}
