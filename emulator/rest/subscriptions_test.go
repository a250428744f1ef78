package rest

import (
	"encoding/json"
	"errors"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/earshot/earshot"
	"github.com/earshot/earshot/emulator"
)

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
