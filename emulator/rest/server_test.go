package rest

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/earshot/earshot"
	"github.com/earshot/earshot/emulator"
)

// documented is a file of testdata/errors.
type documented struct {
	Status  int               `json:"status"`
	Headers map[string]string `json:"headers"`
	Body    any               `json:"body"`
}

func TestErrorsAreZooms(t *testing.T) {
	live := past(t, earshot.KindMeeting, func(in *emulator.Instance) bool { return in.Live() })
	list := "/v2/metrics/meetings?" + days
	ask := func(change func(*Options), method, path, body string) func(*testing.T) *httptest.ResponseRecorder {
		return func(t *testing.T) *httptest.ResponseRecorder { return connect(t, change).do(method, path, body) }
	}
	oauth := func(user, grant string) func(*testing.T) *httptest.ResponseRecorder {
		return func(t *testing.T) *httptest.ResponseRecorder {
			r := httptest.NewRequest("POST", "/oauth/token", strings.NewReader("grant_type="+grant))
			r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
			r.SetBasicAuth(user, "secret")
			w := httptest.NewRecorder()
			connect(t, nil).s.ServeHTTP(w, r)
			return w
		}
	}
	limited := func(n int, path string, plan Plan) func(*testing.T) *httptest.ResponseRecorder {
		return func(t *testing.T) *httptest.ResponseRecorder {
			c := connect(t, func(o *Options) { o.Unlimited, o.Plan = false, plan })
			for range n {
				if w := c.do("GET", path, ""); w.Code == http.StatusTooManyRequests {
					t.Fatalf("refused too early: %v", w.Header())
				}
			}
			return c.do("GET", path, "")
		}
	}
	quality := "/v2/metrics/quality?" + days
	for name, do := range map[string]func(*testing.T) *httptest.ResponseRecorder{
		"400_12700_end_time.json":          ask(nil, "GET", list+"&type=past&query_date_type=end_time", ""),
		"400_200_no_qss_subscription.json": ask(func(o *Options) { o.NoQSS = true }, "GET", "/v2/metrics/meetings/1/participants/qos_summary", ""),
		"400_300_validation.json":          ask(nil, "GET", "/v2/metrics/meetings?type=past&from=yesterday&to=2026-11-12", ""),
		"400_4711_scope.json":              ask(func(o *Options) { o.Apps[0].Scopes = []string{"phone:read:admin"} }, "GET", list, ""),
		"400_event_subscription_1602.json": ask(func(o *Options) { o.Apps[0].Scopes = []string{"marketplace_app:write"} }, "POST", subscriptionPath, `{"events":["meeting.participant_qos"],"event_webhook_url":"https://x.example/h","subscription_scope":"account"}`),
		"400_oauth_invalid_client.json":    oauth("somebody", "account_credentials"),
		"400_oauth_unsupported_grant.json": oauth("id", "password"),
		"404_3001_not_ended.json":          ask(nil, "GET", "/v2/metrics/meetings/"+twice(live.UUID)+"/participants/qos_summary", ""),
		"404_webhook_logs_1502.json":       ask(nil, "GET", "/v2/marketplace/apps/app/webhook_logs?from=2026-10-01T00:00:00Z", ""),
		"429_per_second.json":              limited(40, quality, PlanBusiness),
		"401_124_token.json": func(t *testing.T) *httptest.ResponseRecorder {
			c := connect(t, nil)
			c.token = "made-up"
			return c.do("GET", list, "")
		},
		"400_12702_older_than_a_year.json": func(t *testing.T) *httptest.ResponseRecorder {
			return connect(t, func(o *Options) { o.History = aged().history }).do("GET", "/v2/metrics/meetings/"+twice(aged().ended)+"?type=past", "")
		},
		"429_daily.json": func(t *testing.T) *httptest.ResponseRecorder {
			c := connect(t, func(o *Options) { o.Unlimited = false })
			for range 60_000 { // counted without the cost of answering
				if v := c.s.limiter.ask("account ", Heavy, planLimits[PlanBusiness][Heavy], c.clock.now()); v.refused {
					t.Fatal("refused too early")
				}
				c.clock.pass(25 * time.Millisecond)
			}
			return c.do("GET", quality, "")
		},
	} {
		t.Run(name, func(t *testing.T) {
			var want documented
			if err := json.Unmarshal([]byte(sample(t, "errors/"+name)), &want); err != nil {
				t.Fatal(err)
			}
			w := do(t)
			var got any
			if err := json.Unmarshal(w.Body.Bytes(), &got); err != nil {
				t.Fatal(err)
			}
			if d := cmp.Diff(want.Body, got); d != "" || w.Code != want.Status {
				t.Errorf("status %d, want %d; body (-want +got):\n%s", w.Code, want.Status, d)
			}
			for k, v := range want.Headers {
				if k == "Retry-After" { // the sample's date is another
					v = "2026-11-13T00:00:00Z"
				}
				if w.Header().Get(k) != v {
					t.Errorf("%s: %q, want %q", k, w.Header().Get(k), v)
				}
			}
		})
	}
}

