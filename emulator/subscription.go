package emulator

import (
	"bytes"
	"errors"
	"fmt"
	"net/http"
	"net/netip"
	"net/url"
	"slices"
	"strings"

	"github.com/earshot/earshot/zoom"
)

// MaxSubscriptions is how many an app may have.
const MaxSubscriptions = 20

// SubscriptionScope says whose events a subscription gets; the words are those of Zoom's API.
type SubscriptionScope string

// The scopes.
const (
	// ScopeAccount is one account: what its users host.
	ScopeAccount SubscriptionScope = "account"
	// ScopeMaster is the account and its sub-accounts: everything that the world has.
	ScopeMaster SubscriptionScope = "master_account"
)

// Subscription says which events go where, as one saves it in Zoom's Marketplace. Several may overlap, and may have the same
// target: every one of them is sent what it selects, under a request id of its own.
type Subscription struct {
	// ID is what Zoom calls event_subscription_id; "" lets the emulator make one from the seed and the position.
	ID   string
	Name string
	// Target is the webhook URL: http or https, any path. It is "" for a WebSocket subscription alone.
	Target string
	// WebSocket delivers over a connection that the client opens, see [WebSocket]; without one, events are gone.
	WebSocket bool
	// Secret signs the requests; "" takes Options.Secret. It never appears in logs or errors.
	Secret zoom.Secret
	// Events are the exact names that are wanted; none is all of them.
	Events []string
	// Scope is whose events (default ScopeMaster, all accounts of the world).
	Scope SubscriptionScope
	// Account is whose subscription it is, for ScopeAccount; needed there.
	Account string
	// Header is what the requests carry beside the signature.
	Header OwnHeader
	// ForwardedFor, an IPv4 or IPv6 address, adds the x-forwarded-for, -host and -proto headers of Zoom's current example, as if
	// there was a proxy before the target. The zero Addr leaves them out.
	ForwardedFor netip.Addr
}

// check reports everything that is wrong.
func (s *Subscription) check() error {
	var errs []error
	wrong := func(format string, args ...any) {
		errs = append(errs, fmt.Errorf("subscription %q: "+format, append([]any{s.label()}, args...)...))
	}
	switch {
	case s.WebSocket && s.Target != "":
		wrong("has a target and is a WebSocket: want one of them")
	case !s.WebSocket:
		if u, err := url.Parse(s.Target); err != nil || u.Host == "" || u.Scheme != "http" && u.Scheme != "https" {
			wrong("target: want an http or https URL such as http://127.0.0.1:3000/webhook")
		}
		if s.Secret == "" {
			wrong("no secret to sign with")
		}
	}
	if s.Scope != ScopeAccount && s.Scope != ScopeMaster {
		wrong("scope %q: want %q or %q", s.Scope, ScopeAccount, ScopeMaster)
	}
	if s.Scope == ScopeAccount && s.Account == "" {
		wrong("scope %q needs the account's id", s.Scope)
	}
	for _, name := range s.Events {
		if family, rest, ok := strings.Cut(name, "."); !ok || family == "" || rest == "" || strings.Contains(name, "*") {
			wrong("event %q: want an exact name such as meeting.participant_qos", name)
		}
	}
	if err := s.Header.check(); err != nil {
		wrong("%w", err)
	}
	return errors.Join(errs...)
}

// label is how a subscription is called in logs and errors.
func (s *Subscription) label() string {
	switch {
	case s.Name != "":
		return s.Name
	case s.ID != "":
		return s.ID
	}
	return "unnamed"
}

// wants reports whether an event is selected.
func (s *Subscription) wants(ev *Event) bool {
	if len(s.Events) > 0 && !slices.Contains(s.Events, ev.Name) {
		return false
	}
	return s.Scope != ScopeAccount || accountOf(ev.Body) == s.Account
}

// accountOf returns the account_id of a notification, "" if there is none. It looks for the key rather than parsing: the
// bodies are the emulator's own, and no earlier value may contain an unescaped quote.
func accountOf(body []byte) string {
	const key = `"account_id":"`
	_, rest, ok := bytes.Cut(body, []byte(key))
	if !ok {
		return ""
	}
	id, _, ok := bytes.Cut(rest, []byte(`"`))
	if !ok {
		return ""
	}
	return string(id)
}

// forwarded sets the headers of a proxy before the target.
func (s *Subscription) forwarded(h http.Header, host string) {
	if !s.ForwardedFor.IsValid() {
		return
	}
	h.Set("X-Forwarded-For", s.ForwardedFor.String())
	h.Set("X-Forwarded-Host", host)
	h.Set("X-Forwarded-Proto", "https")
}

// checkSubscriptions reports what is wrong with the options' subscriptions, with their defaults filled in.
func (o *Options) checkSubscriptions() error {
	var errs []error
	if n := len(o.Subscriptions); n > MaxSubscriptions {
		errs = append(errs, fmt.Errorf("%d subscriptions: %w", n, ErrTooMany))
	}
	for _, sub := range o.Subscriptions {
		setDefault(&sub.Scope, ScopeMaster)
		if !sub.WebSocket {
			setDefault(&sub.Secret, o.Secret)
		}
		errs = append(errs, sub.check())
	}
	return errors.Join(errs...)
}
