package rest

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"strings"
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
