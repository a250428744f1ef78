package rest

import (
	"encoding/json"
	"errors"
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
	c.refused("/v2/marketplace/apps/another/webhook_logs", 404, 1401, "APP ID does not exist: another.")
	for query, want := range map[string]apiError{
		"?from=2026-11-12T09:40:00Z&to=2026-11-12T09:30:00Z": {status: 404, Code: 1501, Message: "The 'to' date must be after the 'from' date."},
		"?from=yesterday":            {status: 404, Code: 1503, Message: "The dates must follow the format: `yyyy-MM-dd'T'HH:mm:ss'Z'`."},
		"?from=2026-11-13T00:00:00Z": {status: 404, Code: 1504, Message: "The 'from' date must be before the current date(UTC)."},
		"?retry_num=4":               {status: 400, Code: 1506, Message: "The 'retry_num' value must be an integer within the range of 0 to 3."},
	} {
		c.refused("/v2/marketplace/apps/app/webhook_logs"+query, want.status, want.Code, want.Message)
	}
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
	one, two := someUsers(t)[0], someUsers(t)[1]
	users := func() []string { return c.s.o.Subscriptions.List()[0].UserIDs }
	for _, step := range []struct {
		method, path, body string
		want               []string
	}{
		{"PATCH", "/" + made.ID, `{"account_id":"a","user_ids":["` + one + `"],"event_subscription_name":"other"}`, []string{one}},
		{"PATCH", "/" + made.ID, `{"account_id":"a","user_ids":["` + two + "," + one + `"]}`, []string{two, one}},
		{"DELETE", "?event_subscription_id=" + made.ID + "&account_id=a&user_ids=" + two, "", []string{one}},
	} {
		if w := c.do(step.method, subscriptionPath+step.path, step.body); w.Code != 204 || w.Body.Len() != 0 {
			t.Errorf("%s: %d %s", step.method, w.Code, w.Body)
		}
		if got := users(); !slices.Equal(got, step.want) {
			t.Errorf("after %s %s the users are %q, want %q", step.method, step.body, got, step.want)
		}
	}
	if list := c.all(subscriptionPath, "event_subscriptions"); len(list) != 1 || list[0]["event_subscription_name"] == "other" || len(list[0]["events"].([]any)) != 8 {
		t.Errorf("%v: PATCH adds users and changes nothing else", list)
	}
	if !strings.Contains(c.log.String(), "unknown field event_subscription_name") {
		t.Errorf("the log does not tell of the field that Zoom ignores: %s", c.log)
	}
	if w := c.do("DELETE", subscriptionPath+"/"+made.ID, ""); w.Code != 204 {
		t.Errorf("DELETE: %d", w.Code)
	}
	if w := c.do("DELETE", subscriptionPath+"/"+made.ID, ""); w.Code != 404 {
		t.Errorf("DELETE again: %d", w.Code)
	}
	if w := c.do("DELETE", subscriptionPath+"?event_subscription_id="+made.ID, ""); w.Code != 404 {
		t.Errorf("DELETE by query: %d", w.Code)
	}
}

// someUsers are ids of users of the account.
func someUsers(t *testing.T) []string {
	t.Helper()
	var ids []string
	in := past(t, earshot.KindMeeting, func(in *emulator.Instance) bool { return len(in.Members) > 12 })
	for _, m := range in.Members {
		if m.UserID != "" && !slices.Contains(ids, m.UserID) {
			ids = append(ids, m.UserID)
		}
	}
	return ids
}

