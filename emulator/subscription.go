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
	// ScopeUser is single users: the meetings and webinars that they host, and their telephone calls.
	ScopeUser SubscriptionScope = "user"
)

// Words for the accounts of a world, whose ids depend on its seed, in [Options].
const (
	OwnAccount = "own"
	SubAccount = "sub"
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
	// Account is whose subscription it is, for ScopeAccount: its id, which is needed there. In Options, "" and OwnAccount are the
	// world's own account and SubAccount is its sub-account.
	Account string
	// Users are the ids of the users of a ScopeUser, in Options also e-mail addresses; none gets nothing. Zoom does not say which events are a user's: here it is
	// what they host, as far as its beginning was sent, and the calls that they make or take.
	Users []string
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
	if !slices.Contains([]SubscriptionScope{ScopeAccount, ScopeMaster, ScopeUser}, s.Scope) {
		wrong("scope %q: want %q, %q or %q", s.Scope, ScopeAccount, ScopeMaster, ScopeUser)
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

// wants reports whether an event is selected; hosts knows whose meeting it is about.
func (s *Subscription) wants(ev *Event, hosts *hosts) bool {
	if len(s.Events) > 0 && !slices.Contains(s.Events, ev.Name) {
		return false
	}
	switch s.Scope {
	case ScopeAccount:
		return textOf(ev.Body, "account_id") == s.Account
	case ScopeUser:
		return slices.ContainsFunc(s.Users, func(user string) bool { return hosts.concerns(ev, user) })
	}
	return true
}

// sameDelivery reports whether two subscriptions differ only in what they select and how they are called.
func (s *Subscription) sameDelivery(t *Subscription) bool {
	return s.Target == t.Target && s.WebSocket == t.WebSocket && s.Secret == t.Secret && s.Header == t.Header && s.ForwardedFor == t.ForwardedFor
}

// textOf returns the first text under a key of a notification, "" if there is none. It looks for the key rather than parsing: the
// bodies are the emulator's own, and no earlier value may contain an unescaped quote.
func textOf(body []byte, key string) string {
	_, rest, ok := bytes.Cut(body, []byte(`"`+key+`":"`))
	if !ok {
		return ""
	}
	text, _, ok := bytes.Cut(rest, []byte(`"`))
	if !ok {
		return ""
	}
	return string(text)
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
		setDefault(&sub.Account, OwnAccount)
		if !sub.WebSocket {
			setDefault(&sub.Secret, o.Secret)
		}
		errs = append(errs, sub.check())
	}
	return errors.Join(errs...)
}
