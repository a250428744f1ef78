package rest

import (
	"encoding/json"
	"errors"
	"io"
	"maps"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/earshot/earshot/zoom"
)

// Codes and sentences of this file are those of the Marketplace reference, tag App, where nothing else is said.

// maxUsers is how many users one request may name.
const maxUsers = 10

// listSubscriptions answers GET /marketplace/app/event_subscription. Zoom requires user_id and account_id; clients that leave
// them out are told all.
func listSubscriptions(c *call) (int, any, *apiError) {
	scope, user, account := c.q.Get("subscription_scope"), c.q.Get("user_id"), c.q.Get("account_id")
	if scope != "" && !knownScope(scope) {
		return 0, nil, fail(http.StatusBadRequest, 1500, "The subscription scope is invalid.")
	}
	if user != "" && !c.knows(user) {
		return 0, nil, fail(http.StatusNotFound, 1001, "User does not exist or does not belong to this account.")
	}
	all := slices.DeleteFunc(c.s.o.Subscriptions.List(), func(s Subscription) bool {
		return scope != "" && s.Scope != scope || account != "" && s.Subscriber != account ||
			user != "" && s.Scope == userScope && !slices.Contains(s.UserIDs, user)
	})
	page, size, next, e := pageOf(c, all, func(s Subscription) string { return s.ID }, 30, 300)
	if e != nil {
		return 0, nil, e
	}
	if page == nil {
		page = []Subscription{}
	}
	return http.StatusOK, object{"next_page_token", next, "page_size", size, "event_subscriptions", page}, nil
}

func knownScope(scope string) bool {
	return slices.Contains([]string{userScope, "account", "master_account"}, scope)
}

// knows reports whether a user belongs to the account.
func (c *call) knows(user string) bool {
	_, ok := c.s.o.History.Colleague(user)
	return ok
}

// subscriptionRequest is the body of POST. PATCH has two of its fields.
type subscriptionRequest struct {
	Events     []string        `json:"events"`
	Name       string          `json:"event_subscription_name"`
	WebhookURL string          `json:"event_webhook_url"`
	UserIDs    []string        `json:"user_ids"`
	Scope      string          `json:"subscription_scope"`
	AccountID  string          `json:"account_id"`
	Header     json.RawMessage `json:"custom_header"`
}

// subscriptionBody reads a body and warns of fields that are not documented for it.
func (c *call) subscriptionBody(known ...string) (in subscriptionRequest, e *apiError) {
	body, err := io.ReadAll(io.LimitReader(c.r.Body, maxBody))
	var fields map[string]json.RawMessage
	if err != nil || json.Unmarshal(body, &fields) != nil || json.Unmarshal(body, &in) != nil {
		return in, fail(http.StatusBadRequest, 300, "Request Body should be a valid JSON object.")
	}
	for _, name := range slices.Sorted(maps.Keys(fields)) {
		if len(known) > 0 && !slices.Contains(known, name) {
			c.s.unknown(c.r, "field "+name)
		}
	}
	return in, nil
}

// users splits lists in lists, as Zoom's example has them, and checks that the users exist.
func (c *call) users(given []string) ([]string, *apiError) {
	var list []string
	for _, v := range given {
		for id := range strings.SplitSeq(v, ",") {
			if id = strings.TrimSpace(id); id != "" && !slices.Contains(list, id) {
				list = append(list, id)
			}
		}
	}
	if len(list) > maxUsers {
		return nil, invalid("user_ids")
	}
	for _, id := range list {
		if !c.knows(id) {
			return nil, fail(http.StatusNotFound, 1001, "User does not exist or does not belong to this account: "+id+".")
		}
	}
	return list, nil
}

// createSubscription answers POST /marketplace/app/event_subscription.
func createSubscription(c *call) (int, any, *apiError) {
	in, e := c.subscriptionBody()
	if e != nil {
		return 0, nil, e
	}
	if e := c.checkSubscription(&in); e != nil {
		return 0, nil, e
	}
	users, e := c.users(in.UserIDs)
	if e != nil {
		return 0, nil, e
	}
	s := Subscription{
		Events: in.Events, Name: in.Name, WebhookURL: in.WebhookURL, Scope: in.Scope, Source: "openapi", Subscriber: in.AccountID,
		Header: in.Header, UserIDs: users,
	}
	if s.Subscriber == "" {
		s.Subscriber = c.s.o.History.AccountID()
	}
	if len(s.Header) == 0 {
		s.Header = json.RawMessage(`{"custom_header_type":0}`)
	}
	id, err := c.s.o.Subscriptions.Create(s)
	if err != nil {
		return 0, nil, c.subscriptionError(err, &s)
	}
	return http.StatusCreated, object{"event_subscription_id", id}, nil
}

