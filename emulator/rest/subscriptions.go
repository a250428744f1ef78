package rest

import (
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"sync"

	"github.com/earshot/earshot/zoom"
)

// Subscription is an event subscription as the API has it.
type Subscription struct {
	ID         string          `json:"event_subscription_id"`
	Events     []string        `json:"events"`
	Name       string          `json:"event_subscription_name"`
	WebhookURL string          `json:"event_webhook_url"`
	Scope      string          `json:"subscription_scope"` // user, account or master_account
	Source     string          `json:"created_source"`     // openapi
	Subscriber string          `json:"subscriber_id"`      // account or user
	Header     json.RawMessage `json:"custom_header"`      // as it was given; {"custom_header_type":0} without
	UserIDs    []string        `json:"-"`
}

// Errors of [Subscriptions], each with a code of its own in Zoom's answers.
var (
	ErrValidation   = errors.New("the webhook URL did not pass the challenge") // 1701
	ErrTokenURL     = errors.New("the token URL did not give a token")         // 1702
	ErrNoSuchThing  = errors.New("there is no such subscription")              // 1601
	ErrTooMany      = errors.New("the app has 20 subscriptions already")       // 1500
	ErrInvalidValue = errors.New("a value of the subscription is invalid")     // 1300
)

// Subscriptions is what the event-subscription API acts on. Whoever delivers implements it; it is called by many goroutines.
// Only what was created through it is listed: subscriptions of the build flow are none of the API's business.
type Subscriptions interface {
	// List returns the subscriptions in the order of their IDs.
	List() []Subscription
	// Create challenges the URL, starts delivering and returns the new id. Its errors wrap the ones above.
	Create(Subscription) (id string, err error)
	// Change replaces the fields that are not empty.
	Change(id string, with Subscription) error
	// Delete ends a subscription.
	Delete(id string) error
}

// SubscriptionList is a [Subscriptions] that only remembers: nothing is challenged, nothing is sent.
type SubscriptionList struct {
	mu   sync.Mutex
	made int
	list []Subscription
}

// NewSubscriptionList makes an empty list.
func NewSubscriptionList() *SubscriptionList { return &SubscriptionList{} }

// maxSubscriptions is Zoom's limit per app.
const maxSubscriptions = 20

// List implements [Subscriptions].
func (l *SubscriptionList) List() []Subscription {
	l.mu.Lock()
	defer l.mu.Unlock()
	list := slices.Clone(l.list)
	slices.SortFunc(list, func(a, b Subscription) int { return strings.Compare(a.ID, b.ID) })
	return list
}

// Create implements [Subscriptions].
func (l *SubscriptionList) Create(s Subscription) (string, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if len(l.list) >= maxSubscriptions {
		return "", ErrTooMany
	}
	l.made++
	s.ID = opaqueID("subscription", strconv.Itoa(l.made))
	l.list = append(l.list, s)
	return s.ID, nil
}

// Change implements [Subscriptions].
func (l *SubscriptionList) Change(id string, with Subscription) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	i := slices.IndexFunc(l.list, func(s Subscription) bool { return s.ID == id })
	if i < 0 {
		return ErrNoSuchThing
	}
	l.list[i].merge(&with)
	return nil
}

// merge replaces the fields that are not empty.
func (s *Subscription) merge(with *Subscription) {
	if len(with.Events) > 0 {
		s.Events = with.Events
	}
	for _, f := range []struct{ to, from *string }{{&s.Name, &with.Name}, {&s.WebhookURL, &with.WebhookURL}, {&s.Scope, &with.Scope}} {
		if *f.from != "" {
			*f.to = *f.from
		}
	}
	if len(with.Header) > 0 {
		s.Header = with.Header
	}
}

// Delete implements [Subscriptions].
func (l *SubscriptionList) Delete(id string) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	i := slices.IndexFunc(l.list, func(s Subscription) bool { return s.ID == id })
	if i < 0 {
		return ErrNoSuchThing
	}
	l.list = slices.Delete(l.list, i, i+1)
	return nil
}

// listSubscriptions answers GET /marketplace/app/event_subscription.
func listSubscriptions(c *call) (int, any, *apiError) {
	page, size, next, e := pageOf(c, c.s.o.Subscriptions.List(), func(s Subscription) string { return s.ID }, 30, 300)
	if e != nil {
		return 0, nil, e
	}
	if page == nil {
		page = []Subscription{}
	}
	return http.StatusOK, object{"next_page_token", next, "page_size", size, "event_subscriptions", page}, nil
}

