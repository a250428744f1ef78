package rest

import (
	"encoding/json"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

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

func TestScopesAreThoseOfTheRoutes(t *testing.T) {
	all := Scopes()
	if !slices.IsSorted(all) || !slices.Contains(all, "dashboard:read:list_webinar_participants_qos:admin") || !slices.Contains(all, "dashboard_meetings:read:admin") {
		t.Errorf("%q", all)
	}
}