func TestPagesGiveEverythingOnce(t *testing.T) {
	c := connect(t, nil)
	in := past(t, earshot.KindMeeting, func(in *emulator.Instance) bool { return !in.Live() && len(in.Members) > 12 })
	path := "/v2/metrics/meetings/" + twice(in.UUID) + "/participants"
	for _, size := range []string{"", "1", "3", "5", "30"} {
		var got []string
		for _, m := range c.all(path+"?type=past&page_size="+size, "participants") {
			got = append(got, m["user_id"].(string))
		}
		var want []string
		for _, m := range membersOf(&in) {
			want = append(want, m.ID)
		}
		if d := cmp.Diff(want, got); d != "" {
			t.Errorf("page_size %q (-want +got):\n%s", size, d)
		}
	}
	if got := len(c.get(path + "/qos?type=past")["participants"].([]any)); got != 1 {
		t.Errorf("qos gives %d participants by default, want 1", got)
	}
	if got := c.get(path + "/qos?type=past&page_size=50"); len(got["participants"].([]any)) != 10 || got["page_size"] != 10. {
		t.Errorf("qos with page_size 50: %v participants, page_size %v, want 10", len(got["participants"].([]any)), got["page_size"])
	}
}

func TestPageTokensEndAndBelongToTheirQuery(t *testing.T) {
	c := connect(t, nil)
	in := past(t, earshot.KindMeeting, ended)
	path := "/v2/metrics/meetings/" + twice(in.UUID) + "/participants?type=past&page_size=1"
	token := "&next_page_token=" + c.get(path)["next_page_token"].(string)
	const message = "The next page token is invalid or expired."
	c.refused(path+"&include_fields=registrant_id"+token, 400, 300, message)
	c.refused(path+"&next_page_token=abc", 400, 300, message)
	c.clock.pass(15*time.Minute - time.Second)
	c.get(path + token)
	c.clock.pass(time.Second)
	c.refused(path+token, 400, 300, message)
}

func TestTokensEndAndAreNotTakenFromTheQuery(t *testing.T) {
	c := connect(t, nil)
	path := "/v2/metrics/quality?" + days
	c.get(path)
	good := c.token
	c.token = ""
	c.refused(path+"&access_token="+good, 401, 124, "Invalid access token.")
	if strings.Contains(c.log.String(), good) {
		t.Error("a token is in the log")
	}
	c.token = good
	c.clock.pass(time.Hour)
	c.refused(path, 401, 124, "Invalid access token.")
	c.token = c.newToken()
	c.get(path)
}

func TestTokenAnswer(t *testing.T) {
	c := connect(t, func(o *Options) { o.Apps[0].Scopes = []string{"a:read", "b:read"} })
	form := url.Values{"grant_type": {"account_credentials"}, "account_id": {lived().AccountID()}}
	post := func(body string) *httptest.ResponseRecorder {
		r := httptest.NewRequest("POST", "/oauth/token", strings.NewReader(body))
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		r.SetBasicAuth("id", "secret")
		w := httptest.NewRecorder()
		c.s.ServeHTTP(w, r)
		return w
	}
	for _, body := range []string{form.Encode(), "grant_type=client_credentials"} {
		var got, want map[string]any
		w := post(body)
		if err := json.Unmarshal(w.Body.Bytes(), &got); err != nil || w.Code != 200 {
			t.Fatalf("%d %s", w.Code, w.Body)
		}
		if err := json.Unmarshal([]byte(sample(t, "rest/POST_oauth_token.response.json")), &want); err != nil {
			t.Fatal(err)
		}
		want["access_token"], want["scope"] = got["access_token"], "a:read b:read"
		if d := cmp.Diff(want, got); d != "" {
			t.Errorf("(-want +got):\n%s", d)
		}
	}
	if w := post("grant_type=account_credentials&account_id=another"); w.Code != 400 {
		t.Errorf("a token for another account: %d", w.Code)
	}
}

