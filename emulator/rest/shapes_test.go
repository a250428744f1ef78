package rest

import (
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/earshot/earshot"
	"github.com/earshot/earshot/emulator"
)

// shape is the set of dotted paths of a document with the JSON types that each has; elements of an array share a path.
type shape map[string]string

func (s shape) add(path string, v any) {
	put := func(kind string) {
		if old := s[path]; old != "" && old != kind {
			kind = old + "|" + kind
		}
		s[path] = kind
	}
	switch v := v.(type) {
	case map[string]any:
		put("object")
		for k, x := range v {
			s.add(strings.TrimPrefix(path+"."+k, "."), x)
		}
	case []any:
		put("array")
		for _, x := range v {
			s.add(path+"[]", x)
		}
	default:
		put(fmt.Sprintf("%T", v))
	}
}

// answers maps every sample of an answer to what asks for its like. Answers are collected until all keys have been seen.
func answers(t *testing.T, c *client) map[string]func(shape) {
	t.Helper()
	account := lived().AccountID()
	own := func(in *emulator.Instance) bool {
		return !in.Live() && (in.AccountID == account || in.Kind == earshot.KindSession)
	}
	get := func(paths ...string) func(shape) {
		return func(s shape) {
			for _, p := range paths {
				s.add("", c.get(p))
			}
		}
	}
	// each asks the same of the ended instances of a kind, or of twenty of them.
	each := func(kind earshot.Kind, format string) func(shape) {
		return func(s shape) {
			all := lived().Select(kind, own)
			for _, k := range all[:min(20, len(all))] {
				s.add("", c.get(fmt.Sprintf(format, twice(k.UUID))))
			}
		}
	}
	one := func(kind earshot.Kind, format string) func(shape) {
		return func(s shape) {
			all := lived().Select(kind, own)
			for _, k := range all[:min(8, len(all))] {
				in, _ := lived().Instance(k.UUID)
				for _, m := range in.Members[:min(3, len(in.Members))] {
					s.add("", c.get(fmt.Sprintf(format, twice(k.UUID), m.ID)))
				}
			}
		}
	}
	eachCall := func(format string) func(shape) {
		return func(s shape) {
			for _, p := range lived().Calls(begin, begin.Add(time.Hour)) {
				if !p.Ended.IsZero() && p.AccountID == lived().AccountID() {
					s.add("", c.get(fmt.Sprintf(format, p.ID)))
				}
			}
		}
	}
	m, w, v := earshot.KindMeeting, earshot.KindWebinar, earshot.KindSession
	return map[string]func(shape){
		"GET_metrics_meetings.json":                                              get("/v2/metrics/meetings?type=past&page_size=300&include_fields=tracking_fields&" + days),
		"GET_metrics_meetings.live.json":                                         get("/v2/metrics/meetings?type=live&include_fields=tracking_fields&" + days),
		"GET_metrics_meetings_{meetingId}.json":                                  each(m, "/v2/metrics/meetings/%s?type=past"),
		"GET_metrics_meetings_{meetingId}_participants.json":                     each(m, "/v2/metrics/meetings/%s/participants?type=past&page_size=300&include_fields=registrant_id"),
		"GET_metrics_meetings_{meetingId}_participants_qos.json":                 each(m, "/v2/metrics/meetings/%s/participants/qos?type=past&page_size=10"),
		"GET_metrics_meetings_{meetingId}_participants_qos_summary.json":         each(m, "/v2/metrics/meetings/%s/participants/qos_summary?page_size=10"),
		"GET_metrics_meetings_{meetingId}_participants_satisfaction.json":        each(m, "/v2/metrics/meetings/%s/participants/satisfaction?type=past"),
		"GET_metrics_meetings_{meetingId}_participants_sharing.json":             each(m, "/v2/metrics/meetings/%s/participants/sharing?type=past"),
		"GET_metrics_meetings_{meetingId}_participants_{participantId}_qos.json": one(m, "/v2/metrics/meetings/%s/participants/%s/qos?type=past"),
		"GET_metrics_quality.json":                                               get("/v2/metrics/quality?" + days),
		"GET_metrics_webinars.json":                                              get("/v2/metrics/webinars?type=past&" + days),
		"GET_metrics_webinars_{webinarId}.json":                                  each(w, "/v2/metrics/webinars/%s?type=past"),
		"GET_metrics_webinars_{webinarId}_participants.json":                     each(w, "/v2/metrics/webinars/%s/participants?type=past&page_size=300&include_fields=registrant_id"),
		"GET_metrics_webinars_{webinarId}_participants_qos.json":                 each(w, "/v2/metrics/webinars/%s/participants/qos?type=past&page_size=10"),
		"GET_metrics_webinars_{webinarId}_participants_qos_summary.json":         each(w, "/v2/metrics/webinars/%s/participants/qos_summary?page_size=10"),
		"GET_metrics_webinars_{webinarId}_participants_{participantId}_qos.json": one(w, "/v2/metrics/webinars/%s/participants/%s/qos?type=past"),
		"GET_phone_metrics_call_logs.json":                                       get("/v2/phone/metrics/call_logs?page_size=100"),
		"GET_phone_metrics_past_calls.json":                                      get("/v2/phone/metrics/past_calls?page_size=100"),
		"GET_phone_metrics_call_logs_{call_id}.json":                             eachCall("/v2/phone/metrics/call_logs/%s"),
		"GET_phone_metrics_call_logs_{callId}_qos.json":                          eachCall("/v2/phone/metrics/call_logs/%s/qos"),
		"GET_videosdk_sessions.json":                                             get("/v2/videosdk/sessions?" + days),
		"GET_videosdk_sessions_{sessionId}_users.json":                           each(v, "/v2/videosdk/sessions/%s/users?page_size=300"),
		"GET_videosdk_sessions_{sessionId}_users_qos.json":                       each(v, "/v2/videosdk/sessions/%s/users/qos?page_size=10"),
		"GET_videosdk_sessions_{sessionId}_users_qos_summary.json":               each(v, "/v2/videosdk/sessions/%s/users/qos_summary?page_size=10"),
		"GET_marketplace_apps_{appId}_webhook_logs.json":                         get("/v2/marketplace/apps/app/webhook_logs?type=1"),
		"GET_videosdk_report_webhook_logs.json":                                  get("/v2/videosdk/report/webhook_logs?type=3"),
		"GET_marketplace_app_event_subscription.json":                            get("/v2/marketplace/app/event_subscription"),
	}
}