func (c *call) checkSubscription(in *subscriptionRequest) *apiError {
	refuse := func(message string) *apiError { return fail(http.StatusBadRequest, 1500, message) }
	u, err := url.Parse(in.WebhookURL)
	switch {
	case len(in.Events) == 0:
		return refuse("The events list is empty.")
	case in.WebhookURL == "":
		return refuse("The event webhook url is empty.")
	case !knownScope(in.Scope):
		return refuse("The subscription scope is invalid.")
	case err != nil || u.Host == "":
		return fail(http.StatusNotFound, 1701, "The event webhook url validate failed: "+in.WebhookURL+".")
	}
	for _, name := range in.Events {
		if e := c.checkEvent(name); e != nil {
			return e
		}
	}
	return checkHeader(in.Header)
}

// checkEvent decides whether the app may have an event. Those that Zoom has and the emulator never sends are taken.
func (c *call) checkEvent(name string) *apiError {
	if !c.mayReceive(name) {
		return fail(http.StatusBadRequest, 1602, "The event is not allowed for the app: "+name)
	}
	switch _, class := zoom.Classify(name); class {
	case zoom.ClassUnknown:
		return fail(http.StatusNotFound, 1601, "App event not exists: "+name)
	case zoom.ClassNeighbour:
		c.warn("the emulator never sends " + name)
	}
	return nil
}

// mayReceive reports whether the app has the scopes of an event. Those of the life cycle belong to products that this package
// does not know the scopes of: they are allowed.
func (c *call) mayReceive(event string) bool {
	family, class := zoom.Classify(event)
	switch class {
	case zoom.ClassURLValidation:
		return false
	case zoom.ClassPhoneQoS, zoom.ClassPhoneSummary:
		return c.app.allowed(slices.Concat(scopePhoneQoS, scopePhoneLogs, []string{"dashboard:read:admin", "dashboard:master"}))
	case zoom.ClassQoS, zoom.ClassQoSSummary, zoom.ClassData, zoom.ClassDataSummary:
		if family == zoom.FamilySession {
			return c.app.allowed(slices.Concat(scopeSessions, qssScopes))
		}
		return c.app.allowed(qssScopes)
	}
	return true
}

// qssScopes are those of the events of Quality of Service Subscription for meetings, webinars and sessions.
var qssScopes = []string{
	"dashboard:read:meeting_participant_qos:admin", "dashboard:read:meeting_participant_qos:master", "dashboard:read:webinar_participant_qos:admin",
	"dashboard:read:list_meeting_participants_qos:admin", "qss:read:meeting_participant_data:admin", "qss:read:meeting_participant_data:master",
	"dashboard_meetings:read:admin", "dashboard:read:admin", "dashboard:master",
}

// headerName is what the name of a header of one's own may be.
var headerName = regexp.MustCompile(`^[a-z0-9A-Z-]+$`)

// checkHeader checks custom_header. Which names Zoom reserves it does not say: here it is x-zm- and those that it sends itself.
func checkHeader(raw json.RawMessage) *apiError {
	var h customHeader
	if len(raw) > 0 && json.Unmarshal(raw, &h) != nil {
		return invalid("custom_header")
	}
	if h.Type < 0 || h.Type > 3 {
		return fail(http.StatusNotFound, 1801, "The custom header type validate failed: "+string(typeOf(raw))+".")
	}
	type field struct {
		name, value string
		most        int
		needed      bool
	}
	fields := map[int][]field{
		1: {{"username", h.Username, 256, true}, {"password", string(h.Password), 256, true}},
		2: {
			{"client id", h.ClientID, 256, true}, {"client secret", string(h.ClientSecret), 256, true}, {"token url", h.TokenURL, 1000, true},
			{"scope", h.Scope, 255, false}, {"state", h.State, 255, false},
		},
		3: {{"header key", h.Key, 256, true}, {"header value", string(h.Value), 256, true}},
	}[h.Type]
	for _, f := range fields {
		name := f.name
		if h.Type == 3 {
			name = "custom " + name
		}
		switch {
		case f.needed && f.value == "":
			return fail(http.StatusBadRequest, 1500, "The "+name+" is required.")
		case len(f.value) > f.most:
			return tooLong(f.name, f.most, h.Type)
		case strings.ContainsAny(f.value, "\r\n"):
			return fail(http.StatusBadRequest, 1500, "The input value can't contain line feed.")
		}
	}
	return h.checkWords()
}