func TestUUIDsNeedEncodingTwice(t *testing.T) {
	c := connect(t, nil)
	bad := func(in *emulator.Instance) bool {
		return !in.Live() && (strings.HasPrefix(in.UUID, "/") || strings.Contains(in.UUID, "//"))
	}
	plain := past(t, earshot.KindMeeting, func(in *emulator.Instance) bool { return !in.Live() && !bad(in) })
	for _, id := range []string{once(plain.UUID), twice(plain.UUID)} {
		if got := c.get("/v2/metrics/meetings/" + id + "?type=past")["uuid"]; got != plain.UUID {
			t.Errorf("%s is %v, want %s", id, got, plain.UUID)
		}
	}
	slash := connect(t, func(o *Options) { o.History = aged().history })
	if got := slash.get("/v2/metrics/meetings/" + twice(aged().slashed))["uuid"]; got != aged().slashed {
		t.Errorf("%v, want %s", got, aged().slashed)
	}
	slash.refused("/v2/metrics/meetings/"+once(aged().slashed), 404, 3001, "Meeting does not exist.")
	if !strings.Contains(slash.log.String(), "encode it twice") {
		t.Errorf("the log does not say what to do: %s", slash.log)
	}
}

func TestNumberIsTheLatestInstance(t *testing.T) {
	c := connect(t, nil)
	in := past(t, earshot.KindMeeting, func(in *emulator.Instance) bool { return in.Live() })
	if got := c.get("/v2/metrics/meetings/" + numberOf(&in))["uuid"]; got != in.UUID {
		t.Errorf("meeting %d is %v, want %s", in.Number, got, in.UUID)
	}
	c.refused("/v2/metrics/meetings/"+numberOf(&in)+"?type=past", 404, 3001, "This meeting's detail info is not available.")
	c.refused("/v2/metrics/meetings/12345", 404, 3001, "Meeting does not exist.")
}

func TestRejoinersAreListedOncePerJoin(t *testing.T) {
	c := connect(t, nil)
	in := past(t, earshot.KindMeeting, rejoined)
	count := map[any]int{}
	for _, m := range c.all("/v2/metrics/meetings/"+twice(in.UUID)+"/participants?type=past", "participants") {
		count[m["user_id"]]++
	}
	for id, n := range count {
		if n != 1 {
			t.Errorf("%v is there %d times", id, n)
		}
	}
	if len(count) != len(in.Members) {
		t.Errorf("%d joins listed, want %d", len(count), len(in.Members))
	}
}

func TestLimitsComeBack(t *testing.T) {
	c := connect(t, func(o *Options) { o.Unlimited, o.Plan = false, PlanBusiness })
	list := "/v2/metrics/meetings?" + days
	for i := range 20 {
		if w := c.do("GET", list, ""); w.Code != 200 || w.Header().Get("X-RateLimit-Category") != "Resource-intensive" {
			t.Fatalf("request %d: %d %v", i, w.Code, w.Header())
		}
	}
	if w := c.do("GET", list, ""); w.Code != 429 || w.Header().Get("Retry-After") != "" {
		t.Fatalf("%d %v, want 429 without Retry-After", w.Code, w.Header())
	}
	c.clock.pass(time.Minute)
	if w := c.do("GET", list, ""); w.Code != 200 {
		t.Errorf("a minute later: %d", w.Code)
	}
}

func TestPlansWithoutADashboard(t *testing.T) {
	c := connect(t, func(o *Options) { o.Plan = PlanPro })
	c.refused("/v2/metrics/quality?"+days, 400, 200, "Only available for ZMP and Business or higher accounts that have enabled the Dashboard feature.")
}

func TestTheUnknownIsAnsweredAsZoomDoesAndLogged(t *testing.T) {
	c := connect(t, nil)
	c.refused("/v2/metrics/meeting?from=2026-11-11", 404, 2300, "This API endpoint is not recognized.")
	c.get("/v2/metrics/quality?" + days + "&colour=green")
	if w := c.do("POST", "/v2/metrics/quality", ""); w.Code != 405 {
		t.Errorf("POST: %d", w.Code)
	}
	for _, want := range []string{"unknown route", "/v2/metrics/meeting", "unknown parameter colour", "colour=green"} {
		if !strings.Contains(c.log.String(), want) {
			t.Errorf("the log lacks %q:\n%s", want, c.log)
		}
	}
}

func TestSpans(t *testing.T) {
	c := connect(t, nil)
	for query, field := range map[string]string{
		"": "from", "from=2026-11-12": "to", "from=2026-11-12&to=2026-11-11": "to", "from=2026-09-01&to=2026-11-12": "from",
		"from=2026-04-01&to=2026-04-20": "from", "from=12.11.2026&to=2026-11-12": "from", days + "&type=future": "type",
	} {
		w := c.do("GET", "/v2/metrics/meetings?"+query, "")
		var e apiError
		if err := json.Unmarshal(w.Body.Bytes(), &e); err != nil || e.Code != 300 || len(e.Errors) != 1 || e.Errors[0].Field != field {
			t.Errorf("%q: %d %s, want 300 about %s", query, w.Code, w.Body, field)
		}
	}
	c.get("/v2/metrics/meetings?type=past&from=" + url.QueryEscape("2026-11-12 09:00:00") + "&to=" + url.QueryEscape("2026-11-12 09:30:00"))
}