// subscriptionRequest is the body of POST and PATCH.
type subscriptionRequest struct {
	Events     []string        `json:"events"`
	Name       string          `json:"event_subscription_name"`
	WebhookURL string          `json:"event_webhook_url"`
	UserIDs    []string        `json:"user_ids"`
	Scope      string          `json:"subscription_scope"`
	AccountID  string          `json:"account_id"`
	Header     json.RawMessage `json:"custom_header"`
}

// mayReceive reports whether the app has the scopes of an event. Those of the life cycle and of phone calls belong to products
// that this package does not know the scopes of: they are allowed.
func (c *call) mayReceive(event string) bool {
	family, class := zoom.Classify(event)
	switch class {
	case zoom.ClassUnknown, zoom.ClassURLValidation:
		return false
	case zoom.ClassPhoneQoS, zoom.ClassPhoneSummary:
		return c.app.allowed(slices.Concat(scopePhoneQoS, scopePhoneLogs, []string{"dashboard:read:admin", "dashboard:master"}))
	case zoom.ClassQoS, zoom.ClassQoSSummary, zoom.ClassData, zoom.ClassDataSummary:
		if family == zoom.FamilySession {
			return c.app.allowed(slices.Concat(scopeSessions, scopeQoS))
		}
		return c.app.allowed(slices.Concat(scopeOneQoS, scopeQoS, []string{"qss:read:meeting_participant_data:admin"}))
	}
	return true
}

func (c *call) subscriptionBody() (Subscription, *apiError) {
	var in subscriptionRequest
	body, err := io.ReadAll(io.LimitReader(c.r.Body, maxBody))
	if err != nil || json.Unmarshal(body, &in) != nil {
		return Subscription{}, fail(http.StatusBadRequest, 1300, "Request Body should be a valid JSON object.")
	}
	for _, name := range in.Events {
		if !c.mayReceive(name) {
			return Subscription{}, fail(http.StatusBadRequest, 1602, "The event is not allowed for the app: "+name)
		}
	}
	subscriber := in.AccountID
	if subscriber == "" {
		subscriber = c.s.o.History.AccountID()
	}
	return Subscription{
		Events: in.Events, Name: in.Name, WebhookURL: in.WebhookURL, Scope: in.Scope, Source: "openapi", Subscriber: subscriber,
		Header: in.Header, UserIDs: in.UserIDs,
	}, nil
}

// createSubscription answers POST /marketplace/app/event_subscription.
func createSubscription(c *call) (int, any, *apiError) {
	s, e := c.subscriptionBody()
	if e != nil {
		return 0, nil, e
	}
	u, err := url.Parse(s.WebhookURL)
	if err != nil || u.Host == "" || len(s.Events) == 0 || !slices.Contains([]string{"user", "account", "master_account"}, s.Scope) {
		return 0, nil, fail(http.StatusBadRequest, 1300, "Invalid event_webhook_url, events or subscription_scope.")
	}
	if len(s.Header) == 0 {
		s.Header = json.RawMessage(`{"custom_header_type":0}`)
	}
	id, err := c.s.o.Subscriptions.Create(s)
	if err != nil {
		return 0, nil, c.subscriptionError(err)
	}
	return http.StatusCreated, object{"event_subscription_id", id}, nil
}

// changeSubscription answers PATCH /marketplace/app/event_subscription/{id}.
func changeSubscription(c *call) (int, any, *apiError) {
	s, e := c.subscriptionBody()
	if e != nil {
		return 0, nil, e
	}
	if err := c.s.o.Subscriptions.Change(c.vars[0], s); err != nil {
		return 0, nil, c.subscriptionError(err)
	}
	return http.StatusNoContent, nil, nil
}

// deleteSubscription answers DELETE /marketplace/app/event_subscription/{id}.
func deleteSubscription(c *call) (int, any, *apiError) {
	if err := c.s.o.Subscriptions.Delete(c.vars[0]); err != nil {
		return 0, nil, c.subscriptionError(err)
	}
	return http.StatusNoContent, nil, nil
}

func (c *call) subscriptionError(err error) *apiError {
	for _, k := range []struct {
		err          error
		status, code int
		message      string
	}{
		{ErrValidation, http.StatusNotFound, 1701, "Webhook URL validation failed."},
		{ErrTokenURL, http.StatusNotFound, 1702, "Token URL validation failed."},
		{ErrNoSuchThing, http.StatusNotFound, 1601, "Event subscription does not exist."},
		{ErrTooMany, http.StatusBadRequest, 1500, "The number of event subscriptions exceeds the limit."},
		{ErrInvalidValue, http.StatusBadRequest, 1300, "Invalid parameter."},
	} {
		if errors.Is(err, k.err) {
			return fail(k.status, k.code, k.message)
		}
	}
	c.s.o.Logger.Error("act on an event subscription", "error", err)
	return fail(http.StatusInternalServerError, 500, "Internal error.")
}