// checkWords checks what is no free text.
func (h *customHeader) checkWords() *apiError {
	key := strings.ToLower(h.Key)
	switch {
	case h.Type == 2 && h.ClientIn != "" && h.ClientIn != "header" && h.ClientIn != "body":
		return fail(http.StatusBadRequest, 1500, "Client authentication must be 'header' or 'body'.")
	case h.Type != 3:
		return nil
	case strings.Contains(key, " "):
		return fail(http.StatusBadRequest, 1500, "The input value can't contain space.")
	case !headerName.MatchString(key):
		return fail(http.StatusBadRequest, 1500, "The custom header key can only contain letters, numbers, and -.")
	case strings.HasPrefix(key, "x-zm-"), slices.Contains([]string{"authorization", "content-type", "content-length", "host", "user-agent", "clientid"}, key):
		return fail(http.StatusBadRequest, 1500, "The custom header key is reserved by Zoom.")
	}
	return nil
}

// tooLong is the sentence about a length, which ends with a full stop for some of the fields.
func tooLong(name string, most, header int) *apiError {
	stop := ""
	if header == 2 || name == "header key" {
		stop = "."
	}
	return fail(http.StatusBadRequest, 1500, "The length of "+name+" exceeds the limit of "+strconv.Itoa(most)+stop)
}

// typeOf is custom_header_type as it was sent.
func typeOf(raw json.RawMessage) json.RawMessage {
	var v struct {
		Type json.RawMessage `json:"custom_header_type"`
	}
	_ = json.Unmarshal(raw, &v) // it was read before
	return v.Type
}

// subscribeUsers answers PATCH /marketplace/app/event_subscription/{id}, which adds users and changes nothing else.
func subscribeUsers(c *call) (int, any, *apiError) {
	in, e := c.subscriptionBody("user_ids", "account_id")
	if e != nil {
		return 0, nil, e
	}
	return c.changeUsers(c.vars[0], in.UserIDs, func(now, users []string) []string {
		return append(slices.DeleteFunc(now, func(id string) bool { return slices.Contains(users, id) }), users...)
	})
}

// unsubscribe answers DELETE /marketplace/app/event_subscription: users are taken out. Without users it is the account, which ends
// the subscription.
func unsubscribe(c *call) (int, any, *apiError) {
	id := c.q.Get("event_subscription_id")
	if c.q.Get("user_ids") == "" {
		if err := c.s.o.Subscriptions.Delete(id); err != nil {
			return 0, nil, c.subscriptionError(err, &Subscription{ID: id})
		}
		return http.StatusNoContent, nil, nil
	}
	return c.changeUsers(id, []string{c.q.Get("user_ids")}, func(now, users []string) []string {
		return slices.DeleteFunc(now, func(id string) bool { return slices.Contains(users, id) })
	})
}

func (c *call) changeUsers(id string, given []string, change func(now, users []string) []string) (int, any, *apiError) {
	users, e := c.users(given)
	if e != nil {
		return 0, nil, e
	}
	list := c.s.o.Subscriptions.List()
	at := slices.IndexFunc(list, func(s Subscription) bool { return s.ID == id })
	err := ErrNoSuchThing
	if at >= 0 {
		err = c.s.o.Subscriptions.Users(id, change(slices.Clone(list[at].UserIDs), users))
	}
	if err != nil {
		return 0, nil, c.subscriptionError(err, &Subscription{ID: id})
	}
	return http.StatusNoContent, nil, nil
}

// deleteSubscription answers DELETE /marketplace/app/event_subscription/{id}.
func deleteSubscription(c *call) (int, any, *apiError) {
	if err := c.s.o.Subscriptions.Delete(c.vars[0]); err != nil {
		return 0, nil, c.subscriptionError(err, &Subscription{ID: c.vars[0]})
	}
	return http.StatusNoContent, nil, nil
}

// subscriptionError is the answer to an error about s.
func (c *call) subscriptionError(err error, s *Subscription) *apiError {
	var h customHeader
	_ = json.Unmarshal(s.Header, &h) // it was checked before
	for _, k := range []struct {
		err          error
		status, code int
		message      string
	}{
		{ErrValidation, http.StatusNotFound, 1701, "The event webhook url validate failed: " + s.WebhookURL + "."},
		{ErrTokenURL, http.StatusNotFound, 1702, "The Oauth token url validate failed: " + h.TokenURL + "."},
		{ErrNoSuchThing, http.StatusNotFound, 1601, "App event subscription is invalid: " + s.ID},
		{ErrTooMany, http.StatusBadRequest, 1500, "The number of event subscriptions exceeds the limit."},
		{ErrInvalidValue, http.StatusBadRequest, 1500, "The input value is invalid."},
	} {
		if errors.Is(err, k.err) {
			c.warn("event subscription refused: " + err.Error())
			return fail(k.status, k.code, k.message)
		}
	}
	c.s.o.Logger.Error("act on an event subscription", "err", err)
	return fail(http.StatusInternalServerError, 500, "Internal error.")
}