// except are paths that an answer may lack or have beside its sample, each with the reason.
var except = map[string]string{
	// Telephones are dialled into meetings; whether one was in the 45 minutes of a webinar or session is chance.
	"users[].audio_call[]":                    "chance",
	"users[].audio_call[].call_number":        "chance",
	"users[].audio_call[].call_type":          "chance",
	"users[].audio_call[].zoom_number":        "chance",
	"participants[].audio_call[]":             "chance",
	"participants[].audio_call[].call_number": "chance",
	"participants[].audio_call[].call_type":   "chance",
	"participants[].audio_call[].zoom_number": "chance",
	// Samples show an empty list where there can be elements.
	"participants[].issue_list[]": "chance",
	"issue_list[]":                "chance",
}

func TestAnswersHaveTheDocumentedShapes(t *testing.T) {
	c := connect(t, func(o *Options) { o.Deliveries = fixedLog{} })
	c.do("POST", "/v2/marketplace/app/event_subscription", sample(t, "rest/POST_marketplace_app_event_subscription.request.json"))
	all := answers(t, c)
	files, err := filepath.Glob("testdata/rest/GET_*.json")
	if err != nil || len(files) != len(all) {
		t.Fatalf("%d samples for %d answers (%v)", len(files), len(all), err)
	}
	for _, file := range files {
		name := filepath.Base(file)
		t.Run(name, func(t *testing.T) {
			ask := all[name]
			if ask == nil {
				t.Fatal("nobody asks for this")
			}
			want, got := shape{}, shape{}
			var doc any
			if err := json.Unmarshal([]byte(sample(t, "rest/"+name)), &doc); err != nil {
				t.Fatal(err)
			}
			want.add("", doc)
			ask(got)
			for _, path := range slices.Sorted(maps.Keys(want)) {
				if got[path] != want[path] && (got[path] != "" || except[path] == "") && !strings.HasPrefix(path, "event_subscriptions[].custom_header.") {
					t.Errorf("%s is %q, want %q", path, got[path], want[path])
				}
			}
			for _, path := range slices.Sorted(maps.Keys(got)) {
				if want[path] == "" && except[path] == "" {
					t.Errorf("%s (%s) is not documented", path, got[path])
				}
			}
		})
	}
}

func sample(t *testing.T, name string) string {
	t.Helper()
	raw, err := os.ReadFile(filepath.Join("testdata", name))
	if err != nil {
		t.Fatal(err)
	}
	return string(raw)
}

// fixedLog has an attempt of each kind.
type fixedLog struct{}

func (fixedLog) Deliveries(from, to time.Time) []Delivery {
	at := begin.Add(30 * time.Minute)
	if at.Before(from) || !at.Before(to) {
		return nil
	}
	base := Delivery{
		Event: "meeting.participant_qos", Endpoint: "https://qss.example.com/zoom/webhook", SubscriptionID: "s", RequestBody: "{}",
		UserID: "u", TraceID: "WEB_1", RequestID: "r", ResponseHeader: `{"Server":"nginx"}`,
	}
	a, b, c := base, base, base
	a.Status, a.Time = 503, at
	b.Status, b.Time, b.Retry = 200, at.Add(5*time.Minute), 1
	c.Status, c.Time, c.FailedReason, c.ResponseBody = -1, at.Add(6*time.Minute), 1, "Timeout connecting to server."
	d := b
	d.Event, d.RequestID, d.RequestBody = "session.user_qos", "r2", `{"payload":{"account_id":"`+lived().AccountID()+`"}}`
	return []Delivery{a, b, d, c}
}
