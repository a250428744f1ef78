package emulator

import (
	"net/netip"
	"strings"
	"testing"
	"testing/synctest"
)

// The headers of every mode are those of the documented examples, name by name.
func TestOwnHeaders(t *testing.T) {
	sets := headerSamples(t)
	tests := []struct {
		name, sample string
		header       OwnHeader
		want         map[string]string
	}{
		{"legacy token", "default (legacy verification token also present)", OwnHeader{VerificationToken: "Xb7kQ0wZRrSLm2uVtYc5Pg"},
			map[string]string{"Authorization": "Xb7kQ0wZRrSLm2uVtYc5Pg"}},
		{"basic", "basic", OwnHeader{Mode: HeaderBasic, Username: "zoom", Password: "s3cret", ClientID: "aB3dE5fG7hI9jK1lM"},
			map[string]string{"Authorization": "Basic em9vbTpzM2NyZXQ=", "Clientid": "aB3dE5fG7hI9jK1lM"}},
		{"oauth", "oauth", OwnHeader{Mode: HeaderOAuth, TokenURL: "http://auth.invalid/token", ClientID: "c", ClientSecret: "s"},
			map[string]string{"Authorization": "Bearer token-1"}},
		{"custom", "custom", OwnHeader{Mode: HeaderCustom, Key: "my-custom-key", Value: "my-custom-value"},
			map[string]string{"X-My-Custom-Key": "my-custom-value"}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				s, office := newTestSet(t, func(o *SubscriptionsOptions) { o.Transport = tokens(o.Transport, nil, answerToken("3599")) })
				add(t, s, Subscription{Target: "http://a.invalid/", Header: test.header})
				if err := s.Send(t.Context(), eventOf("meeting.started", "main", "1")); err != nil {
					t.Fatal(err)
				}
				synctest.Wait()
				got := office.at("a.invalid").requests()[0].header
				for key, want := range test.want {
					if got.Get(key) != want {
						t.Errorf("%s: %q, want %q", key, got.Get(key), want)
					}
				}
				for key := range sets[test.sample] {
					if key != "host" && key != "content-length" && got.Get(key) == "" {
						t.Errorf("no %s, which the example has", key)
					}
				}
				for key := range got {
					if _, ok := sets[test.sample][strings.ToLower(key)]; !ok {
						t.Errorf("%s is not in the example", key)
					}
				}
				s.Close()
			})
		})
	}
}

func TestForwardedHeaders(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s, office := newTestSet(t, nil)
		add(t, s, Subscription{Target: "http://a.invalid/", ForwardedFor: netip.MustParseAddr("192.0.2.7")})
		if err := s.Send(t.Context(), eventOf("meeting.started", "main", "1")); err != nil {
			t.Fatal(err)
		}
		synctest.Wait()
		got := office.at("a.invalid").requests()[0].header
		want := map[string]string{"X-Forwarded-For": "192.0.2.7", "X-Forwarded-Host": "a.invalid", "X-Forwarded-Proto": "https"}
		for key, value := range want {
			if got.Get(key) != value {
				t.Errorf("%s: %q, want %q", key, got.Get(key), value)
			}
		}
		s.Close()
	})
}
