package rest

import (
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/earshot/earshot"
	"github.com/earshot/earshot/emulator"
)

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
