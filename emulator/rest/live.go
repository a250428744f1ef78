package rest

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/earshot/earshot/emulator"
	"github.com/earshot/earshot/zoom"
)

// OfEmulator returns the delivery log and the subscriptions of a running emulator, for [Options]. Subscriptions made through
// the API are challenged and sent to like its own; its own are not listed, as at Zoom those of the build flow are not.
func OfEmulator(e *emulator.Emulator) (DeliveryLog, Subscriptions) {
	return attempts{e}, &running{e: e, made: map[string]Subscription{}}
}

// attempts is the emulator's log in this package's words.
type attempts struct{ e *emulator.Emulator }

// manyAttempts is more than a log keeps.
const manyAttempts = 1 << 20

// Deliveries implements [DeliveryLog].
func (a attempts) Deliveries(from, to time.Time) []Delivery {
	kept := a.e.Subscriptions().Log().Newest(manyAttempts, func(x *emulator.Attempt) bool {
		return !x.Time.Before(from) && x.Time.Before(to)
	})
	list := make([]Delivery, 0, len(kept))
	for i := range kept {
		d := deliveryOf(&kept[i])
		d.UserID = opaqueID("owner", a.e.AccountID())
		list = append(list, d)
	}
	slices.SortStableFunc(list, func(a, b Delivery) int { return strings.Compare(deliveryKey(a), deliveryKey(b)) })
	return list
}

func deliveryOf(x *emulator.Attempt) Delivery {
	d := Delivery{
		Event: x.Event, Status: x.Status, FailedReason: int(x.Reason), Endpoint: x.Endpoint, SubscriptionID: x.Subscription,
		RequestBody: string(x.Body), ResponseBody: string(x.ResponseBody), Time: x.Time, TraceID: x.TraceID, RequestID: x.RequestID, Retry: x.Retry,
	}
	if x.Response != nil {
		d.ResponseHeader = headerText(x.Response)
	}
	if x.Reason == emulator.FailedTimeout {
		d.ResponseBody = "Timeout connecting to server."
	}
	return d
}

// headerText is a JSON object of the first value of each header.
func headerText(h http.Header) string {
	first := map[string]string{}
	for k := range h {
		first[k] = h.Get(k)
	}
	raw, err := json.Marshal(first)
	if err != nil { // texts can always be written
		return ""
	}
	return string(raw)
}

// running acts on the subscriptions of an emulator and remembers which were made here.
type running struct {
	e    *emulator.Emulator
	mu   sync.Mutex
	made map[string]Subscription
}

// challengeWait is how long a request to this API may take to have a URL challenged.
const challengeWait = 5 * time.Second

// List implements [Subscriptions].
func (s *running) List() []Subscription {
	s.mu.Lock()
	defer s.mu.Unlock()
	list := []Subscription{}
	for _, x := range s.e.Subscriptions().States() {
		if one, ok := s.made[x.ID]; ok {
			list = append(list, one)
		}
	}
	slices.SortFunc(list, func(a, b Subscription) int { return strings.Compare(a.ID, b.ID) })
	return list
}

// Create implements [Subscriptions].
func (s *running) Create(sub Subscription) (string, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.add(sub)
}

func (s *running) add(sub Subscription) (string, error) {
	to, err := s.translate(&sub)
	if err != nil {
		return "", err
	}
	ctx, cancel := context.WithTimeout(context.Background(), challengeWait)
	defer cancel()
	saved, err := s.e.Subscriptions().Add(ctx, to)
	if err != nil {
		return "", asErrors(err)
	}
	sub.ID = saved.ID
	s.made[sub.ID] = sub
	return sub.ID, nil
}

// asErrors puts an error of the emulator in this package's words.
func asErrors(err error) error {
	switch {
	case errors.Is(err, emulator.ErrTooMany):
		return ErrTooMany
	case errors.Is(err, emulator.ErrNoSubscription):
		return ErrNoSuchThing
	case errors.Is(err, emulator.ErrNoToken): // before the challenge, which it made fail
		return fmt.Errorf("%w: %w", ErrTokenURL, err)
	case errors.Is(err, emulator.ErrChallenge), errors.Is(err, context.DeadlineExceeded):
		return fmt.Errorf("%w: %w", ErrValidation, err)
	}
	return fmt.Errorf("%w: %w", ErrInvalidValue, err)
}

// Users implements [Subscriptions]. What was selected before is sent until the change, with its retries: there is no challenge.
func (s *running) Users(id string, users []string) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	sub, ok := s.made[id]
	if !ok {
		return ErrNoSuchThing
	}
	sub.UserIDs = slices.Clone(users)
	to, err := s.translate(&sub)
	if err != nil {
		return err
	}
	if err := s.e.Subscriptions().Replace(context.Background(), id, to); err != nil {
		return asErrors(err)
	}
	s.made[id] = sub
	return nil
}

// Delete implements [Subscriptions].
func (s *running) Delete(id string) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if _, ok := s.made[id]; !ok {
		return ErrNoSuchThing
	}
	delete(s.made, id)
	if err := s.e.Subscriptions().Remove(id); err != nil {
		return fmt.Errorf("end the subscription: %w", err)
	}
	return nil
}

// customHeader is custom_header as the API has it.
type customHeader struct {
	Type         int         `json:"custom_header_type"`
	Username     string      `json:"username"`
	Password     zoom.Secret `json:"password"`
	ClientID     string      `json:"client_id"`
	ClientSecret zoom.Secret `json:"client_secret"`
	TokenURL     string      `json:"token_url"`
	Scope        string      `json:"scope"`
	State        string      `json:"state"`
	ClientIn     string      `json:"client_authentication"`
	Key          string      `json:"custom_header_key"`
	Value        zoom.Secret `json:"custom_header_value"`
}

// translate makes the emulator's subscription.
func (s *running) translate(sub *Subscription) (emulator.Subscription, error) {
	var h customHeader
	if len(sub.Header) > 0 {
		if err := json.Unmarshal(sub.Header, &h); err != nil {
			return emulator.Subscription{}, fmt.Errorf("%w: custom_header", ErrInvalidValue)
		}
	}
	scope, account := emulator.SubscriptionScope(sub.Scope), ""
	switch scope {
	case emulator.ScopeAccount:
		account = sub.Subscriber
	case emulator.ScopeMaster, emulator.ScopeUser:
	default:
		return emulator.Subscription{}, fmt.Errorf("%w: subscription_scope", ErrInvalidValue)
	}
	return emulator.Subscription{
		ID: sub.ID, Name: sub.Name, Target: sub.WebhookURL, Events: sub.Events, Scope: scope, Account: account, Users: sub.UserIDs,
		Header: emulator.OwnHeader{
			Mode: emulator.HeaderMode(h.Type), Username: h.Username, Password: h.Password, ClientID: h.ClientID,
			ClientSecret: h.ClientSecret, TokenURL: h.TokenURL, Scope: h.Scope, State: h.State, ClientIn: h.ClientIn,
			Key: h.Key, Value: h.Value,
		},
	}, nil
}