func TestWebhookLogsListFailuresByDefault(t *testing.T) {
	c := connect(t, func(o *Options) { o.Deliveries = fixedLog{} })
	for query, want := range map[string]int{"": 2, "?type=1": 4, "?type=3": 2, "?type=1&retry_num=1": 2, "?event=meeting.started": 0} {
		if got := len(c.all("/v2/marketplace/apps/app/webhook_logs"+query, "webhook_logs")); got != want {
			t.Errorf("%q: %d logs, want %d", query, got, want)
		}
	}
	c.refused("/v2/marketplace/apps/another/webhook_logs", 404, 1401, "App does not exist.")
}

func TestSubscriptionsCanBeMadeChangedAndEnded(t *testing.T) {
	c := connect(t, nil)
	w := c.do("POST", subscriptionPath, sample(t, "rest/POST_marketplace_app_event_subscription.request.json"))
	var made struct {
		ID string `json:"event_subscription_id"`
	}
	if err := json.Unmarshal(w.Body.Bytes(), &made); err != nil || w.Code != 201 || made.ID == "" {
		t.Fatalf("%d %s", w.Code, w.Body)
	}
	if w := c.do("PATCH", subscriptionPath+"/"+made.ID, `{"event_subscription_name":"other"}`); w.Code != 204 || w.Body.Len() != 0 {
		t.Errorf("PATCH: %d %s", w.Code, w.Body)
	}
	list := c.all(subscriptionPath, "event_subscriptions")
	if len(list) != 1 || list[0]["event_subscription_name"] != "other" || len(list[0]["events"].([]any)) != 8 {
		t.Errorf("%v", list)
	}
	if w := c.do("DELETE", subscriptionPath+"/"+made.ID, ""); w.Code != 204 {
		t.Errorf("DELETE: %d", w.Code)
	}
	if w := c.do("DELETE", subscriptionPath+"/"+made.ID, ""); w.Code != 404 {
		t.Errorf("DELETE again: %d", w.Code)
	}
}

func TestEventsThatNobodyKnowsAreNotAllowed(t *testing.T) {
	c := connect(t, nil)
	w := c.do("POST", subscriptionPath, `{"events":["qss.alert"],"event_webhook_url":"https://qss.example.com/","subscription_scope":"account"}`)
	if want := `{"code":1602,"message":"The event is not allowed for the app: qss.alert"}`; w.Code != 400 || w.Body.String() != want {
		t.Errorf("%d %s, want %s", w.Code, w.Body, want)
	}
}

func TestOptionsAreCheckedTogether(t *testing.T) {
	_, err := New(Options{Plan: "gold", PhonePlan: "tin"})
	for _, want := range []string{"history", "app", `"gold"`, `"tin"`} {
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%v does not speak of %s", err, want)
		}
	}
}

func TestScopesAreThoseOfTheRoutes(t *testing.T) {
	all := Scopes()
	if !slices.IsSorted(all) || !slices.Contains(all, "dashboard:read:list_webinar_participants_qos:admin") || !slices.Contains(all, "dashboard_meetings:read:admin") {
		t.Errorf("%q", all)
	}
}

// The world goes on while clients ask.
func TestAskingWhileTheWorldGoesOn(t *testing.T) {
	w, err := emulator.NewWorld(emulator.Options{People: 40, Meetings: 6, Seed: 2, From: begin})
	if err != nil {
		t.Fatal(err)
	}
	h := emulator.NewHistory(emulator.HistoryOptions{Minutes: 300})
	h.Observe(w, w.Step())
	c := connect(t, func(o *Options) { o.History = h })
	var wg sync.WaitGroup
	asked := make(chan struct{})
	wg.Go(func() {
		for steps := 0; steps < 100 || steps < 2000 && !isClosed(asked); steps++ {
			h.Observe(w, w.Step())
		}
	})
	for range 5 {
		for _, typ := range []string{"live", "past"} {
			for _, m := range c.all("/v2/metrics/meetings?"+days+"&page_size=2&type="+typ, "meetings") {
				id := twice(m["uuid"].(string))
				for _, path := range []string{"", "/participants", "/participants/qos", "/participants/sharing"} {
					if w := c.do("GET", "/v2/metrics/meetings/"+id+path+"?type="+typ, ""); w.Code != 200 && w.Code != 404 {
						t.Errorf("%s: %d %s", path, w.Code, w.Body)
					}
				}
			}
		}
		c.get("/v2/phone/metrics/call_logs")
	}
	close(asked)
	wg.Wait()
}

func isClosed(c <-chan struct{}) bool {
	select {
	case <-c:
		return true
	default:
		return false
	}
}
