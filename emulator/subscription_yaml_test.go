package emulator

import (
	"net/netip"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
)

var fileEnvironment = map[string]string{"SECOND": "second secret", "PASSWORD": "p", "CLIENT": "c", "TOKEN": "t", "VALUE": "v", "EMPTY": ""}

func readSubscriptions(text string) ([]Subscription, error) {
	return ReadSubscriptions(strings.NewReader(text), "subs.yaml", func(name string) (string, bool) {
		v, ok := fileEnvironment[name]
		return v, ok
	})
}

const subscriptionsText = `subscriptions:
  - {name: all, target: "http://127.0.0.1:3000/webhook"}
  - name: quality
    target: https://second.example.com/hook
    secret: $SECOND
    events: [meeting.participant_qos, phone.call_qos]
    scope: account
    account: sub
    forwarded_for: 192.0.2.10
    header: {basic: {user: zoom, password: $PASSWORD, client_id: app}}
  - {target: "http://a/", header: {oauth: {client_id: i, client_secret: $CLIENT, token_url: "http://a/token", scope: s, state: x, client_in: body}}}
  - {target: "http://b/", header: {custom: {key: api-key, value: $VALUE}}}
  - {target: "http://c/", header: {verification_token: $TOKEN}, scope: user, users: [ann@example.com]}
  - {id: qss, websocket: true}
`

func TestReadSubscriptions(t *testing.T) {
	got, err := readSubscriptions(subscriptionsText)
	if err != nil {
		t.Fatal(err)
	}
	want := []Subscription{
		{Name: "all", Target: "http://127.0.0.1:3000/webhook", Scope: ScopeMaster},
		{
			Name: "quality", Target: "https://second.example.com/hook", Secret: "second secret", Events: []string{"meeting.participant_qos", "phone.call_qos"},
			Scope: ScopeAccount, Account: SubAccount, ForwardedFor: netip.MustParseAddr("192.0.2.10"),
			Header: OwnHeader{Mode: HeaderBasic, Username: "zoom", Password: "p", ClientID: "app"},
		},
		{Target: "http://a/", Scope: ScopeMaster, Header: OwnHeader{
			Mode: HeaderOAuth, ClientID: "i", ClientSecret: "c", TokenURL: "http://a/token", Scope: "s", State: "x", ClientIn: ClientInBody,
		}},
		{Target: "http://b/", Scope: ScopeMaster, Header: OwnHeader{Mode: HeaderCustom, Key: "api-key", Value: "v"}},
		{Target: "http://c/", Scope: ScopeUser, Users: []string{"ann@example.com"}, Header: OwnHeader{VerificationToken: "t"}},
		{ID: "qss", WebSocket: true, Scope: ScopeMaster},
	}
	if d := cmp.Diff(want, got, cmpopts.EquateComparable(netip.Addr{})); d != "" {
		t.Errorf("(-want +got):\n%s", d)
	}
}

func TestWrongSubscriptionsAreExplained(t *testing.T) {
	for text, want := range map[string]string{
		"":                                    "got an empty file",
		"subscriptions: []":                   "subs.yaml:1: got no subscriptions",
		"subscriptions: yes":                  `subs.yaml:1: subscriptions: got "yes", want a list`,
		"subscription: []":                    "did you mean subscriptions?",
		"subscriptions:\n  - target: nowhere": "want an http or https URL",
		"subscriptions:\n\n  - {websocket: maybe}":                                              `subs.yaml:3: subscriptions[0].websocket: got "maybe", want true or false`,
		"subscriptions:\n  - {target: http://a/, secret: hunter2}":                              "want the name of an environment variable",
		"subscriptions:\n  - {target: http://a/, secret: $NOBODY}":                              "the environment has no NOBODY",
		"subscriptions:\n  - {target: http://a/, secret: $EMPTY}":                               "or it is empty",
		"subscriptions:\n  - {target: http://a/, scope: world}":                                 "want one of master_account, account, user",
		"subscriptions:\n  - {target: http://a/, events: [meeting.*]}":                          "want an exact name such as meeting.participant_qos",
		"subscriptions:\n  - {target: http://a/, forwarded_for: here}":                          "want an IP address",
		"subscriptions:\n  - {target: http://a/, header: {}}":                                   "got 0 ways",
		"subscriptions:\n  - {target: http://a/, header: {basic: {password: $PASSWORD}}}":       "want a user name",
		"subscriptions:\n  - {target: http://a/, header: {basic: {user: u}, custom: {key: k}}}": "got 2 ways",
		"subscriptions:\n  - {target: http://a/, header: {oauth: {client_in: tail}}}":           "want one of header, body",
	} {
		_, err := readSubscriptions(text)
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: %v, want something about %q", text, err, want)
		}
		if err != nil && strings.Contains(err.Error(), "hunter2") {
			t.Errorf("the error has what may be a secret: %v", err)
		}
	}
}

// Words for accounts and e-mail addresses stand for ids that depend on the seed.
func TestSubscriptionsOfTheWorldsPeople(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		office := &postOffice{}
		o := Options{People: 20, Meetings: 4, Seed: 3, From: testFrom, Calm: true, Secret: testSecret, Transport: office, Subscriptions: []Subscription{
			{Target: "http://own.invalid/", Scope: ScopeAccount}, {Target: "http://sub.invalid/", Scope: ScopeAccount, Account: SubAccount},
			{Target: "http://all.invalid/"},
		}}
		s, err := NewStage(o)
		if err != nil {
			t.Fatal(err)
		}
		if err := s.Advance(10 * time.Minute); err != nil {
			t.Fatal(err)
		}
		own, sub, all := len(office.at("own.invalid").requests()), len(office.at("sub.invalid").requests()), len(office.at("all.invalid").requests())
		if own == 0 || sub == 0 || own+sub != all {
			t.Errorf("own account %d events, sub-account %d, all %d", own, sub, all)
		}
		person := s.w.people.people[3]
		s.Close()
		for address, want := range map[string]string{person.email: person.userID, "nobody@example.com": ""} {
			one := Subscription{Scope: ScopeUser, Users: []string{address, "id"}}
			err := one.identify(s.w.people)
			if want == "" != (err != nil) || err == nil && (one.Users[0] != want || one.Users[1] != "id") {
				t.Errorf("%s is %q (%v), want %q", address, one.Users, err, want)
			}
		}
	})
}

func FuzzReadSubscriptions(f *testing.F) {
	f.Add(subscriptionsText)
	f.Add("subscriptions:\n  - {target: http://a/, header: {basic: {user: u}}}")
	f.Fuzz(func(t *testing.T, text string) {
		list, err := readSubscriptions(text)
		if (err == nil) != (len(list) > 0) {
			t.Errorf("%d subscriptions and %v", len(list), err)
		}
	})
}
