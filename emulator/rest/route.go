package rest

import (
	"net/http"
	"net/url"
	"slices"
	"strings"

	"github.com/earshot/earshot"
)

// family is the product that a route belongs to.
type family int

const (
	dashboard family = iota
	phone
	videoSDK
	marketplace
)

// route is one documented method. The first of its scopes is the one that a refusal names.
type route struct {
	method, pattern string
	family          family
	label           Label
	scopes          []string
	params          []string
	handle          func(*call) (int, any, *apiError)
	// sub says that the first place of the path is the account that is asked about: the master account's variants.
	sub bool
}

// The scopes: granular first, then the classic ones that do as well, as the references have them.
var (
	scopeQuality      = classic("meeting_quality_score", "home")
	scopePhoneLogs    = []string{"phone:read:list_call_logs:admin", "phone:read:admin"}
	scopePhoneQoS     = []string{"phone:read:call_qos:admin", "phone:read:admin"}
	scopeSessions     = []string{"video_sdk:read:list_sessions:admin", "videosdk:read"}
	scopeSessionUsers = []string{"video_sdk:read:session_users:admin", "videosdk:read"}
	scopeLogs         = []string{"marketplace:read:list_webhook_logs:admin", "marketplace_app:read:admin", "marketplace_app:read"}
	scopeSubRead      = []string{"marketplace:read:list_event_subscriptions:admin", "marketplace_app:read:admin", "marketplace_app:read"}
	scopeSubWrite     = []string{"marketplace:write:event_subscription:admin", "marketplace_app:write:admin", "marketplace_app:write"}
)

var (
	subParams  = []string{"page_size", "next_page_token", "user_id", "subscription_scope", "account_id"}
	endParams  = []string{"event_subscription_id", "user_ids", "account_id"}
	paging     = []string{"page_size", "next_page_token"}
	typePaging = []string{"type", "page_size", "next_page_token"}
	listParams = []string{"type", "from", "to", "page_size", "next_page_token", "group_id", "group_include_participant", "include_fields", "query_date_type"}
	callParams = []string{"from", "to", "page_size", "next_page_token", "site_id", "quality_type"}
	pastParams = append(slices.Clone(callParams), "phone_number", "extension_number", "department", "cost_center", "directions", "directions[]", "durations", "durations[]")
	logParams  = []string{"from", "to", "event", "type", "retry_num", "page_size", "next_page_token"}
)

const get = http.MethodGet

// classic are the scopes of a Dashboard method: dashboard:read:NAME:admin, or that of its product, or that of all of them.
func classic(name, product string) []string {
	return []string{"dashboard:read:" + name + ":admin", "dashboard_" + product + ":read:admin", "dashboard:read:admin"}
}

// routes is read-only after package initialisation.
var routes = withMaster(slices.Concat(
	metricsRoutes(earshot.KindMeeting),
	metricsRoutes(earshot.KindWebinar),
	[]route{
		{get, "/v2/metrics/quality", dashboard, Heavy, scopeQuality, []string{"from", "to", "type"}, quality, false},
		{get, "/v2/phone/metrics/call_logs", phone, Heavy, scopePhoneLogs, callParams, callLogs, false},
		{get, "/v2/phone/metrics/past_calls", phone, Heavy, scopePhoneLogs, pastParams, pastCalls, false},
		{get, "/v2/phone/metrics/call_logs/{}", phone, Light, scopePhoneLogs, nil, callLog, false},
		{get, "/v2/phone/metrics/call_logs/{}/qos", phone, Light, scopePhoneQoS, nil, callQoS, false},
		{get, "/v2/videosdk/sessions", videoSDK, ResourceIntensive, scopeSessions, []string{"type", "from", "to", "page_size", "next_page_token", "session_key", "session_name"}, sessions, false},
		{get, "/v2/videosdk/sessions/{}", videoSDK, Heavy, scopeSessions, []string{"type"}, session, false},
		{get, "/v2/videosdk/sessions/{}/users", videoSDK, Heavy, scopeSessionUsers, typePaging, sessionUsers, false},
		{get, "/v2/videosdk/sessions/{}/users/qos", videoSDK, Heavy, scopeSessionUsers, typePaging, sessionUsersQoS, false},
		{get, "/v2/videosdk/sessions/{}/users/qos_summary", videoSDK, Heavy, scopeSessionUsers, paging, summaries(earshot.KindSession), false},
		{get, "/v2/videosdk/sessions/{}/users/{}/qos", videoSDK, Heavy, scopeSessionUsers, []string{"type"}, sessionUserQoS, false},
		{get, "/v2/videosdk/report/webhook_logs", videoSDK, Medium, scopeLogs, logParams, webhookLogs, false},
		{get, "/v2/marketplace/apps/{}/webhook_logs", marketplace, Medium, scopeLogs, logParams, webhookLogs, false},
		{get, subscriptionPath, marketplace, Medium, scopeSubRead, subParams, listSubscriptions, false},
		{http.MethodDelete, subscriptionPath, marketplace, Medium, scopeSubWrite, endParams, unsubscribe, false},
		{http.MethodPost, subscriptionPath, marketplace, Heavy, scopeSubWrite, nil, createSubscription, false},
		{http.MethodPatch, subscriptionPath + "/{}", marketplace, Medium, scopeSubWrite, nil, subscribeUsers, false},
		{http.MethodDelete, subscriptionPath + "/{}", marketplace, Medium, scopeSubWrite, nil, deleteSubscription, false},
	},
))