func TestSubscriptionsAreChecked(t *testing.T) {
	c := connect(t, nil)
	body := func(events, url, rest string) string {
		return `{"events":[` + events + `],"event_webhook_url":"` + url + `",` + rest + `}`
	}
	const hook, all = "https://qss.example.com/", `"subscription_scope":"account"`
	header := func(h string) string {
		return body(`"meeting.started"`, hook, all+`,"custom_header":{"custom_header_type":`+h+`}`)
	}
	for _, x := range []struct {
		body, want string
		status     int
	}{
		{`[`, `{"code":300,"message":"Request Body should be a valid JSON object."}`, 400},
		{body(``, hook, all), `{"code":1500,"message":"The events list is empty."}`, 400},
		{body(`"meeting.started"`, ``, all), `{"code":1500,"message":"The event webhook url is empty."}`, 400},
		{body(`"meeting.started"`, `nowhere`, all), `{"code":1701,"message":"The event webhook url validate failed: nowhere."}`, 404},
		{body(`"meeting.started"`, hook, `"subscription_scope":"world"`), `{"code":1500,"message":"The subscription scope is invalid."}`, 400},
		{body(`"qss.alert"`, hook, all), `{"code":1601,"message":"App event not exists: qss.alert"}`, 404},
		{body(`"meeting.started"`, hook, all+`,"user_ids":["nobody"]`), `{"code":1001,"message":"User does not exist or does not belong to this account: nobody."}`, 404},
		{header(`9`), `{"code":1801,"message":"The custom header type validate failed: 9."}`, 404},
		{header(`1,"username":"u"`), `{"code":1500,"message":"The password is required."}`, 400},
		{header(`1,"username":"` + strings.Repeat("u", 257) + `","password":"p"`), `{"code":1500,"message":"The length of username exceeds the limit of 256"}`, 400},
		{header(`1,"username":"u\n","password":"p"`), `{"code":1500,"message":"The input value can't contain line feed."}`, 400},
		{header(`2,"client_id":"i","client_secret":"s"`), `{"code":1500,"message":"The token url is required."}`, 400},
		{header(`2,"client_id":"i","client_secret":"s","token_url":"https://t.example/","client_authentication":"tail"`), `{"code":1500,"message":"Client authentication must be 'header' or 'body'."}`, 400},
		{header(`3,"custom_header_key":"a b","custom_header_value":"v"`), `{"code":1500,"message":"The input value can't contain space."}`, 400},
		{header(`3,"custom_header_key":"a_b","custom_header_value":"v"`), `{"code":1500,"message":"The custom header key can only contain letters, numbers, and -."}`, 400},
		{header(`3,"custom_header_key":"x-zm-signature","custom_header_value":"v"`), `{"code":1500,"message":"The custom header key is reserved by Zoom."}`, 400},
		{header(`3,"custom_header_key":"k"`), `{"code":1500,"message":"The custom header value is required."}`, 400},
	} {
		w := c.do("POST", subscriptionPath, x.body)
		var got, want any
		if err := errors.Join(json.Unmarshal(w.Body.Bytes(), &got), json.Unmarshal([]byte(x.want), &want)); err != nil {
			t.Fatal(err)
		}
		if d := cmp.Diff(want, got); d != "" || w.Code != x.status {
			t.Errorf("%s: %d, want %d; (-want +got):\n%s", x.body, w.Code, x.status, d)
		}
	}
	if w := c.do("POST", subscriptionPath, body(`"recording.started"`, hook, all)); w.Code != 201 || !strings.Contains(c.log.String(), "never sends recording.started") {
		t.Errorf("an event that only Zoom has: %d %s", w.Code, w.Body)
	}
	c.refused(subscriptionPath+"?subscription_scope=world", 400, 1500, "The subscription scope is invalid.")
	c.refused(subscriptionPath+"?user_id=nobody", 404, 1001, "User does not exist or does not belong to this account.")
	if n := len(c.all(subscriptionPath+"?subscription_scope=user", "event_subscriptions")); n != 0 {
		t.Errorf("%d subscriptions of users", n)
	}
}

// An app sees its own account; the master account's variants see the account that they name, with a master's scope.
func TestAccounts(t *testing.T) {
	c := connect(t, nil)
	accounts := lived().Accounts()
	if len(accounts) != 2 || accounts[0] != lived().AccountID() {
		t.Fatalf("accounts %q", accounts)
	}
	uuids := func(path string) (list []string) {
		for _, m := range c.all(path+"/metrics/meetings?type=past&"+days, "meetings") {
			list = append(list, m["uuid"].(string))
		}
		slices.Sort(list)
		return list
	}
	own, sub := uuids("/v2"), uuids("/v2/accounts/"+accounts[1])
	if d := cmp.Diff(own, uuids("/v2/accounts/"+accounts[0])); d != "" || len(own) == 0 || len(sub) == 0 {
		t.Fatalf("%d own, %d of the sub-account (-own +by path):\n%s", len(own), len(sub), d)
	}
	if slices.ContainsFunc(sub, func(id string) bool { return slices.Contains(own, id) }) {
		t.Error("a meeting belongs to two accounts")
	}
	for _, rest := range []string{"?type=past", "/participants?type=past", "/participants/qos?type=past", "/participants/sharing?type=past", "/participants/qos_summary"} {
		path := "/metrics/meetings/" + twice(sub[0]) + rest
		c.get("/v2/accounts/" + accounts[1] + path)
		if w := c.do("GET", "/v2"+path, ""); w.Code != 404 || !strings.Contains(w.Body.String(), "3001") {
			t.Errorf("a sub-account's meeting without its account: %d %s", w.Code, w.Body)
		}
	}
	c.refused("/v2/accounts/nobody/metrics/meetings?"+days, 404, 2001, "Account does not exist: nobody")
	all := len(c.all("/v2/videosdk/sessions?"+days, "sessions"))
	if n := len(c.all("/v2/accounts/"+accounts[0]+"/videosdk/sessions?"+days, "sessions")) + len(c.all("/v2/accounts/"+accounts[1]+"/videosdk/sessions?"+days, "sessions")); n != all {
		t.Errorf("%d sessions of the accounts, %d of all", n, all)
	}
	logs := connect(t, func(o *Options) { o.Deliveries = fixedLog{} })
	for account, want := range map[string]int{accounts[0]: 1, accounts[1]: 0} {
		if n := len(logs.all("/v2/accounts/"+account+"/videosdk/report/webhook_logs?type=3", "webhook_logs")); n != want {
			t.Errorf("%d logs of account %s, want %d", n, account, want)
		}
	}
	plain := connect(t, func(o *Options) { o.Apps[0].Scopes = []string{"dashboard_meetings:read:admin"} })
	plain.get("/v2/metrics/meetings?" + days)
	plain.refused("/v2/accounts/"+accounts[1]+"/metrics/meetings?"+days, 400, 4711, "Invalid access token, does not contain scopes:[dashboard:read:list_meetings:master].")
	master := connect(t, func(o *Options) { o.Apps[0].Scopes = []string{"dashboard:master"} })
	master.get("/v2/accounts/" + accounts[1] + "/metrics/meetings?" + days)
	if !c.s.Authorize(c.token) || c.s.Authorize("") || c.s.Authorize("made-up") {
		t.Error("Authorize: want the token that was given, and no other")
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
