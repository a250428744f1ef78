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
}

// The scopes: granular first, then the classic ones that do as well.
var (
	scopeMeetings     = []string{"dashboard:read:list_meetings:admin", "dashboard_meetings:read:admin", "dashboard:read:admin", "dashboard:master"}
	scopeMeeting      = []string{"dashboard:read:meeting:admin", "dashboard_meetings:read:admin", "dashboard:read:admin", "dashboard:master"}
	scopeParticipants = []string{"dashboard:read:list_meeting_participants:admin", "dashboard_meetings:read:admin", "dashboard:read:admin", "dashboard:master"}
	scopeQoS          = []string{"dashboard:read:list_meeting_participants_qos:admin", "dashboard_meetings:read:admin", "dashboard:read:admin", "dashboard:master"}
	scopeOneQoS       = []string{"dashboard:read:meeting_participant_qos:admin", "dashboard_meetings:read:admin", "dashboard:read:admin", "dashboard:master"}
	scopeSharing      = []string{"dashboard:read:meeting_sharing:admin", "dashboard_meetings:read:admin", "dashboard:read:admin", "dashboard:master"}
	scopeSatisfaction = []string{"dashboard:read:meeting_satisfaction:admin", "dashboard_meetings:read:admin", "dashboard:read:admin", "dashboard:master"}
	scopeQuality      = []string{"dashboard:read:meeting_quality:admin", "dashboard_meetings:read:admin", "dashboard:read:admin", "dashboard:master"}
	scopeWebinars     = []string{"dashboard:read:list_webinars:admin", "dashboard_webinars:read:admin", "dashboard:read:admin", "dashboard:master"}
	scopeWebinar      = []string{"dashboard:read:webinar:admin", "dashboard_webinars:read:admin", "dashboard:read:admin", "dashboard:master"}
	scopePhoneLogs    = []string{"phone:read:list_call_logs:admin", "phone:read:admin"}
	scopePhoneQoS     = []string{"phone:read:call_qos:admin", "phone:read:admin"}
	scopeSessions     = []string{"video_sdk:read:list_sessions:admin", "videosdk:read"}
	scopeSessionUsers = []string{"video_sdk:read:session_users:admin", "videosdk:read"}
	scopeLogs         = []string{"marketplace:read:list_webhook_logs:admin", "marketplace_app:read:admin", "marketplace_app:read"}
	scopeSubRead      = []string{"marketplace:read:list_event_subscriptions:admin", "marketplace_app:read:admin", "marketplace_app:read"}
	scopeSubWrite     = []string{"marketplace:write:event_subscription:admin", "marketplace_app:write:admin", "marketplace_app:write"}
)

var (
	paging     = []string{"page_size", "next_page_token"}
	typePaging = []string{"type", "page_size", "next_page_token"}
	listParams = []string{"type", "from", "to", "page_size", "next_page_token", "group_id", "group_include_participant", "include_fields", "query_date_type"}
	callParams = []string{"from", "to", "page_size", "next_page_token", "site_id", "quality_type"}
	pastParams = append(slices.Clone(callParams), "phone_number", "extension_number", "department", "cost_center", "directions", "directions[]", "durations", "durations[]")
	logParams  = []string{"from", "to", "event", "type", "retry_num", "page_size", "next_page_token"}
)

const get = http.MethodGet