// withMaster adds the variants for a master account, /accounts/{accountId}/…, of the methods of which Zoom documents them: all of
// the Dashboard, and the Video SDK's. They want the scope of a master account; the Video SDK's have none documented.
func withMaster(all []route) []route {
	list := all
	for i := range all {
		r := all[i]
		if r.family != dashboard && r.family != videoSDK {
			continue
		}
		r.pattern, r.sub = "/v2/accounts/{}"+strings.TrimPrefix(r.pattern, "/v2"), true
		if r.family == dashboard {
			scopes := []string{"dashboard:master"}
			for _, scope := range r.scopes {
				if name, ok := strings.CutSuffix(scope, ":admin"); ok && strings.Count(scope, ":") == 3 {
					scopes = slices.Insert(scopes, 0, name+":master")
				}
			}
			r.scopes = scopes
		}
		list = append(list, r)
	}
	return list
}

const subscriptionPath = "/v2/marketplace/app/event_subscription"

// metricsRoutes are the Dashboard's routes for meetings, or their twins for webinars.
func metricsRoutes(kind earshot.Kind) []route {
	product := kind.String() + "s"
	base := "/v2/metrics/" + product
	typ := []string{"type"}
	scopes := func(name string) []string {
		return classic(strings.ReplaceAll(name, "meeting", kind.String()), product)
	}
	qos := scopes("list_meeting_participants_qos")
	return []route{
		{get, base, dashboard, ResourceIntensive, scopes("list_meetings"), listParams, instances(kind), false},
		{get, base + "/{}", dashboard, Heavy, scopes("meeting"), typ, instance(kind), false},
		{get, base + "/{}/participants", dashboard, Heavy, scopes("list_meeting_participants"), append([]string{"include_fields"}, typePaging...), participantList(kind), false},
		{get, base + "/{}/participants/qos", dashboard, Heavy, qos, typePaging, participantsQoS(kind), false},
		{get, base + "/{}/participants/qos_summary", dashboard, Heavy, qos, paging, summaries(kind), false},
		{get, base + "/{}/participants/sharing", dashboard, Heavy, scopes("meeting_sharing"), typePaging, sharingList(kind), false},
		{get, base + "/{}/participants/satisfaction", dashboard, Heavy, scopes("post_meeting_feedback"), typePaging, satisfactionList(kind), false},
		{get, base + "/{}/participants/{}/qos", dashboard, Heavy, scopes("meeting_participant_qos"), typ, participantQoS(kind), false},
	}
}

// Scopes returns every scope that a route asks for, sorted.
func Scopes() []string {
	var all []string
	for i := range routes {
		all = append(all, routes[i].scopes...)
	}
	slices.Sort(all)
	return slices.Compact(all)
}

// find returns the route of a path and what stands in its places, decoded once. A place that is written out goes before one
// that takes anything: qos is not a participant. otherMethod says that the path exists for another method.
func find(method, escaped string) (at *route, vars []string, otherMethod bool) {
	parts := strings.Split(escaped, "/")
	for i := range routes {
		r := &routes[i]
		v, ok := match(r.pattern, parts)
		switch {
		case !ok:
		case r.method != method:
			otherMethod = true
		case at == nil || len(v) < len(vars):
			at, vars = r, v
		}
	}
	return at, vars, otherMethod && at == nil
}

func match(pattern string, parts []string) ([]string, bool) {
	want := strings.Split(pattern, "/")
	if len(want) != len(parts) {
		return nil, false
	}
	var vars []string
	for i, w := range want {
		if w != "{}" {
			if w != parts[i] {
				return nil, false
			}
			continue
		}
		v, err := url.PathUnescape(parts[i])
		if err != nil || v == "" {
			return nil, false
		}
		vars = append(vars, v)
	}
	return vars, true
}
