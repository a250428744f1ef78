package emulator

import (
	"context"
	"fmt"
	"net/http"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"
)

// tokens answers requests for tokens at auth.invalid and passes on the rest.
func tokens(next http.RoundTripper, seen *[]*http.Request, answer func(n int) (int, string)) http.RoundTripper {
	var n atomic.Int64
	return roundTrip(func(r *http.Request) (*http.Response, error) {
		if r.URL.Host != "auth.invalid" {
			return next.RoundTrip(r)
		}
		if seen != nil {
			*seen = append(*seen, r)
		}
		code, body := answer(int(n.Add(1)))
		return InMemory(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
			w.WriteHeader(code)
			w.Write([]byte(body))
		})).RoundTrip(r)
	})
}

func answerToken(life string) func(int) (int, string) {
	return func(n int) (int, string) {
		return 200, fmt.Sprintf(`{"access_token":"token-%d","token_type":"bearer","expires_in":%q}`, n, life)
	}
}

// The exchange is the documented one; its token serves until it expires.
func TestTokenExchange(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		want := exchangeSample(t)
		var seen []*http.Request
		s, office := newTestSet(t, func(o *SubscriptionsOptions) { o.Transport = tokens(o.Transport, &seen, answerToken("3599")) })
		add(t, s, Subscription{Target: "http://a.invalid/", Header: OwnHeader{Mode: HeaderOAuth, TokenURL: "https://auth.invalid/oauth/token", ClientID: "id", ClientSecret: "geheim"}})
		for i := range 20 {
			if err := s.Send(t.Context(), eventOf("meeting.started", "main", fmt.Sprint(i))); err != nil {
				t.Fatal(err)
			}
		}
		pass(time.Minute)
		if len(seen) != 1 {
			t.Fatalf("%d exchanges for 21 requests, want 1", len(seen))
		}
		r := seen[0]
		if r.Method != want.Method || r.URL.RawQuery != "grant_type=client_credentials" || r.ContentLength > 0 {
			t.Errorf("%s %s with %d bytes", r.Method, r.URL, r.ContentLength)
		}
		for key := range want.Headers {
			if key != "content-length" && r.Header.Get(key) == "" {
				t.Errorf("no %s", key)
			}
		}
		if user, password, _ := r.BasicAuth(); user != "id" || password != "geheim" {
			t.Errorf("client %q", user)
		}
		pass(time.Hour)
		if err := s.Send(t.Context(), eventOf("meeting.started", "main", "later")); err != nil {
			t.Fatal(err)
		}
		synctest.Wait()
		requests := office.at("a.invalid").requests()
		if got := requests[len(requests)-1].header.Get("Authorization"); got != "Bearer token-2" || len(seen) != 2 {
			t.Errorf("after an hour: %q, %d exchanges", got, len(seen))
		}
		s.Close()
	})
}

// Without a token nothing is sent; Zoom tries again, and so the event arrives once there is one.
func TestTokenThatIsNotToBeHad(t *testing.T) {
	for name, bad := range map[string]struct {
		status int
		body   string
	}{
		"refused": {401, "{}"}, "no JSON": {200, "hello"}, "no token": {200, `{"expires_in":3600}`}, "too short": {200, `{"access_token":"x","expires_in":60}`},
		"no life": {200, `{"access_token":"x"}`},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				s, office := newTestSet(t, func(o *SubscriptionsOptions) {
					o.Transport = tokens(o.Transport, nil, func(n int) (int, string) {
						if n == 1 {
							return answerToken("3599")(n) // for the challenge
						}
						if n == 2 {
							return bad.status, bad.body
						}
						return answerToken("3599")(n)
					})
				})
				add(t, s, Subscription{Target: "http://a.invalid/", Header: OwnHeader{Mode: HeaderOAuth, TokenURL: "http://auth.invalid/?x=geheim", ClientID: "id", ClientSecret: "geheim"}})
				pass(2 * time.Hour)
				if err := s.Send(t.Context(), eventOf("meeting.started", "main", "1")); err != nil {
					t.Fatal(err)
				}
				synctest.Wait()
				log := s.Log().Newest(1, nil)
				if len(log) != 1 || log[0].Status != -1 || log[0].Reason != FailedNoClient || len(office.at("a.invalid").requests()) != 0 {
					t.Errorf("log %+v", log)
				}
				pass(6 * time.Minute)
				if got := office.at("a.invalid").requests(); len(got) != 1 || got[0].id != "1" {
					t.Errorf("%d requests after the retry", len(got))
				}
				s.Close()
			})
		})
	}
}

// A client that wants its id and secret in the body gets them there and not in a header.
func TestTokenExchangeInTheBody(t *testing.T) {
	h := OwnHeader{Mode: HeaderOAuth, TokenURL: "https://auth.invalid/token?tenant=7", ClientID: "id", ClientSecret: "s&s", ClientIn: ClientInBody, Scope: "qss", State: "st"}
	r, err := (&tokenSource{header: &h}).request(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	if err := r.ParseForm(); err != nil {
		t.Fatal(err)
	}
	want := map[string][]string{"client_id": {"id"}, "client_secret": {"s&s"}}
	if d := cmp.Diff(want, map[string][]string(r.PostForm)); d != "" || r.Header.Get("Authorization") != "" {
		t.Errorf("authorization %q, form\n%s", r.Header.Get("Authorization"), d)
	}
	if got := r.URL.RawQuery; got != "grant_type=client_credentials&scope=qss&state=st&tenant=7" {
		t.Errorf("query %q", got)
	}
}

type roundTrip func(*http.Request) (*http.Response, error)

func (f roundTrip) RoundTrip(r *http.Request) (*http.Response, error) { return f(r) }