// routes is read-only after package initialisation.
var routes = slices.Concat(
	metricsRoutes("meetings", earshot.KindMeeting, scopeMeetings, scopeMeeting),
	metricsRoutes("webinars", earshot.KindWebinar, scopeWebinars, scopeWebinar),
	[]route{
		{get, "/v2/metrics/quality", dashboard, Heavy, scopeQuality, []string{"from", "to", "type"}, quality},
		{get, "/v2/phone/metrics/call_logs", phone, Heavy, scopePhoneLogs, callParams, callLogs},
		{get, "/v2/phone/metrics/past_calls", phone, Heavy, scopePhoneLogs, pastParams, pastCalls},
		{get, "/v2/phone/metrics/call_logs/{}", phone, Light, scopePhoneLogs, nil, callLog},
		{get, "/v2/phone/metrics/call_logs/{}/qos", phone, Light, scopePhoneQoS, nil, callQoS},
		{get, "/v2/videosdk/sessions", videoSDK, ResourceIntensive, scopeSessions, []string{"type", "from", "to", "page_size", "next_page_token", "session_key", "session_name"}, sessions},
		{get, "/v2/videosdk/sessions/{}", videoSDK, Heavy, scopeSessions, []string{"type"}, session},
		{get, "/v2/videosdk/sessions/{}/users", videoSDK, Heavy, scopeSessionUsers, typePaging, sessionUsers},
		{get, "/v2/videosdk/sessions/{}/users/qos", videoSDK, Heavy, scopeSessionUsers, typePaging, sessionUsersQoS},
		{get, "/v2/videosdk/sessions/{}/users/qos_summary", videoSDK, Heavy, scopeSessionUsers, paging, summaries(earshot.KindSession)},
		{get, "/v2/videosdk/sessions/{}/users/{}/qos", videoSDK, Heavy, scopeSessionUsers, []string{"type"}, sessionUserQoS},
		{get, "/v2/videosdk/report/webhook_logs", videoSDK, Medium, scopeLogs, logParams, webhookLogs},
		{get, "/v2/marketplace/apps/{}/webhook_logs", marketplace, Medium, scopeLogs, logParams, webhookLogs},
		{get, subscriptionPath, marketplace, Medium, scopeSubRead, paging, listSubscriptions},
		{http.MethodPost, subscriptionPath, marketplace, Heavy, scopeSubWrite, nil, createSubscription},
		{http.MethodPatch, subscriptionPath + "/{}", marketplace, Medium, scopeSubWrite, nil, changeSubscription},
		{http.MethodDelete, subscriptionPath + "/{}", marketplace, Medium, scopeSubWrite, nil, deleteSubscription},
	},
)

const subscriptionPath = "/v2/marketplace/app/event_subscription"

// metricsRoutes are the Dashboard's routes for meetings, and their twins for webinars.
func metricsRoutes(word string, kind earshot.Kind, list, detail []string) []route {
	base := "/v2/metrics/" + word
	typ := []string{"type"}
	participants, qos, one, sharing, satisfaction := scopeParticipants, scopeQoS, scopeOneQoS, scopeSharing, scopeSatisfaction
	if kind == earshot.KindWebinar {
		rename := func(of []string) []string {
			c := slices.Clone(of)
			for i := range c {
				c[i] = strings.ReplaceAll(c[i], "meeting", "webinar")
			}
			return c
		}
		participants, qos, one, sharing, satisfaction = rename(participants), rename(qos), rename(one), rename(sharing), rename(satisfaction)
	}
	return []route{
		{get, base, dashboard, ResourceIntensive, list, listParams, instances(kind)},
		{get, base + "/{}", dashboard, Heavy, detail, typ, instance(kind)},
		{get, base + "/{}/participants", dashboard, Heavy, participants, append([]string{"include_fields"}, typePaging...), participantList(kind)},
		{get, base + "/{}/participants/qos", dashboard, Heavy, qos, typePaging, participantsQoS(kind)},
		{get, base + "/{}/participants/qos_summary", dashboard, Heavy, qos, paging, summaries(kind)},
		{get, base + "/{}/participants/sharing", dashboard, Heavy, sharing, typePaging, sharingList(kind)},
		{get, base + "/{}/participants/satisfaction", dashboard, Heavy, satisfaction, typePaging, satisfactionList(kind)},
		{get, base + "/{}/participants/{}/qos", dashboard, Heavy, one, typ, participantQoS(kind)},
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
