package rest

import (
	"encoding/json"
	"errors"
	"slices"
	"strconv"
	"strings"
	"sync"
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
	UserIDs    []string        `json:"-"`                  // of a user scope
}

// userScope is the scope of single users.
const userScope = "user"

// Errors of [Subscriptions], each with a code of its own in Zoom's answers.
var (
	ErrValidation   = errors.New("the webhook URL did not pass the challenge") // 1701
	ErrTokenURL     = errors.New("the token URL did not give a token")         // 1702
	ErrNoSuchThing  = errors.New("there is no such subscription")              // 1601
	ErrTooMany      = errors.New("the app has 20 subscriptions already")       // 1500
	ErrInvalidValue = errors.New("a value of the subscription is invalid")     // 1500
)

// Subscriptions is what the event-subscription API acts on. Whoever delivers implements it; it is called by many goroutines.
// Only what was created through it is listed: subscriptions of the build flow are none of the API's business.
type Subscriptions interface {
	// List returns the subscriptions in the order of their IDs.
	List() []Subscription
	// Create challenges the URL, starts delivering and returns the new id. Its errors wrap the ones above.
	Create(Subscription) (id string, err error)
	// Users makes these the users of a subscription; the selection of another scope does not depend on them.
	Users(id string, users []string) error
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

// Users implements [Subscriptions].
func (l *SubscriptionList) Users(id string, users []string) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	i := slices.IndexFunc(l.list, func(s Subscription) bool { return s.ID == id })
	if i < 0 {
		return ErrNoSuchThing
	}
	l.list[i].UserIDs = slices.Clone(users)
	return nil
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
